//! Ratios with their 95 % intervals, on a logarithmic scale.

use authlab_results::statistics::Estimate;
use maud::{Markup, html};

use super::{
    Chart,
    canvas::{aside, chart, grid, line, place, short_tick, text},
    scale::Scale,
};
use crate::numbers::{range, real};

/// One comparison.
#[derive(Clone, Debug)]
pub struct ForestRow {
    pub label: String,
    pub found: Estimate,
    /// The threshold of the claim's rule, if any.
    pub limit: Option<f64>,
}

const LABELS: f64 = 235.0;
const PLOT: (f64, f64) = (250.0, 600.0);
const ROW: f64 = 24.0;
const TOP: f64 = 10.0;

/// `words` explains the meaning of 1.
pub fn forest(id: &str, title: &str, words: &str, rows: &[ForestRow]) -> Chart {
    let all = || rows.iter().flat_map(|twig| [twig.found.low, twig.found.high, twig.limit.unwrap_or(1.0)]);
    let scale = Scale::by_factors(all().fold(1.0, f64::min), all().fold(1.0, f64::max), PLOT);
    let bottom = TOP + ROW * real(rows.len());
    let told = |twig: &ForestRow| {
        let limit = twig.limit.map_or_else(String::new, |limit| format!(", line at {}", short_tick(limit)));
        format!("{}: {}{limit}", twig.label, range(twig.found, 1.0))
    };
    let drawing = html! {
        (grid(scale, TOP, bottom, 16.0))
        (line("axis", (scale.place(1.0), TOP), (scale.place(1.0), bottom)))
        @for (row, twig) in rows.iter().enumerate() { (drawn(twig, scale, TOP + ROW * real(row))) }
        (aside("start", PLOT.0, bottom + 34.0, words))
    };
    let told: Vec<String> = rows.iter().map(told).collect();
    chart(id, title, &format!("{words}. {}", told.join("; ")), bottom + 44.0, &drawing)
}

fn drawn(twig: &ForestRow, scale: Scale, y: f64) -> Markup {
    let middle = y + ROW / 2.0;
    let (low, at, high) = (scale.place(twig.found.low), scale.place(twig.found.median), scale.place(twig.found.high));
    html! {
        (text("end", LABELS, middle + 4.0, &twig.label))
        @if let Some(limit) = twig.limit { (line("limit", (scale.place(limit), y + 2.0), (scale.place(limit), y + ROW - 2.0))) }
        (line("whisker", (low, middle), (high, middle)))
        circle.dot cx=(place(at)) cy=(place(middle)) r="4" {}
        (text("start", PLOT.1 + 12.0, middle + 4.0, &range(twig.found, 1.0)))
    }
}
