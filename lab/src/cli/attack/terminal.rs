//! The table for a terminal: a line for each attack under the heading of its family, and explanations below.

use std::{collections::BTreeMap, fmt::Write as _};

use anstyle::AnsiColor;
use authlab_results::attacks::{AttackCell, AttackFamily, AttackTable, Nature, Outcome};
use authlab_terminal::Look;
use comfy_table::{
    Attribute, Cell as TableCell, Color, ColumnConstraint, ContentArrangement, Table, Width, presets::UTF8_FULL,
};

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
    let _ = writeln!(text, "{}", table(results, look));
    text.push_str(
        "✓ blocked   ✗ succeeded   ~ unavoidable: the mechanism, as it is set, cannot prevent it   – not applicable   ? not run
\
         A time is how long an ended credential was still accepted; with ~, until it expires.
",
    );
    text + &breaches(results, look) + &natures(results, look) + "\n" + &closing(results, look)
}

fn table(results: &AttackTable, look: Look) -> Table {
    let mut table = Table::new();
    let mut style = UTF8_FULL;
    style.row_separator = comfy_table::LineStyle::none();
    table.load_style(style).set_content_arrangement(ContentArrangement::Dynamic).set_width(look.width);
    // The look decides on colours, not the place that this process writes to.
    table.force_no_tty();
    if look.colour {
        table.enforce_styling();
    }
    let bold = |text: &str| TableCell::new(text).add_attribute(Attribute::Bold);
    let letters = (0..results.columns.len()).map(|at| bold(&letter(at)));
    table.set_header([bold(""), bold("attack, and the standard by which it must fail")].into_iter().chain(letters));
    let mut family: Option<AttackFamily> = None;
    for row in &results.rows {
        if family != Some(row.family) {
            family = Some(row.family);
            let blank = row.cells.iter().map(|_| TableCell::new(""));
            table.add_row([TableCell::new(""), bold(row.family.title())].into_iter().chain(blank));
        }
        let shown = row.cells.iter().map(cell);
        let what = TableCell::new(format!("{}\n  {}", row.title, row.standard));
        table.add_row([TableCell::new(&row.number), what].into_iter().chain(shown));
    }
    arrange(&mut table, results.columns.len(), look);
    table
}

fn arrange(table: &mut Table, columns: usize, look: Look) {
    let columns = u16::try_from(columns).unwrap_or(u16::MAX).max(1);
    let borders = columns + 3;
    let room = look.width.saturating_sub(NUMBER_WIDTH + borders);
    let title = room.saturating_sub(columns * MIN_COLUMN_WIDTH).clamp(20, MAX_TITLE_WIDTH);
    let each = (room.saturating_sub(title) / columns).clamp(MIN_COLUMN_WIDTH, MAX_COLUMN_WIDTH);
    let fixed = |width| ColumnConstraint::Absolute(Width::Fixed(width));
    let widths = [NUMBER_WIDTH, title].into_iter().chain((0..columns).map(|_| each));
    table.set_constraints(widths.map(fixed));
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
    let letter = u8::try_from(at).ok().and_then(|at| b'A'.checked_add(at)).filter(u8::is_ascii_uppercase);
    letter.map_or_else(|| (at + 1).to_string(), |letter| char::from(letter).to_string())
}

fn breaches(results: &AttackTable, look: Look) -> String {
    let mut text = String::new();
    for row in &results.rows {
        for (column, cell) in results.columns.iter().zip(&row.cells) {
            let what = match &cell.outcome {
                Outcome::Fell { what } => format!("succeeded: {what}"),
                Outcome::NotPlayed { because } => format!("could not be run: {because}"),
                _ => continue,
            };
            let line = format!("{} {} {what}", row.number, column.target_and_setting());
            let _ = writeln!(text, "{}", look.coloured(AnsiColor::Red, &line));
        }
    }
    text
}

/// Each reason once, with the attacks that it explains.
fn natures(results: &AttackTable, look: Look) -> String {
    let mut reasons: BTreeMap<&str, (&Nature, Vec<&str>)> = BTreeMap::new();
    for row in &results.rows {
        for cell in &row.cells {
            if let Outcome::ByNature(nature) = &cell.outcome {
                let numbers = &mut reasons.entry(&nature.because).or_insert((nature, Vec::new())).1;
                if numbers.last() != Some(&row.number.as_str()) {
                    numbers.push(&row.number);
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
