//! The table for a terminal: a line for each attack under the heading of its family, and explanations below.

use std::{collections::BTreeMap, fmt::Write as _};

use anstyle::AnsiColor;
use authlab_results::attacks::{AttackCell, AttackFamily, AttackTable, Nature, Outcome};
use authlab_terminal::Look;
use comfy_table::{Attribute, Cell as TableCell, Color, Table, presets::UTF8_FULL_CONDENSED};

use super::explain::in_full;
use crate::table::{arrange, count, room, row, table};

const NUMBER_WIDTH: u16 = 5;
const MAX_TITLE_WIDTH: u16 = 60;
/// `~ 299 s` between its borders.
const MIN_COLUMN_WIDTH: u16 = 9;
const MAX_COLUMN_WIDTH: u16 = 16;

pub fn render(results: &AttackTable, look: Look) -> String {
    let mut text = look.heading("What each mechanism withstands") + "\n";
    for (at, column) in results.columns.iter().enumerate() {
        let _ = writeln!(text, "  {} {} at {}", letter(at), column.target_and_setting(), column.target.url);
    }
    let _ = writeln!(text, "{}", table_of(results, look));
    text.push_str(
        "✓ blocked   ✗ succeeded   ~ unavoidable: the mechanism, as it is set, cannot prevent it   – not applicable   ? not run
\
         A time is how long an ended credential was still accepted; with ~, until it expires.
",
    );
    text + &breaches(results, look) + &natures(results, look) + "\n" + &closing(results, look)
}

fn table_of(results: &AttackTable, look: Look) -> Table {
    let columns = results.columns.len();
    let bold = |text: &str| TableCell::new(text).add_attribute(Attribute::Bold);
    let letters = (0..columns).map(|at| bold(&letter(at)));
    let header = [bold(""), bold("attack, and the standard by which it must fail")].into_iter().chain(letters);
    let mut table = table(look, UTF8_FULL_CONDENSED, header);
    let mut family: Option<AttackFamily> = None;
    for attack in &results.rows {
        if family != Some(attack.family) {
            family = Some(attack.family);
            let blank = attack.cells.iter().map(|_| TableCell::new(""));
            table.add_row(row("", row(bold(attack.family.title()), blank)));
        }
        let what = format!("{}\n  {}", attack.title, attack.standard);
        table.add_row(row(&attack.number, row(what, attack.cells.iter().map(cell))));
    }
    let title = room(look, &[NUMBER_WIDTH, 0], columns).saturating_sub(count(columns) * MIN_COLUMN_WIDTH);
    let first = [NUMBER_WIDTH, title.clamp(20, MAX_TITLE_WIDTH)];
    arrange(&mut table, look, &first, columns, (MIN_COLUMN_WIDTH, MAX_COLUMN_WIDTH));
    table
}

fn cell(cell: &AttackCell) -> TableCell {
    let sign = sign(&cell.outcome);
    let accepted = cell.accepted_after_end.filter(|_| !matches!(cell.outcome, Outcome::NotApplicable { .. }));
    let text = accepted.map_or_else(|| sign.to_owned(), |accepted| format!("{sign} {}", accepted.in_short()));
    let shown = TableCell::new(text);
    match cell.outcome {
        Outcome::Held => shown.fg(Color::Green),
        Outcome::ByNature(_) => shown.fg(Color::Yellow),
        Outcome::NotApplicable { .. } | Outcome::NotStated => shown.fg(Color::DarkGrey),
        Outcome::Fell { .. } | Outcome::NotPlayed { .. } => shown.fg(Color::Red).add_attribute(Attribute::Bold),
    }
}

/// A sign for each outcome, one column wide.
pub(super) fn sign(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Held => "✓",
        Outcome::Fell { .. } => "✗",
        Outcome::ByNature(_) => "~",
        Outcome::NotApplicable { .. } | Outcome::NotStated => "–",
        Outcome::NotPlayed { .. } => "?",
    }
}

/// `A`, `B`, … : the columns are too narrow for names.
fn letter(at: usize) -> String {
    ('A'..='Z').nth(at).map_or_else(|| (at + 1).to_string(), String::from)
}

fn breaches(results: &AttackTable, look: Look) -> String {
    let mut text = String::new();
    for row in &results.rows {
        for (column, cell) in results.columns.iter().zip(&row.cells).filter(|(_, cell)| cell.outcome.is_breach()) {
            let line = format!("{} {} {}", row.number, column.target_and_setting(), in_full(&cell.outcome));
            let _ = writeln!(text, "{}", look.coloured(AnsiColor::Red, &line));
        }
    }
    text
}

/// Each reason once, with the attacks that it explains.
fn natures(results: &AttackTable, look: Look) -> String {
    let mut reasons: BTreeMap<&str, (Vec<&str>, &Nature)> = BTreeMap::new();
    for row in &results.rows {
        for cell in &row.cells {
            let Outcome::ByNature(nature) = &cell.outcome else { continue };
            reasons.entry(&nature.because).or_insert((Vec::new(), nature)).0.push(&row.number);
        }
    }
    if reasons.is_empty() {
        return String::new();
    }
    let mut reasons: Vec<_> = reasons.into_values().collect();
    for (numbers, _) in &mut reasons {
        numbers.dedup();
    }
    reasons.sort_by(|(one, _), (other, _)| one.cmp(other));
    let paragraph = |(numbers, Nature { because, remedy, price }): &(Vec<&str>, &Nature)| {
        format!("  {}: {because}\n      remedy: {remedy}\n      price: {price}\n", numbers.join(", "))
    };
    format!("\n{}\n{}", look.heading("Unavoidable"), reasons.iter().map(paragraph).collect::<String>())
}

/// A summary in one sentence.
fn closing(results: &AttackTable, look: Look) -> String {
    let colour = if results.holds { AnsiColor::Green } else { AnsiColor::Red };
    let requests: usize = results.cells().map(|cell| cell.requests).sum();
    let sentence = format!(
        "{} attacks on {} services: {} blocked, {} succeeded, {} unavoidable, {} not applicable, {} not run; {requests} requests.",
        results.rows.len(),
        results.columns.len(),
        results.count("blocked"),
        results.count("succeeded"),
        results.count("unavoidable"),
        results.count("not applicable"),
        results.count("not run"),
    );
    look.coloured(colour, &sentence) + "\n"
}
