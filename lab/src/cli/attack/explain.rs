//! One row in full: every request with its sender, every answer, and the verdict.

use std::fmt::Write as _;

use authlab_attacks::{Report, recording::RecordedExchange};
use authlab_results::attacks::{AttackCell, Nature, Outcome};
use authlab_terminal::Look;

use super::terminal::sign;

pub fn render(report: &Report, look: Look) -> String {
    let mut text = String::new();
    for (row, recordings) in report.table.rows.iter().zip(&report.recordings) {
        text.push_str(&look.heading(&format!("{} {}", row.number, row.title)));
        let _ = writeln!(text, "\n{} · {}", row.id, row.standard);
        for ((column, cell), exchanges) in report.table.columns.iter().zip(&row.cells).zip(recordings) {
            let _ = writeln!(text, "\n{}", look.heading(&column.target_and_setting()));
            text.extend(exchanges.iter().enumerate().map(|(number, shown)| exchange(number + 1, shown)));
            text.push_str(&outcome(cell));
        }
        text.push('\n');
    }
    text
}

fn exchange(number: usize, recorded: &RecordedExchange) -> String {
    let exchange = &recorded.exchange;
    let status = if exchange.status == 0 { "no status".to_owned() } else { exchange.status.to_string() };
    let mut text = format!("{number:>4}. {}: {} {}\n", recorded.who, exchange.method, exchange.path);
    text += &lines('>', &exchange.request_headers, exchange.request_body.as_deref());
    let _ = writeln!(text, "        < {status}");
    text += &lines('<', &exchange.response_headers, exchange.response_body.as_deref());
    if recorded.and_more > 0 {
        let _ = writeln!(text, "        … and {} more like it", recorded.and_more);
    }
    text
}

/// Headers and body, each line with the sign of its direction in front.
fn lines(direction: char, headers: &[(String, String)], body: Option<&str>) -> String {
    let headers = headers.iter().map(|(name, value)| format!("{name}: {value}"));
    let body = body.into_iter().flat_map(str::lines).take(24).map(str::to_owned);
    headers.chain(body).fold(String::new(), |text, line| format!("{text}        {direction} {line}\n"))
}

fn outcome(cell: &AttackCell) -> String {
    let mut text = format!("   {} {}", sign(&cell.outcome), in_full(&cell.outcome));
    if cell.outcome == Outcome::Held {
        let _ = write!(text, ", in {} requests", cell.requests);
    }
    text.push('\n');
    if let Some(accepted) = cell.accepted_after_end {
        let _ = writeln!(text, "      accepted after its end: {}", accepted.in_words());
    }
    text
}

/// The outcome with its reason.
pub(super) fn in_full(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Held => "blocked".to_owned(),
        Outcome::Fell { what } => format!("succeeded: {what}"),
        Outcome::ByNature(Nature { because, remedy, price }) => {
            format!("unavoidable: {because}\n      remedy: {remedy}\n      price: {price}")
        }
        Outcome::NotApplicable { because } => format!("not applicable: {because}"),
        Outcome::NotPlayed { because } => format!("could not be run: {because}"),
        Outcome::NotStated => "not stated".to_owned(),
    }
}
