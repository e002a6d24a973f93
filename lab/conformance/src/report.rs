//! The results of one run against one target.

use authlab_client::target::Target;

use super::clause::{ClauseOutcome, ClauseResult};

#[derive(Clone, Debug)]
pub struct ConformanceReport {
    pub target: Target,
    /// In the order of the clauses.
    pub results: Vec<ClauseResult>,
}

impl ConformanceReport {
    /// Whether no clause failed. Decides the exit code.
    pub fn holds(&self) -> bool {
        self.failures().next().is_none()
    }

    pub fn failures(&self) -> impl Iterator<Item = &ClauseResult> {
        self.results.iter().filter(|result| matches!(result.outcome, ClauseOutcome::Failed { .. }))
    }

    pub fn passed(&self) -> usize {
        self.results.iter().filter(|result| result.outcome == ClauseOutcome::Passed).count()
    }

    pub fn failed(&self) -> usize {
        self.failures().count()
    }

    pub fn not_applicable(&self) -> usize {
        self.results.len() - self.passed() - self.failed()
    }
}
