//! The one source of time. Tests move it by hand; nothing else in the project asks the system.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;

/// The system's clock, or one that stands still until it is moved.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    ByHand(Arc<AtomicI64>),
}

impl Clock {
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `seconds` after the epoch; clones share its hands.
    pub fn by_hand(seconds: i64) -> Self {
        Self(Source::ByHand(Arc::new(AtomicI64::new(seconds))))
    }

    /// Whole seconds, as everything in the contract is.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_second(self.seconds()).unwrap_or(Timestamp::MAX)
    }

    /// Seconds since the epoch.
    pub fn seconds(&self) -> i64 {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the one place that may ask")]
            Source::System => Timestamp::now().as_second(),
            Source::ByHand(seconds) => seconds.load(Ordering::Relaxed),
        }
    }

    /// Moves a clock that is moved by hand; the system's clock is left alone.
    pub fn advance(&self, by: Duration) {
        if let Source::ByHand(seconds) = &self.0 {
            seconds.fetch_add(whole_seconds(by), Ordering::Relaxed);
        }
    }
}

/// A duration in whole seconds, saturating; the far future is all the same.
pub fn whole_seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// `start` plus `duration`, saturating at the end of time.
pub fn after(start: Timestamp, duration: Duration) -> Timestamp {
    Timestamp::from_second(start.as_second().saturating_add(whole_seconds(duration))).unwrap_or(Timestamp::MAX)
}
