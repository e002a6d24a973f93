//! The table for a terminal: one line per row under its family's heading, and below the table the explanations.

use std::{collections::BTreeMap, fmt::Write as _};

use anstyle::AnsiColor;
use comfy_table::{
    Attribute, Cell as TableCell, Color, ColumnConstraint, ContentArrangement, Table, Width, presets::UTF8_FULL,
};

use crate::compare::look::Look;

use super::{
    report::{Cell, Report},
    row::{Family, Nature, Outcome},
};

const NUMBER_WIDTH: u16 = 5;
const WIDEST_TITLE: u16 = 60;
/// Fits `~ 299 s` and the borders.
const NARROWEST_COLUMN: u16 = 9;
const WIDEST_COLUMN: u16 = 16;

pub fn render(report: &Report, look: Look) -> String {
    let mut text = look.heading("What each mechanism withstands") + "\n";
    for (at, mark) in report.marks.iter().enumerate() {
        let _ = writeln!(text, "  {} {} at {}", letter(at), mark.name(), mark.target.url());
    }
    let _ = writeln!(text, "{}", table(report, look));
    text.push_str(
        "✓ held   ✗ fell   ~ by nature: the mechanism cannot prevent it in this setting   – not applicable   ? not played
\
         A time is how long an ended credential was still accepted; with ~ it is accepted until it expires.
",
    );
    text + &breaches(report, look) + &natures(report, look) + "\n" + &closing(report, look)
}

fn table(report: &Report, look: Look) -> Table {
    let mut table = Table::new();
    let mut style = UTF8_FULL;
    style.row_separator = comfy_table::LineStyle::none();
    table.load_style(style).set_content_arrangement(ContentArrangement::Dynamic).set_width(look.width);
    // `look` decides about colours; the table library must not check whether stdout is a terminal.
    table.force_no_tty();
    if look.colour {
        table.enforce_styling();
    }
    let bold = |text: &str| TableCell::new(text).add_attribute(Attribute::Bold);
    let marks = (0..report.marks.len()).map(|at| bold(&letter(at)));
    table.set_header([bold(""), bold("attack, and the standard by which it must fail")].into_iter().chain(marks));
    let mut family: Option<Family> = None;
    for (row, cells) in report.lines() {
        if family != Some(row.family) {
            family = Some(row.family);
            let blank = cells.iter().map(|_| TableCell::new(""));
            table.add_row([TableCell::new(""), bold(row.family.title())].into_iter().chain(blank));
        }
        let shown = cells.iter().map(cell);
        let what = TableCell::new(format!("{}\n  {}", row.title, row.standard));
        table.add_row([TableCell::new(row.number), what].into_iter().chain(shown));
    }
    arrange(&mut table, report.marks.len(), look);
    table
}

fn arrange(table: &mut Table, marks: usize, look: Look) {
    let marks = u16::try_from(marks).unwrap_or(u16::MAX).max(1);
    let borders = marks + 3;
    let room = look.width.saturating_sub(NUMBER_WIDTH + borders);
    let title = room.saturating_sub(marks * NARROWEST_COLUMN).clamp(20, WIDEST_TITLE);
    let each = (room.saturating_sub(title) / marks).clamp(NARROWEST_COLUMN, WIDEST_COLUMN);
    let fixed = |width| ColumnConstraint::Absolute(Width::Fixed(width));
    let widths = [NUMBER_WIDTH, title].into_iter().chain((0..marks).map(|_| each));
    table.set_constraints(widths.map(fixed));
}

fn cell(cell: &Cell) -> TableCell {
    let sign = mark(&cell.outcome);
    let leak = cell.leak.filter(|_| !matches!(cell.outcome, Outcome::NotApplicable { .. }));
    let text = leak.map_or_else(|| sign.to_owned(), |leak| format!("{sign} {}", leak.in_short()));
    let shown = TableCell::new(text);
    match cell.outcome {
        Outcome::Held => shown.fg(Color::Green),
        Outcome::ByNature(_) => shown.fg(Color::Yellow),
        Outcome::NotApplicable { .. } => shown.fg(Color::DarkGrey),
        Outcome::Fell { .. } | Outcome::NotPlayed { .. } => shown.fg(Color::Red).add_attribute(Attribute::Bold),
    }
}

/// The sign of an outcome, one column wide.
pub fn mark(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Held => "✓",
        Outcome::Fell { .. } => "✗",
        Outcome::ByNature(_) => "~",
        Outcome::NotApplicable { .. } => "–",
        Outcome::NotPlayed { .. } => "?",
    }
}

/// `A`, `B`, …: the columns are too narrow for names.
pub(super) fn letter(at: usize) -> String {
    let letter = u8::try_from(at).ok().and_then(|at| b'A'.checked_add(at)).filter(u8::is_ascii_uppercase);
    letter.map_or_else(|| (at + 1).to_string(), |letter| char::from(letter).to_string())
}

fn breaches(report: &Report, look: Look) -> String {
    let mut text = String::new();
    for (row, cells) in report.lines() {
        for (at, cell) in cells.iter().enumerate() {
            let what = match &cell.outcome {
                Outcome::Fell { what } => format!("fell: {what}"),
                Outcome::NotPlayed { because } => format!("could not run: {because}"),
                _ => continue,
            };
            let line = format!("{} {} {what}", row.number, report.marks[at].name());
            let _ = writeln!(text, "{}", look.coloured(AnsiColor::Red, &line));
        }
    }
    text
}

/// Each reason once, with the rows that it explains.
fn natures(report: &Report, look: Look) -> String {
    let mut reasons: BTreeMap<&str, (&Nature, Vec<&str>)> = BTreeMap::new();
    for (row, cells) in report.lines() {
        for cell in cells {
            if let Outcome::ByNature(nature) = &cell.outcome {
                let numbers = &mut reasons.entry(nature.because).or_insert((nature, Vec::new())).1;
                if numbers.last() != Some(&row.number) {
                    numbers.push(row.number);
                }
            }
        }
    }
    if reasons.is_empty() {
        return String::new();
    }
    let mut reasons: Vec<_> = reasons.into_values().collect();
    reasons.sort_by(|(_, one), (_, other)| one.cmp(other));
    let paragraph = |(nature, numbers): &(&Nature, Vec<&str>)| {
        format!(
            "  {}: {}\n      remedy: {}\n      price: {}\n",
            numbers.join(", "),
            nature.because,
            nature.remedy,
            nature.price
        )
    };
    format!("\n{}\n{}", look.heading("By nature"), reasons.iter().map(paragraph).collect::<String>())
}

/// The summary sentence.
fn closing(report: &Report, look: Look) -> String {
    let colour = if report.holds() { AnsiColor::Green } else { AnsiColor::Red };
    let requests: usize = report.cells.iter().flatten().map(|cell| cell.requests).sum();
    let sentence = format!(
        "{} attacks on {} services: {} held, {} fell, {} by nature, {} not applicable, {} not played; {requests} requests.",
        report.rows.len(),
        report.marks.len(),
        report.count("held"),
        report.count("fell"),
        report.count("by nature"),
        report.count("n/a"),
        report.count("not played"),
    );
    look.coloured(colour, &sentence) + "\n"
}
