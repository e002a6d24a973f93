//! What a running service measures of itself. Never a credential, a password, a query or a header.
//!
//! * [`traces`]: spans that say where the time of a request went
//! * [`stores`]: how long stores take to answer

pub mod stores;
pub mod traces;

use std::time::Instant;

use prometheus::IntGauge;

/// Something that `/metrics` shows.
pub type Collector = Box<dyn prometheus::core::Collector>;

/// Adds one to a gauge until it is dropped.
#[derive(Debug)]
pub struct Counted(IntGauge);

impl Counted {
    pub fn new(gauge: &IntGauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// For durations alone.
#[expect(clippy::disallowed_methods, reason = "a duration is measured, no time is told")]
pub fn now() -> Instant {
    Instant::now()
}
