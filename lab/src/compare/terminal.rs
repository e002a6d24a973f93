//! The comparison for a terminal: a table per step, and a final table of verdicts and bytes.

use anstyle::AnsiColor;
use authlab_client::target::Target;
use authlab_terminal::Look;
use comfy_table::{Attribute, Cell, Color, ColumnConstraint, ContentArrangement, Table, Width, presets::UTF8_FULL};

use super::{
    Comparison,
    cells::{self, thousands},
    summary::{Summary, Totals},
};
use crate::journey::transcript::{StepResult, StepVerdict};

/// Wide enough for `server keeps` and for most paths.
const LABEL_WIDTH: u16 = 17;
/// Keeps a comparison with one target from filling the whole width.
const MAX_COLUMN_WIDTH: u16 = 60;

/// A number of the summary.
type Count = fn(&Totals) -> usize;

/// The whole comparison as one text.
pub fn render(comparison: Comparison<'_>, look: Look) -> String {
    let numbered = (1..).zip(comparison.steps);
    let mut text: String =
        numbered.map(|(number, played)| step(comparison.targets, number, played, look) + "\n").collect();
    text.push_str(&summary(comparison, look));
    text
}

/// One step, printed as soon as it has run.
pub fn step(targets: &[Target], number: usize, step: &StepResult, look: Look) -> String {
    let mut table = table(targets, look);
    for line in cells::lines(step) {
        let cells = line.cells.iter().map(|lines| Cell::new(lines.join("\n")));
        table.add_row(std::iter::once(Cell::new(line.label)).chain(cells));
    }
    let verdicts = step.outcomes.iter().map(|outcome| judged(&outcome.verdict, cells::verdict(&outcome.verdict)));
    table.add_row(std::iter::once(Cell::new("verdict")).chain(verdicts));
    arrange(&mut table, targets.len(), look);
    let heading = look.heading(&format!("{number}. {}", step.title));
    format!("{heading}\n   {}\n{table}\n", step.shows)
}

/// The verdicts, the bytes, and the summary sentence.
pub fn summary(comparison: Comparison<'_>, look: Look) -> String {
    let summary = Summary::of(comparison);
    let mut table = table(comparison.targets, look);
    for step in comparison.steps {
        let marks = step.outcomes.iter().map(|outcome| judged(&outcome.verdict, outcome.verdict.sign().to_owned()));
        table.add_row(std::iter::once(Cell::new(step.id)).chain(marks));
    }
    let rows: [(&str, Count); 6] = [
        ("as contract", |totals| totals.as_contract),
        ("allowed", |totals| totals.allowed_differences),
        ("breaches", |totals| totals.breaches),
        ("not played", |totals| totals.skipped),
        ("bytes sent", |totals| totals.bytes_sent),
        ("bytes received", |totals| totals.bytes_received),
    ];
    for (label, count) in rows {
        let counts = summary.targets.iter().map(|totals| thousands(count(totals)));
        table.add_row(std::iter::once(label.to_owned()).chain(counts));
    }
    let mut style = UTF8_FULL;
    style.row_separator = comfy_table::LineStyle::none();
    table.load_style(style);
    arrange(&mut table, comparison.targets.len(), look);
    let colour = if summary.steps_breached == 0 { AnsiColor::Green } else { AnsiColor::Red };
    let sentence = look.coloured(colour, &summary.sentence());
    let legend = "✓ as the contract says   ≠ allowed difference   ✗ breach   – not played";
    format!("{}\n{table}\n{legend}\n{sentence}\n", look.heading("In all"))
}

fn table(targets: &[Target], look: Look) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL).set_content_arrangement(ContentArrangement::Dynamic).set_width(look.width);
    // `look` decides about colours; the table library must not check whether stdout is a terminal.
    table.force_no_tty();
    if look.colour {
        table.enforce_styling();
    }
    let names = targets.iter().map(|target| Cell::new(&target.name).add_attribute(Attribute::Bold));
    table.set_header(std::iter::once(Cell::new("")).chain(names));
    table
}

/// Every target gets the same width, so that the columns of all steps are aligned.
fn arrange(table: &mut Table, targets: usize, look: Look) {
    let targets = u16::try_from(targets).unwrap_or(u16::MAX).max(1);
    let borders = targets + 2;
    let room = look.width.saturating_sub(LABEL_WIDTH + borders) / targets;
    let each = ColumnConstraint::Absolute(Width::Fixed(room.clamp(3, MAX_COLUMN_WIDTH)));
    let label = ColumnConstraint::Absolute(Width::Fixed(LABEL_WIDTH));
    table.set_constraints(std::iter::once(label).chain((0..targets).map(|_| each)));
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
