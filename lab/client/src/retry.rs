//! When a request that was told to come back in a moment is sent again.

use std::time::Duration;

use crate::{answer::Answer, request::Request};

/// Enough for many clients that log in at the same time to be served one after the other.
pub(crate) const MAX_RETRIES: usize = 60;

/// A longer pause means that the caller is throttled. Waiting would hide that.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// The calls that hash a password. A service hashes only a few at the same time.
const HASHING: [&str; 3] = ["/login", "/register", "/password"];

/// How long to wait before the request is sent again; `None` if the answer stands.
pub(crate) fn pause(request: &Request, answer: &Answer) -> Option<Duration> {
    if !HASHING.contains(&request.path()) || !matches!(answer.status, 429 | 503) {
        return None;
    }
    let pause = Duration::from_secs(answer.header("retry-after")?.parse().ok()?);
    (pause <= MAX_PAUSE).then_some(pause)
}
