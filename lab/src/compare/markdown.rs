//! The comparison as Markdown, with the same tables.

use authlab_client::target::Target;

use super::{
    Comparison,
    cells::{self, thousands},
    summary::{Summary, Totals},
};
use crate::journey::transcript::StepResult;

pub fn render(comparison: Comparison<'_>) -> String {
    let summary = Summary::of(comparison);
    let mut text = format!("# The journey, side by side\n\n{}\n\n", summary.sentence());
    text.push_str(&verdicts(comparison, &summary));
    for (number, step) in (1..).zip(comparison.steps) {
        text.push_str(&section(comparison.targets, number, step));
    }
    text
}

fn verdicts(comparison: Comparison<'_>, summary: &Summary) -> String {
    let mut text = header(comparison.targets);
    for step in comparison.steps {
        text.push_str(&row(step.title, step.outcomes.iter().map(|outcome| outcome.verdict.sign().to_owned())));
    }
    let bytes = |totals: &Totals| format!("{} / {}", thousands(totals.bytes_sent), thousands(totals.bytes_received));
    text.push_str(&row("bytes sent / received", summary.targets.iter().map(bytes)));
    text + "\n✓ same, ≠ differs, as the contract allows, ✗ breaks the contract, – not run.\n"
}

fn section(targets: &[Target], number: usize, step: &StepResult) -> String {
    let mut text = format!("\n## {number}. {}\n\n{}\n\n{}", step.title, step.shows, header(targets));
    for line in cells::lines(step) {
        let cells = line.cells.iter().map(|lines| lines.iter().map(|line| code(line)).collect::<Vec<_>>().join("<br>"));
        text.push_str(&row(&line.label, cells));
    }
    text + &row("verdict", step.outcomes.iter().map(|outcome| escaped(&cells::verdict(&outcome.verdict))))
}

fn header(targets: &[Target]) -> String {
    row("", targets.iter().map(|target| escaped(&target.name))) + &row("---", targets.iter().map(|_| "---".to_owned()))
}

fn row(label: &str, cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = std::iter::once(label.to_owned()).chain(cells).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// Inline code in a cell: a bar would end the cell, and a backtick would end the code.
fn code(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!("`{}`", line.replace('`', "'").replace('|', "\\|")) }
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn nothing_in_a_cell_can_end_it() {
        assert_eq!(code("a|b`c"), "`a\\|b'c`");
    }
}
