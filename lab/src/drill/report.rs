//! The result of a drill.

use std::time::Duration;

use authlab_client::target::Target;

use super::tally::{RequestResult, Tallies};

/// The command, with times from the start of the drill, and what came of it.
#[derive(Clone, Debug)]
pub struct DrillReport {
    pub command: Option<String>,
    pub exit_code: Option<i32>,
    pub began: Duration,
    pub ended: Duration,
    pub outcomes: Vec<TargetOutcome>,
}

/// The result at one target.
#[derive(Clone, Debug)]
pub struct TargetOutcome {
    pub target: Target,
    pub people: usize,
    pub tallies: Tallies,
    /// Users who are logged out without having logged out.
    pub logins_lost: usize,
    /// Users who are logged in, but whose last answered write is lost.
    pub writes_lost: usize,
    /// Users who got no answer at the end.
    pub not_served: usize,
}

impl TargetOutcome {
    /// Whether any request was answered with this status.
    pub fn answered(&self, status: u16) -> bool {
        self.tallies.values().any(|tally| tally.failures.contains_key(&RequestResult::Refused(status)))
    }
}

impl DrillReport {
    /// Whether no user lost a login or a write. Failed requests during the command are no loss.
    pub fn nothing_lost(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.logins_lost + outcome.writes_lost + outcome.not_served == 0)
    }
}
