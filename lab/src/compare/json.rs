//! The comparison as JSON. Members are added freely; renaming one needs a new `schema_version`.

use anyhow::Result;
use serde_json::json;

use super::{Comparison, summary::Summary};

pub fn render(comparison: Comparison<'_>) -> Result<String> {
    let document = json!({
        "schema_version": 1,
        "targets": comparison.targets,
        "steps": comparison.steps,
        "summary": Summary::of(comparison),
    });
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
