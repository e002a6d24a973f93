//! A report for a terminal: one line per clause under its section's heading, and a summary at the end.

use anstyle::AnsiColor;
use authlab_client::target::Target;
use authlab_terminal::Look;

use super::{
    clause::{ClauseOutcome, ClauseResult, ContractSection},
    report::ConformanceReport,
};

/// The whole report as one text.
pub fn render(report: &ConformanceReport, look: Look) -> String {
    let mut section = None;
    let mut text = opening(&report.target, look);
    for result in &report.results {
        text.push_str(&line(result, &mut section, look));
    }
    text + "\n" + &closing(report, look)
}

/// The heading above the first clause.
pub fn opening(target: &Target, look: Look) -> String {
    look.heading(&format!("The contract, checked at {target}")) + "\n"
}

/// One clause, preceded by its section's heading if the section is new.
pub fn line(result: &ClauseResult, section: &mut Option<ContractSection>, look: Look) -> String {
    let mut text = String::new();
    if *section != Some(result.section) {
        *section = Some(result.section);
        text = format!("\n{}\n", look.heading(result.section.title()));
    }
    let (colour, mark, rest) = match &result.outcome {
        ClauseOutcome::Passed => (AnsiColor::Green, "✓", String::new()),
        ClauseOutcome::NotApplicable { reason } => {
            (AnsiColor::BrightBlack, "–", format!("\n      not applicable: {reason}"))
        }
        ClauseOutcome::Failed { expected, came } => {
            (AnsiColor::Red, "✗", format!("\n      {}\n      expected {expected}\n      came {came}", result.id))
        }
    };
    text + &format!("  {} {}{rest}\n", look.coloured(colour, mark), result.sentence)
}

/// The summary sentence.
pub fn closing(report: &ConformanceReport, look: Look) -> String {
    let colour = if report.holds() { AnsiColor::Green } else { AnsiColor::Red };
    let sentence = format!(
        "{}: {} clauses, {} passed, {} failed, {} not applicable.",
        report.target.name,
        report.results.len(),
        report.passed(),
        report.failed(),
        report.not_applicable()
    );
    look.coloured(colour, &sentence) + "\n"
}
