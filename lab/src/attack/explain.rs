//! One row in full: every request with its sender, every answer, and the verdict.

use std::fmt::Write as _;

use crate::compare::look::Look;

use super::{
    report::{Cell, Report},
    row::Outcome,
    script::Act,
    terminal::mark,
};

pub fn render(report: &Report, look: Look) -> String {
    let mut text = String::new();
    for (row, cells) in report.lines() {
        text.push_str(&look.heading(&format!("{} {}", row.number, row.title)));
        let _ = writeln!(text, "\n{} · {}", row.id, row.standard);
        for (at, cell) in cells.iter().enumerate() {
            let _ = writeln!(text, "\n{}", look.heading(&report.marks[at].name()));
            text.extend(cell.acts.iter().enumerate().map(|(number, shown)| act(number + 1, shown)));
            text.push_str(&verdict(cell));
        }
        text.push('\n');
    }
    text
}

fn act(number: usize, act: &Act) -> String {
    let exchange = &act.exchange;
    let mut text = format!("{number:>4}. {}: {} {}\n", act.who, exchange.method, exchange.path);
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
    if act.and_more > 0 {
        let _ = writeln!(text, "        … and {} more like it", act.and_more);
    }
    text
}

/// Each line with the sign of its direction in front.
fn indented(body: Option<&str>, direction: &str) -> String {
    let lines = body.into_iter().flat_map(str::lines).take(24);
    lines.fold(String::new(), |text, line| text + "        " + direction + line + "\n")
}

fn verdict(cell: &Cell) -> String {
    let sign = mark(&cell.outcome);
    let mut text = match &cell.outcome {
        Outcome::Held => format!("   {sign} held, in {} requests\n", cell.requests),
        Outcome::Fell { what } => format!("   {sign} fell: {what}\n"),
        Outcome::ByNature(nature) => {
            format!(
                "   {sign} by nature: {}\n      remedy: {}\n      price: {}\n",
                nature.because, nature.remedy, nature.price
            )
        }
        Outcome::NotApplicable { because } => format!("   {sign} not applicable: {because}\n"),
        Outcome::NotPlayed { because } => format!("   {sign} could not run: {because}\n"),
    };
    if let Some(leak) = &cell.leak {
        let _ = writeln!(text, "      leak window: {}", leak.in_words());
    }
    text
}
