//! The prefix of all keys, which separates deployments and services on one Redis.
//!
//! There can be a second prefix for some time: a former one, or the one of other instances during an upgrade. If an entry is not found, it
//! is looked for under the other prefix, and moved. This second look-up happens only if the first finds nothing.

use authlab_clock::Clock;

#[derive(Debug)]
pub struct Names {
    prefix: String,
    other: Option<Other>,
}

#[derive(Debug)]
struct Other {
    prefix: String,
    /// Until when the prefix is used, in seconds since the epoch.
    until: i64,
    clock: Clock,
}

impl Names {
    pub fn new(prefix: String) -> Self {
        Self { prefix, other: None }
    }

    /// Looks under this prefix too, `until` this instant in seconds since the epoch.
    #[must_use]
    pub fn with_other(self, prefix: String, until: i64, clock: Clock) -> Self {
        Self { other: Some(Other { prefix, until, clock }), ..self }
    }

    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The other prefix to try if an entry is not found.
    pub fn other_prefix(&self) -> Option<&str> {
        self.other.as_ref().filter(|other| other.clock.seconds() < other.until).map(|other| other.prefix.as_str())
    }
}
