//! Reports as JSON. Members are added freely; renaming one needs a new `schema_version`.

use anyhow::Result;
use serde_json::json;

use super::report::ConformanceReport;

const SCHEMA_VERSION: u32 = 1;

pub fn render(reports: &[ConformanceReport]) -> Result<String> {
    let of_one = |report: &ConformanceReport| {
        json!({
            "target": report.target,
            "passed": report.passed(),
            "failed": report.failed(),
            "not_applicable": report.not_applicable(),
            "clauses": report.results,
        })
    };
    let document = json!({
        "schema_version": SCHEMA_VERSION,
        "reports": reports.iter().map(of_one).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
