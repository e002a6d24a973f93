//! The plan of a drill.

use std::time::Duration;

#[derive(Clone, Debug)]
pub struct DrillPlan {
    /// Users at each target.
    pub people: usize,
    /// Between two requests of one user.
    pub pace: Duration,
    /// Until the command runs.
    pub before: Duration,
    /// The command that disrupts the servers, if any.
    pub during: Option<String>,
    /// From the end of the command to the end of the drill.
    pub after: Duration,
}
