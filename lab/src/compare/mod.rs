//! Shows the steps of a journey side by side. `summary` counts, and the other modules render; none of them prints.

mod cells;
pub mod json;
pub mod markdown;
pub(crate) mod summary;
pub mod terminal;

use authlab_client::target::Target;

use crate::journey::transcript::StepResult;

/// The steps and their targets.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    pub targets: &'a [Target],
    pub steps: &'a [StepResult],
}

/// Whether any target broke the contract. Decides the exit code.
pub fn has_breach(steps: &[StepResult]) -> bool {
    steps.iter().flat_map(|step| &step.outcomes).any(|outcome| outcome.verdict.is_breach())
}
