//! Reports as JSON. Members are added freely; renaming one needs a new `schema_version`.

use anyhow::Result;
use authlab_client::target::Target;
use serde::Serialize;

use super::{clause::ClauseResult, report::ConformanceReport};

const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    reports: Vec<OfOneTarget<'a>>,
}

#[derive(Serialize)]
struct OfOneTarget<'a> {
    target: &'a Target,
    passed: usize,
    failed: usize,
    not_applicable: usize,
    clauses: &'a [ClauseResult],
}

pub fn render(reports: &[ConformanceReport]) -> Result<String> {
    fn of_one(report: &ConformanceReport) -> OfOneTarget<'_> {
        let ConformanceReport { target, results } = report;
        OfOneTarget {
            target,
            passed: report.passed(),
            failed: report.failed(),
            not_applicable: report.not_applicable(),
            clauses: results,
        }
    }
    let document = Document { schema_version: SCHEMA_VERSION, reports: reports.iter().map(of_one).collect() };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
