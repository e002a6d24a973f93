//! When an answer asks the client to repeat the request after a short wait.

use std::time::Duration;

use super::{answer::Answer, request::Request};

/// Enough retries for many clients that arrive at once and are served one after the other.
pub(super) const MOST_RETRIES: usize = 60;

/// A longer wait means a rate limit. Waiting would hide it, so the answer is returned.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Paths that hash a password; a service limits how many hashes run at once.
const HASHING: [&str; 3] = ["/login", "/register", "/password"];

/// The wait before the request is repeated; `None` if the answer is final.
pub(super) fn pause(request: &Request, answer: &Answer) -> Option<Duration> {
    if !HASHING.contains(&request.path()) || !matches!(answer.status, 429 | 503) {
        return None;
    }
    let pause = Duration::from_secs(answer.header("retry-after")?.parse().ok()?);
    (pause <= LONGEST_PAUSE).then_some(pause)
}
