//! The plan of a drill.

use std::time::Duration;

#[derive(Clone, Debug)]
pub struct DrillPlan {
    /// Users logged in at each target.
    pub people: usize,
    /// The pause between two requests of one user.
    pub pace: Duration,
    /// The time before the command starts.
    pub before: Duration,
    /// The command that runs meanwhile, if any.
    pub during: Option<String>,
    /// The time from the end of the command to the end of the drill.
    pub after: Duration,
}
