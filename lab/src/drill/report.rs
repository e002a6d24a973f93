//! The result of a drill.

use std::time::Duration;

use crate::target::Target;

use super::tally::{Ended, Tallies};

#[derive(Clone, Debug)]
pub struct Report {
    pub trouble: Trouble,
    pub outcomes: Vec<Outcome>,
}

/// The command, with times from the start of the drill.
#[derive(Clone, Debug)]
pub struct Trouble {
    pub command: Option<String>,
    pub exit_code: Option<i32>,
    pub began: Duration,
    pub ended: Duration,
}

/// The result at one target.
#[derive(Clone, Debug)]
pub struct Outcome {
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

impl Outcome {
    /// Whether any request was answered with this status.
    pub fn answered(&self, status: u16) -> bool {
        self.tallies.0.values().any(|tally| tally.failures.contains_key(&Ended::Refused(status)))
    }
}

impl Report {
    /// Whether no user lost a login or a write. Failed requests during the command are no loss.
    pub fn nothing_lost(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.logins_lost + outcome.writes_lost + outcome.not_served == 0)
    }
}
