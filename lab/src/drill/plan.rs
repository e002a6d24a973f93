//! How a drill goes.

use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Plan {
    /// Logged in at each target.
    pub people: usize,
    /// Between two requests of one of them.
    pub pace: Duration,
    /// Until the command is run.
    pub before: Duration,
    /// What is done meanwhile; without it, nothing.
    pub during: Option<String>,
    /// From the end of the command to the end of the drill.
    pub after: Duration,
}
