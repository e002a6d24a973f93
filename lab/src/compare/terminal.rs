//! The comparison for a terminal: a table per step, and a final table of verdicts and bytes.

use anstyle::AnsiColor;
use authlab_client::target::Target;
use authlab_terminal::Look;
use comfy_table::{
    Attribute, Cell, Color, Table, TableStyle,
    presets::{UTF8_FULL, UTF8_FULL_CONDENSED},
};

use super::{
    Comparison,
    cells::{self, thousands},
    summary::{Summary, Totals},
};
use crate::{
    journey::transcript::{StepResult, StepVerdict},
    table::{arrange, row, table},
};

/// Wide enough for `server keeps` and for most paths.
const LABEL_WIDTH: u16 = 17;
/// Keeps a comparison with one target from filling the whole width.
const MAX_COLUMN_WIDTH: u16 = 60;

/// The whole comparison as one text.
pub fn render(comparison: Comparison<'_>, look: Look) -> String {
    let numbered = (1..).zip(comparison.steps);
    let steps: String =
        numbered.map(|(number, played)| step(comparison.targets, number, played, look) + "\n").collect();
    steps + &summary(comparison, look)
}

fn step(targets: &[Target], number: usize, step: &StepResult, look: Look) -> String {
    let mut table = of_targets(targets, look, UTF8_FULL);
    for line in cells::lines(step) {
        table.add_row(row(line.label, line.cells.iter().map(|lines| lines.join("\n"))));
    }
    let verdicts = step.outcomes.iter().map(|outcome| judged(&outcome.verdict, cells::verdict(&outcome.verdict)));
    table.add_row(row("verdict", verdicts));
    let heading = look.heading(&format!("{number}. {}", step.title));
    format!("{heading}\n   {}\n{table}\n", step.shows)
}

/// The verdicts, the bytes, and the summary sentence.
fn summary(comparison: Comparison<'_>, look: Look) -> String {
    let summary = Summary::of(comparison);
    let mut table = of_targets(comparison.targets, look, UTF8_FULL_CONDENSED);
    for step in comparison.steps {
        let marks = step.outcomes.iter().map(|outcome| judged(&outcome.verdict, outcome.verdict.sign().to_owned()));
        table.add_row(row(step.id, marks));
    }
    let mut counts = |label: &str, count: fn(&Totals) -> usize| {
        table.add_row(row(label, summary.targets.iter().map(|totals| thousands(count(totals)))));
    };
    counts("same", |totals| totals.as_contract);
    counts("differs, allowed", |totals| totals.allowed_differences);
    counts("breaks the contract", |totals| totals.breaches);
    counts("not run", |totals| totals.skipped);
    counts("bytes sent", |totals| totals.bytes_sent);
    counts("bytes received", |totals| totals.bytes_received);
    let colour = if summary.steps_breached == 0 { AnsiColor::Green } else { AnsiColor::Red };
    let sentence = look.coloured(colour, &summary.sentence());
    let legend = "✓ same   ≠ differs, as the contract allows   ✗ breaks the contract   – not run";
    format!("{}\n{table}\n{legend}\n{sentence}\n", look.heading("In all"))
}

/// A table with a column for each target.
fn of_targets(targets: &[Target], look: Look, style: TableStyle) -> Table {
    let names = targets.iter().map(|target| Cell::new(&target.name).add_attribute(Attribute::Bold));
    let mut table = table(look, style, row("", names));
    arrange(&mut table, look, &[LABEL_WIDTH], targets.len(), (3, MAX_COLUMN_WIDTH));
    table
}

fn judged(verdict: &StepVerdict, text: String) -> Cell {
    let cell = Cell::new(text);
    match verdict {
        StepVerdict::AsContract => cell.fg(Color::Green),
        StepVerdict::AllowedDifference(_) => cell.fg(Color::Yellow),
        StepVerdict::Breach(_) => cell.fg(Color::Red).add_attribute(Attribute::Bold),
        StepVerdict::Skipped(_) => cell.fg(Color::DarkGrey),
    }
}
