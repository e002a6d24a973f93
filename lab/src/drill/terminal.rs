//! A drill for a terminal: one line per kind of request, and the losses below.

use std::fmt::Write as _;

use anstyle::AnsiColor;
use authlab_terminal::Look;
use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};

use super::report::{DrillReport, TargetOutcome};
use crate::table::table;

/// Explains why a service can answer 503 while its store works.
const FEED: &str = "503: with REVOCATION=feed, a service that could not look at the database for 5 seconds lets nobody in. \
                    docs/operations.md says what the feed costs in availability.";

pub fn render(report: &DrillReport, look: Look) -> String {
    let mut text = look.heading("What trouble costs") + "\n";
    let _ = writeln!(text, "  {}", done(report));
    let _ = writeln!(text, "{}", requests(report, look));
    for outcome in &report.outcomes {
        let colour = if outcome.logins_lost + outcome.not_served == 0 { AnsiColor::Green } else { AnsiColor::Red };
        let _ = writeln!(text, "{}", look.coloured(colour, &left(outcome)));
    }
    if report.outcomes.iter().any(|outcome| outcome.answered(503)) {
        let _ = writeln!(text, "{FEED}");
    }
    text
}

fn done(report: &DrillReport) -> String {
    let took = report.ended.saturating_sub(report.began).as_secs_f64();
    match (&report.command, report.exit_code) {
        (Some(command), Some(code)) => format!("`{command}` took {took:.1} s, exit code {code}"),
        _ => "no command was given".to_owned(),
    }
}

fn requests(report: &DrillReport, look: Look) -> Table {
    let header = ["", "", "asked", "failed", "with", "failing for", "slowest answer"];
    let mut table = table(look, UTF8_FULL_CONDENSED, header);
    for outcome in &report.outcomes {
        for (what, tally) in &outcome.tallies {
            let with: Vec<_> = tally.failures.iter().map(|(ended, times)| format!("{ended} ×{times}")).collect();
            table.add_row([
                outcome.target.name.clone(),
                what.name().to_owned(),
                tally.asked.to_string(),
                tally.failed().to_string(),
                with.join(", "),
                tally.failing.map_or_else(String::new, |_| format!("{:.1} s", tally.failing_for().as_secs_f64())),
                format!("{:.2} s", tally.slowest.as_secs_f64()),
            ]);
        }
    }
    table
}

fn left(outcome: &TargetOutcome) -> String {
    let TargetOutcome { target, people, logins_lost, writes_lost, not_served, .. } = outcome;
    format!(
        "{}: of {people} users, {logins_lost} lost their login and {writes_lost} their last answered write; \
         {not_served} got no answer at the end.",
        target.name
    )
}
