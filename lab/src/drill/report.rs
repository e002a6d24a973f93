//! What a drill found.

use std::time::Duration;

use authlab_client::target::Target;

use super::tally::{RequestResult, Tallies};

#[derive(Clone, Debug)]
pub struct DrillReport {
    pub trouble: Trouble,
    pub outcomes: Vec<TargetOutcome>,
}

/// What was done to the servers, timed from the beginning of the drill.
#[derive(Clone, Debug)]
pub struct Trouble {
    pub command: Option<String>,
    pub exit_code: Option<i32>,
    pub began: Duration,
    pub ended: Duration,
}

/// At one target.
#[derive(Clone, Debug)]
pub struct TargetOutcome {
    pub target: Target,
    pub people: usize,
    pub tallies: Tallies,
    /// Users who are no longer logged in, though they did not log out.
    pub logins_lost: usize,
    /// Users who are logged in, but without their last successful write.
    pub writes_lost: usize,
    /// Users who had no answer even after the drill.
    pub not_served: usize,
}

impl TargetOutcome {
    /// Whether any request was answered with this status.
    pub fn answered(&self, status: u16) -> bool {
        self.tallies.0.values().any(|tally| tally.failures.contains_key(&RequestResult::Refused(status)))
    }
}

impl DrillReport {
    /// Whether every user kept login and writes. Failed requests are counted, and are no loss.
    pub fn nothing_lost(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.logins_lost + outcome.writes_lost + outcome.not_served == 0)
    }
}
