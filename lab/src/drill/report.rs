//! What a drill found.

use std::time::Duration;

use crate::target::Target;

use super::tally::{Ended, Tallies};

#[derive(Clone, Debug)]
pub struct Report {
    pub trouble: Trouble,
    pub outcomes: Vec<Outcome>,
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
pub struct Outcome {
    pub target: Target,
    pub people: usize,
    pub tallies: Tallies,
    /// People who are not logged in any more, though nobody logged them out.
    pub logins_lost: usize,
    /// People who are logged in, but without the last write that was answered.
    pub writes_lost: usize,
    /// People who had no answer even when all was over.
    pub not_served: usize,
}

impl Outcome {
    /// Whether any request was answered with this status.
    pub fn answered(&self, status: u16) -> bool {
        self.tallies.0.values().any(|tally| tally.failures.contains_key(&Ended::Refused(status)))
    }
}

impl Report {
    /// Whether everybody has what they had. That some requests failed meanwhile is a figure, and no loss.
    pub fn nothing_lost(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.logins_lost + outcome.writes_lost + outcome.not_served == 0)
    }
}
