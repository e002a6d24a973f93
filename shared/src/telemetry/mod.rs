//! What a running service tells about itself to those who run it. Never a credential, a password, a query or a header.
//!
//! * [`log`]: a line for each request and each event that matters
//! * [`traces`]: where the time of a request went, sent by [`otlp`] where there is a collector
//! * [`stores`]: how long stores take; the other metrics are in [`crate::http::metrics`]

mod log;
#[cfg(feature = "otlp")]
mod otlp;
pub mod stores;
pub mod traces;

use std::time::Instant;

pub use self::log::Telemetry;

/// Something that `/metrics` shows.
pub type Collector = Box<dyn prometheus::core::Collector>;

/// For durations alone.
#[expect(clippy::disallowed_methods, reason = "a duration is measured, no time is told")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
