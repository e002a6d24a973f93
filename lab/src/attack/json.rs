//! The attack table as JSON. Members are added freely; renaming one needs a new `schema_version`.

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;

use crate::results::Machine;

use super::{
    arena::{Mark, Marked},
    claims::{Decided, decide},
    report::Report,
    row::{Family, Leak, Outcome},
};

const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    authlab: &'static str,
    played_at: Timestamp,
    machine: Machine,
    marks: Vec<Marked<'a>>,
    holds: bool,
    rows: Vec<Line<'a>>,
    claims: Vec<Decided>,
}

#[derive(Serialize)]
struct Line<'a> {
    number: &'static str,
    id: &'static str,
    family: Family,
    title: &'static str,
    standard: &'static str,
    /// In the order of the targets.
    cells: Vec<Shown<'a>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    outcome: &'a Outcome,
    leak: Option<Leak>,
    requests: usize,
}

fn marked<'a>((mark, mechanism): (&'a Mark, &'a String)) -> Marked<'a> {
    Marked { target: &mark.target, mechanism, setting: mark.setting }
}

/// `played_at` is the time when the run began.
pub fn render(report: &Report, played_at: Timestamp) -> Result<String> {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        authlab: env!("CARGO_PKG_VERSION"),
        played_at,
        machine: Machine::here(),
        marks: report.marks.iter().zip(&report.mechanisms).map(marked).collect(),
        holds: report.holds(),
        rows: report
            .lines()
            .map(|(row, cells)| Line {
                number: row.number,
                id: row.id,
                family: row.family,
                title: row.title,
                standard: row.standard,
                cells: cells
                    .iter()
                    .map(|cell| Shown { outcome: &cell.outcome, leak: cell.leak, requests: cell.requests })
                    .collect(),
            })
            .collect(),
        claims: decide(report),
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
