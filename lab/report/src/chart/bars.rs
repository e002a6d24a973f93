//! Horizontal bars, stacked if a value has parts, with the interval of the whole.

use authlab_results::statistics::Estimate;
use maud::html;

use super::{
    Chart,
    canvas::{aside, chart, filled, grid, legend, line, place, stacked, text},
    scale::Scale,
};
use crate::numbers::real;

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    pub label: String,
    /// One for each part of the chart.
    pub parts: Vec<f64>,
    pub whole: Estimate,
    /// The text after the bar.
    pub told: String,
}

const LABELS: f64 = 205.0;
const BARS: (f64, f64) = (215.0, 590.0);
const ROW: f64 = 28.0;
const TOP: f64 = 34.0;

/// Values are in `unit`.
pub fn bars(id: &str, title: &str, unit: &str, parts: &[&str], bars: &[Bar]) -> Chart {
    let most = bars.iter().map(|bar| bar.whole.high.max(bar.parts.iter().sum())).fold(0.0, f64::max);
    let scale = Scale::from_zero(most, BARS);
    let bottom = TOP + ROW * real(bars.len());
    let told: Vec<String> = bars.iter().map(|bar| format!("{}: {}", bar.label, bar.told)).collect();
    let drawing = html! {
        (legend(id, parts, BARS.0, 20.0))
        (grid(scale, TOP, bottom, 17.0))
        (aside("start", BARS.1 + 12.0, bottom + 17.0, unit))
        @for (row, bar) in bars.iter().enumerate() {
            @let y = TOP + ROW * real(row);
            (text("end", LABELS, y + 19.0, &bar.label))
            @for (part, left, right) in stacked(&bar.parts, scale) {
                (filled(id, part, (left, y + 5.0), &place((right - left).max(0.0)), "18"))
            }
            @let (low, high) = (scale.place(bar.whole.low.max(0.0)), scale.place(bar.whole.high.max(0.0)));
            (line("whisker", (low, y + 14.0), (high, y + 14.0)))
            (line("whisker", (low, y + 10.0), (low, y + 18.0)))
            (line("whisker", (high, y + 10.0), (high, y + 18.0)))
            (text("start", high.max(BARS.0) + 8.0, y + 19.0, &bar.told))
        }
        (line("axis", (BARS.0, TOP), (BARS.0, bottom)))
    };
    chart(id, title, &told.join("; "), bottom + 28.0, &drawing)
}
