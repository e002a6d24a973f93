//! The summary of a journey: verdicts and bytes per target, and the number of steps that differ.

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
pub(super) struct Totals {
    pub(super) name: String,
    pub(super) as_contract: usize,
    pub(super) allowed_differences: usize,
    pub(super) breaches: usize,
    pub(super) skipped: usize,
    pub(super) bytes_sent: usize,
    pub(super) bytes_received: usize,
}

impl Summary {
    pub(super) fn of(comparison: Comparison<'_>) -> Self {
        let count = |is: fn(&StepVerdict) -> bool| {
            let differs = |step: &&StepResult| step.outcomes.iter().any(|outcome| is(&outcome.verdict));
            comparison.steps.iter().filter(differs).count()
        };
        Self {
            steps: comparison.steps.len(),
            steps_that_differ: count(|verdict| matches!(verdict, StepVerdict::AllowedDifference(_))),
            steps_breached: count(|verdict| matches!(verdict, StepVerdict::Breach(_) | StepVerdict::Skipped(_))),
            targets: (0..comparison.targets.len()).map(|at| Totals::of(comparison, at)).collect(),
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
    fn of(comparison: Comparison<'_>, at: usize) -> Self {
        let mut totals = Self { name: comparison.targets[at].name.clone(), ..Self::default() };
        for outcome in comparison.steps.iter().filter_map(|step| step.outcomes.get(at)) {
            *match &outcome.verdict {
                StepVerdict::AsContract => &mut totals.as_contract,
                StepVerdict::AllowedDifference(_) => &mut totals.allowed_differences,
                StepVerdict::Breach(_) => &mut totals.breaches,
                StepVerdict::Skipped(_) => &mut totals.skipped,
            } += 1;
            totals.bytes_sent += outcome.exchanges.iter().map(|exchange| exchange.bytes_sent).sum::<usize>();
            totals.bytes_received += outcome.exchanges.iter().map(|exchange| exchange.bytes_received).sum::<usize>();
        }
        totals
    }
}
