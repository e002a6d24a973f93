//! A drill as JSON. Members are added freely; renaming one needs a new `schema_version`.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    report::{DrillReport, TargetOutcome},
    tally::Tally,
};

/// All times are seconds from the start of the drill.
pub fn render(report: &DrillReport) -> Result<String> {
    let document = json!({
        "schema_version": 1,
        "command": report.command,
        "exit_code": report.exit_code,
        "command_began": report.began.as_secs_f64(),
        "command_ended": report.ended.as_secs_f64(),
        "targets": report.outcomes.iter().map(target).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn target(outcome: &TargetOutcome) -> Value {
    let requests: BTreeMap<_, _> = outcome.tallies.iter().map(|(what, tally)| (what.name(), requests(tally))).collect();
    json!({
        "target": outcome.target,
        "people": outcome.people,
        "logins_lost": outcome.logins_lost,
        "writes_lost": outcome.writes_lost,
        "not_served": outcome.not_served,
        "requests": requests,
    })
}

fn requests(tally: &Tally) -> Value {
    let failures: BTreeMap<_, _> = tally.failures.iter().map(|(ended, times)| (ended.to_string(), times)).collect();
    json!({
        "asked": tally.asked,
        "failed": tally.failed(),
        "failures": failures,
        "failing_from": tally.failing.map(|(first, _)| first.as_secs_f64()),
        "failing_until": tally.failing.map(|(_, last)| last.as_secs_f64()),
        "slowest": tally.slowest.as_secs_f64(),
    })
}
