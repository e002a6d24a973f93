//! The results of one run against one target.

use crate::target::Target;

use super::clause::{ClauseResult, Outcome};

#[derive(Clone, Debug)]
pub struct Report {
    pub target: Target,
    /// In the order of the list.
    pub results: Vec<ClauseResult>,
}

impl Report {
    /// Whether no clause failed. Decides the exit code.
    pub fn holds(&self) -> bool {
        self.failures().next().is_none()
    }

    pub fn failures(&self) -> impl Iterator<Item = &ClauseResult> {
        self.results.iter().filter(|result| matches!(result.outcome, Outcome::Failed { .. }))
    }

    pub fn passed(&self) -> usize {
        self.results.iter().filter(|result| result.outcome == Outcome::Passed).count()
    }

    pub fn failed(&self) -> usize {
        self.failures().count()
    }

    pub fn not_applicable(&self) -> usize {
        self.results.len() - self.passed() - self.failed()
    }
}
