//! Requests and their results, counted.

use std::{collections::BTreeMap, fmt, time::Duration};

/// The kind of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// `GET /mine`
    Read,
    /// `PUT /items/turn`
    Write,
    /// `POST /login`
    Login,
}

/// The result of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestResult {
    Well,
    /// Answered with an unexpected status.
    Refused(u16),
    /// No answer within the timeout.
    Unanswered,
}

/// One request, with times from the start of the drill.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimedRequest {
    pub(super) what: What,
    pub(super) ended: RequestResult,
    pub(super) from: Duration,
    pub(super) until: Duration,
}

pub type Tallies = BTreeMap<What, Tally>;

/// All requests of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub asked: usize,
    /// The number of failures of each kind.
    pub failures: BTreeMap<RequestResult, usize>,
    /// From the first failed request to the end of the last one.
    pub failing: Option<(Duration, Duration)>,
    /// The slowest successful answer.
    pub slowest: Duration,
}

pub(super) fn tallied<'a>(asked: impl IntoIterator<Item = &'a TimedRequest>) -> Tallies {
    let mut tallies = Tallies::new();
    for asked in asked {
        tallies.entry(asked.what).or_default().count(asked);
    }
    tallies
}

impl Tally {
    fn count(&mut self, asked: &TimedRequest) {
        self.asked += 1;
        if asked.ended == RequestResult::Well {
            self.slowest = self.slowest.max(asked.until.saturating_sub(asked.from));
            return;
        }
        *self.failures.entry(asked.ended).or_default() += 1;
        let (first, last) = self.failing.unwrap_or((asked.from, asked.until));
        self.failing = Some((first.min(asked.from), last.max(asked.until)));
    }

    pub fn failed(&self) -> usize {
        self.failures.values().sum()
    }

    /// How long requests failed.
    pub fn failing_for(&self) -> Duration {
        self.failing.map_or(Duration::ZERO, |(first, last)| last.saturating_sub(first))
    }
}

impl What {
    /// The name in a table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Login => "login",
        }
    }
}

impl fmt::Display for RequestResult {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Well => formatter.write_str("well"),
            Self::Refused(status) => write!(formatter, "{status}"),
            Self::Unanswered => formatter.write_str("no answer"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use super::{RequestResult, TimedRequest, What, tallied};

    fn asked(what: What, ended: RequestResult, from: u64, until: u64) -> TimedRequest {
        TimedRequest { what, ended, from: Duration::from_millis(from), until: Duration::from_millis(until) }
    }

    #[test]
    fn failures_are_counted_by_what_came_and_last_from_the_first_to_the_last() {
        let tallies = tallied(&[
            asked(What::Read, RequestResult::Well, 0, 20),
            asked(What::Read, RequestResult::Refused(503), 1_000, 1_010),
            asked(What::Write, RequestResult::Unanswered, 500, 5_500),
            asked(What::Read, RequestResult::Well, 1_500, 1_600),
            asked(What::Read, RequestResult::Refused(503), 2_000, 2_030),
            asked(What::Read, RequestResult::Refused(502), 1_200, 1_210),
        ]);
        let read = &tallies[&What::Read];
        assert_eq!((read.asked, read.failed()), (5, 3));
        assert_eq!(read.failures, BTreeMap::from([(RequestResult::Refused(502), 1), (RequestResult::Refused(503), 2)]));
        assert_eq!(read.failing_for(), Duration::from_millis(1_030));
        assert_eq!(read.slowest, Duration::from_millis(100));
        assert_eq!(tallies[&What::Write].failing_for(), Duration::from_secs(5));
        assert!(!tallies.contains_key(&What::Login));
    }
}
