//! The steps of a journey laid side by side: `summary` counts, the renderers write, nothing here prints.

mod cells;
pub mod json;
pub mod markdown;
mod summary;
pub mod terminal;

use authlab_client::target::Target;

use crate::journey::transcript::{StepResult, StepVerdict};

/// What was played, against whom.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    pub targets: &'a [Target],
    pub steps: &'a [StepResult],
}

/// Whether any target broke the contract; what decides the exit code.
///
/// A step that was not played counts: it was left out because an earlier one failed.
pub fn has_breach(steps: &[StepResult]) -> bool {
    steps
        .iter()
        .flat_map(|step| &step.outcomes)
        .any(|outcome| matches!(outcome.verdict, StepVerdict::Breach(_) | StepVerdict::Skipped(_)))
}
