//! A drill as JSON. Members are added freely; renaming one needs a new `schema_version`.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use authlab_client::target::Target;
use serde::Serialize;

use super::{
    report::{DrillReport, TargetOutcome},
    tally::Tally,
};

const SCHEMA_VERSION: u32 = 1;

/// All times are seconds from the start of the drill.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    command: Option<&'a str>,
    exit_code: Option<i32>,
    command_began: f64,
    command_ended: f64,
    targets: Vec<OfOneTarget<'a>>,
}

#[derive(Serialize)]
struct OfOneTarget<'a> {
    target: &'a Target,
    people: usize,
    logins_lost: usize,
    writes_lost: usize,
    not_served: usize,
    requests: BTreeMap<&'static str, OfOneKind>,
}

#[derive(Serialize)]
struct OfOneKind {
    asked: usize,
    failed: usize,
    failures: BTreeMap<String, usize>,
    failing_from: Option<f64>,
    failing_until: Option<f64>,
    slowest: f64,
}

pub fn render(report: &DrillReport) -> Result<String> {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        command: report.trouble.command.as_deref(),
        exit_code: report.trouble.exit_code,
        command_began: report.trouble.began.as_secs_f64(),
        command_ended: report.trouble.ended.as_secs_f64(),
        targets: report.outcomes.iter().map(of_one_target).collect(),
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn of_one_target(outcome: &TargetOutcome) -> OfOneTarget<'_> {
    OfOneTarget {
        target: &outcome.target,
        people: outcome.people,
        logins_lost: outcome.logins_lost,
        writes_lost: outcome.writes_lost,
        not_served: outcome.not_served,
        requests: outcome.tallies.0.iter().map(|(what, tally)| (what.name(), of_one_kind(tally))).collect(),
    }
}

fn of_one_kind(tally: &Tally) -> OfOneKind {
    let seconds = |instant: Duration| instant.as_secs_f64();
    OfOneKind {
        asked: tally.asked,
        failed: tally.failed(),
        failures: tally.failures.iter().map(|(ended, times)| (ended.to_string(), *times)).collect(),
        failing_from: tally.failing.map(|(first, _)| seconds(first)),
        failing_until: tally.failing.map(|(_, last)| seconds(last)),
        slowest: seconds(tally.slowest),
    }
}
