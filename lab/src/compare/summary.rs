//! The summary of a journey: verdicts and bytes per target, and the number of steps that differ.

use authlab_client::target::Target;
use serde::Serialize;

use crate::journey::transcript::{StepResult, StepVerdict};

use super::Comparison;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Summary {
    pub(super) steps: usize,
    /// Steps at which a target differs as the contract allows.
    pub(super) steps_that_differ: usize,
    /// Steps at which a target breaks the contract, or that were skipped after such a step.
    pub(super) steps_breached: usize,
    pub(super) targets: Vec<Totals>,
}

/// The totals of one target over all steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Totals {
    name: String,
    pub(crate) as_contract: usize,
    pub(crate) allowed_differences: usize,
    pub(crate) breaches: usize,
    pub(super) skipped: usize,
    #[serde(skip)]
    pub(crate) requests: usize,
    pub(crate) bytes_sent: usize,
    pub(crate) bytes_received: usize,
}

impl Summary {
    pub(super) fn of(comparison: Comparison<'_>) -> Self {
        let count = |is: fn(&StepVerdict) -> bool| {
            let differs = |step: &&StepResult| step.outcomes.iter().any(|outcome| is(&outcome.verdict));
            comparison.steps.iter().filter(differs).count()
        };
        let totals =
            |(at, target): (usize, &Target)| Totals { name: target.name.clone(), ..Totals::of(comparison.steps, at) };
        Self {
            steps: comparison.steps.len(),
            steps_that_differ: count(|verdict| matches!(verdict, StepVerdict::AllowedDifference(_))),
            steps_breached: count(StepVerdict::is_breach),
            targets: comparison.targets.iter().enumerate().map(totals).collect(),
        }
    }

    /// The summary sentence.
    pub(super) fn sentence(&self) -> String {
        format!(
            "{} steps; at {} the targets differ as the contract allows; {}",
            self.steps,
            self.steps_that_differ,
            match self.steps_breached {
                0 => "none breaks the contract.".to_owned(),
                1 => "1 breaks the contract.".to_owned(),
                several => format!("{several} break the contract."),
            }
        )
    }
}

impl Totals {
    /// Of the target in this column.
    pub(crate) fn of<'a>(steps: impl IntoIterator<Item = &'a StepResult>, column: usize) -> Self {
        let mut totals = Self::default();
        for outcome in steps.into_iter().filter_map(|step| step.outcomes.get(column)) {
            *match &outcome.verdict {
                StepVerdict::AsContract => &mut totals.as_contract,
                StepVerdict::AllowedDifference(_) => &mut totals.allowed_differences,
                StepVerdict::Breach(_) => &mut totals.breaches,
                StepVerdict::Skipped(_) => &mut totals.skipped,
            } += 1;
            totals.requests += outcome.exchanges.len();
            totals.bytes_sent += outcome.bytes_sent();
            totals.bytes_received += outcome.bytes_received();
        }
        totals
    }
}
