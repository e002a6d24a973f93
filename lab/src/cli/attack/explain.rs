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
    let mut text = format!("{number:>4}. {}: {} {}\n", recorded.who, exchange.method, exchange.path);
    for (name, value) in &exchange.request_headers {
        let _ = writeln!(text, "        > {name}: {value}");
    }
    text.push_str(&indented(exchange.request_body.as_deref(), "> "));
    let status = if exchange.status == 0 { "no status".to_owned() } else { exchange.status.to_string() };
    let _ = writeln!(text, "        < {status}");
    for (name, value) in &exchange.response_headers {
        let _ = writeln!(text, "        < {name}: {value}");
    }
    text.push_str(&indented(exchange.response_body.as_deref(), "< "));
    if recorded.and_more > 0 {
        let _ = writeln!(text, "        … and {} more like it", recorded.and_more);
    }
    text
}

/// Each line with the sign of its direction in front.
fn indented(body: Option<&str>, direction: &str) -> String {
    let lines = body.into_iter().flat_map(str::lines).take(24);
    lines.fold(String::new(), |text, line| text + "        " + direction + line + "\n")
}

fn outcome(cell: &AttackCell) -> String {
    let sign = sign(&cell.outcome);
    let mut text = match &cell.outcome {
        Outcome::Held => format!("   {sign} blocked, in {} requests\n", cell.requests),
        Outcome::Fell { what } => format!("   {sign} succeeded: {what}\n"),
        Outcome::ByNature(Nature { because, remedy, price }) => {
            format!("   {sign} unavoidable: {because}\n      remedy: {remedy}\n      price: {price}\n")
        }
        Outcome::NotApplicable { because } => format!("   {sign} not applicable: {because}\n"),
        Outcome::NotPlayed { because } => format!("   {sign} could not be run: {because}\n"),
        Outcome::NotStated => format!("   {sign} not stated\n"),
    };
    if let Some(accepted) = cell.accepted_after_end {
        let _ = writeln!(text, "      accepted after its end: {}", accepted.in_words());
    }
    text
}
