//! The comparison as JSON. Members are added freely; renaming one needs a new `schema_version`.

use anyhow::Result;
use authlab_client::target::Target;
use serde::Serialize;

use super::{Comparison, summary::Summary};
use crate::journey::transcript::StepResult;

const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    targets: &'a [Target],
    steps: &'a [StepResult],
    summary: Summary,
}

pub fn render(comparison: Comparison<'_>) -> Result<String> {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        targets: comparison.targets,
        steps: comparison.steps,
        summary: Summary::of(comparison),
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
