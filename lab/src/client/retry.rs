//! When being told to come back in a moment is no answer yet.

use std::time::Duration;

use super::{answer::Answer, request::Request};

/// Enough for a crowd that arrives at once to be served one after the other.
pub(super) const MOST_RETRIES: usize = 60;

/// A longer wait is an answer: the caller is throttled, and to wait would only hide it.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The calls that hash a password, of which a service does only a few at once.
const HASHING: [&str; 3] = ["/login", "/register", "/password"];

/// How long to wait before the request is sent again; `None` if the answer stands.
pub(super) fn pause(request: &Request, answer: &Answer) -> Option<Duration> {
    if !HASHING.contains(&request.path()) || !matches!(answer.status, 429 | 503) {
        return None;
    }
    let pause = Duration::from_secs(answer.header("retry-after")?.parse().ok()?);
    (pause <= LONGEST_PAUSE).then_some(pause)
}
