//! Shows the steps of a journey side by side. `summary` counts, and the other modules render; none of them prints.

mod cells;
pub mod json;
pub mod markdown;
mod summary;
pub mod terminal;

use authlab_client::target::Target;

use crate::journey::transcript::{StepResult, StepVerdict};

/// The steps and their targets.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    pub targets: &'a [Target],
    pub steps: &'a [StepResult],
}

/// Whether any target broke the contract. Decides the exit code.
///
/// A skipped step counts as a breach, because it was skipped after a failed step.
pub fn has_breach(steps: &[StepResult]) -> bool {
    steps
        .iter()
        .flat_map(|step| &step.outcomes)
        .any(|outcome| matches!(outcome.verdict, StepVerdict::Breach(_) | StepVerdict::Skipped(_)))
}
