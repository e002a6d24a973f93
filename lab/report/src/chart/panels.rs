//! Values over a growing variable: a small panel per contender, all on one scale.

use maud::{Markup, html};

use super::{
    Chart,
    canvas::{WIDTH, aside, chart, filled, legend, line, place, short_tick, stacked},
    scale::Scale,
};
use crate::numbers::{real, short};

/// One panel: a stacked column per step.
#[derive(Clone, Debug)]
pub struct Panel {
    pub label: String,
    /// The parts of each step, in order; `None` if the step was not measured.
    pub columns: Vec<Option<Vec<f64>>>,
}

/// The settings that all panels share.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub unit: &'a str,
    pub parts: &'a [&'a str],
    /// The labels of the columns, and their variable.
    pub steps: &'a [String],
    pub over: &'a str,
    /// A dashed line across all panels, and its label.
    pub line: Option<(f64, &'a str)>,
}

const ACROSS: usize = 4;
const TOP: f64 = 62.0;
const ROW: f64 = 178.0;
const PLOT: f64 = 118.0;
const LEFT: f64 = 44.0;
const GAP: f64 = 22.0;

pub fn panels(frame: Frame<'_>, panels: &[Panel]) -> Chart {
    let most = panels
        .iter()
        .flat_map(|panel| panel.columns.iter().flatten())
        .map(|parts| parts.iter().sum())
        .fold(0.0, f64::max);
    let each = (WIDTH - LEFT - GAP * real(ACROSS)) / real(ACROSS);
    let height = TOP + ROW * real(panels.len().div_ceil(ACROSS));
    let legend_line = frame.line.map(|(value, name)| format!("{name}: {} {}", short(value), frame.unit));
    let drawing = html! {
        (legend(frame.id, frame.parts, LEFT, 22.0))
        @if let Some(words) = legend_line {
            (line("limit", (LEFT + 240.0, 18.0), (LEFT + 275.0, 18.0)))
            (aside("start", LEFT + 283.0, 22.0, &words))
        }
        (aside("start", LEFT, 42.0, &format!("{}, over {}", frame.unit, frame.over)))
        @for (index, panel) in panels.iter().enumerate() {
            @let left = LEFT + real(index % ACROSS) * (each + GAP);
            @let top = TOP + ROW * real(index / ACROSS);
            (drawn(frame, panel, Scale::from_zero(most, (top + 20.0 + PLOT, top + 20.0)), (left, top), each))
        }
    };
    chart(frame.id, frame.title, &told(frame, panels), height, &drawing)
}

fn drawn(frame: Frame<'_>, panel: &Panel, scale: Scale, (left, top): (f64, f64), width: f64) -> Markup {
    let step = width / real(frame.steps.len().max(1));
    html! {
        text.strong x=(place(left)) y=(place(top + 12.0)) { (panel.label) }
        @for tick in scale.ticks() {
            (line("grid", (left, scale.place(tick)), (left + width, scale.place(tick))))
            @if left <= LEFT { (aside("end", left - 5.0, scale.place(tick) + 4.0, &short_tick(tick))) }
        }
        @for (column, name) in frame.steps.iter().enumerate() {
            @let x = left + step * real(column);
            (aside("middle", x + step / 2.0, scale.place(0.0) + 16.0, name))
            @if let Some(Some(parts)) = panel.columns.get(column) {
                @for (part, bottom, top) in stacked(parts, scale) {
                    @let height = place((bottom - top).max(0.0));
                    (filled(frame.id, part, (x + step * 0.14, top), &place(step * 0.72), &height))
                }
            }
        }
        @if let Some((value, _)) = frame.line {
            (line("limit", (left, scale.place(value)), (left + width, scale.place(value))))
        }
    }
}

fn told(frame: Frame<'_>, panels: &[Panel]) -> String {
    let columns = |panel: &Panel| {
        let told = panel.columns.iter().zip(frame.steps).filter_map(|(parts, step)| {
            let whole: f64 = parts.as_ref()?.iter().sum();
            Some(format!("{} at {step}", short(whole)))
        });
        told.collect::<Vec<_>>().join(", ")
    };
    let told: Vec<String> = panels.iter().map(|panel| format!("{}: {}", panel.label, columns(panel))).collect();
    format!("{}, over {}. {}", frame.unit, frame.over, told.join("; "))
}
