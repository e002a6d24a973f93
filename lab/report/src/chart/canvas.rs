//! Common parts of all charts. The background is drawn, because an image may be shown on any colour. The two fills
//! differ in lightness, pattern and colour. A description serves screen readers.

use maud::{Markup, PreEscaped, html};

use super::{Chart, scale::Scale};
use crate::numbers::{real, short};

pub(super) const WIDTH: f64 = 760.0;
/// Blue and orange from the palette of Okabe and Ito, which colour-blind readers can tell apart.
const STYLE: &str = include_str!("chart.css");
/// The CSS classes of the parts, in order.
const FILLS: [&str; 2] = ["service", "store"];

/// Makes a chart from a drawing of this height.
pub(super) fn chart(id: &str, title: &str, description: &str, height: f64, drawing: &Markup) -> Chart {
    let (named, described, hatch) = (format!("{id}-title"), format!("{id}-description"), format!("{id}-hatch"));
    let svg = html! {
        svg.chart xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (place(WIDTH)) " " (place(height)) }
            role="img" aria-labelledby={ (named) " " (described) } {
            title id=(named) { (title) }
            desc id=(described) { (description) }
            style { (PreEscaped(STYLE)) }
            defs {
                pattern id=(hatch) width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect.store width="6" height="6" {}
                    rect.stripe width="2" height="6" {}
                }
            }
            rect.ground width="100%" height="100%" {}
            (drawing)
        }
    };
    Chart { id: id.to_owned(), title: title.to_owned(), description: description.to_owned(), svg: svg.into_string() }
}

/// The legend of the fills, from this point to the right.
pub(super) fn legend(id: &str, parts: &[&str], x: f64, y: f64) -> Markup {
    html! {
        @for (part, name) in parts.iter().enumerate() {
            @let left = x + 110.0 * real(part);
            (filled(id, part, (left, y - 11.0), "14", "14"))
            (text("start", left + 20.0, y, name))
        }
    }
}

/// A rectangle in the fill of this part: flat for the first, otherwise the chart's hatch pattern.
pub(super) fn filled(id: &str, part: usize, (x, y): (f64, f64), width: &str, height: &str) -> Markup {
    let hatch = (part > 0).then(|| format!("url(#{id}-hatch)"));
    html! {
        rect.(FILLS[part % FILLS.len()]) fill=[hatch] x=(place(x)) y=(place(y)) width=(width) height=(height) {}
    }
}

/// Where each part of a stacked value begins and ends.
pub(super) fn stacked(parts: &[f64], scale: Scale) -> impl Iterator<Item = (usize, f64, f64)> {
    (0..parts.len()).map(move |part| {
        let from: f64 = parts[..part].iter().sum();
        (part, scale.place(from), scale.place(from + parts[part]))
    })
}

/// Labelled grid lines from `top` to `bottom`, with the labels this far below.
pub(super) fn grid(scale: Scale, top: f64, bottom: f64, below: f64) -> Markup {
    html! {
        @for tick in scale.ticks() {
            (line("grid", (scale.place(tick), top), (scale.place(tick), bottom)))
            (aside("middle", scale.place(tick), bottom + below, &short_tick(tick)))
        }
    }
}

/// `20`, not `20.0`.
pub(super) fn short_tick(tick: f64) -> String {
    let text = short(tick);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

pub(super) fn text(anchor: &str, x: f64, y: f64, words: &str) -> Markup {
    html! { text text-anchor=(anchor) x=(place(x)) y=(place(y)) { (words) } }
}

/// The same in a lighter colour.
pub(super) fn aside(anchor: &str, x: f64, y: f64, words: &str) -> Markup {
    html! { text.soft text-anchor=(anchor) x=(place(x)) y=(place(y)) { (words) } }
}

pub(super) fn line(class: &str, from: (f64, f64), to: (f64, f64)) -> Markup {
    html! { line.(class) x1=(place(from.0)) y1=(place(from.1)) x2=(place(to.0)) y2=(place(to.1)) {} }
}

/// A coordinate, rounded to a tenth of a unit.
pub(super) fn place(value: f64) -> String {
    format!("{value:.1}")
}
