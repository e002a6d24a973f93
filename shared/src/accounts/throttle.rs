//! How often one may fail to log in, counted for an account from one address, for an account, and for an address.
//!
//! The strict limit is on the pair, so that failing on purpose cannot lock the owner out from elsewhere. The limit on
//! the account alone is the 100 failures of NIST SP 800-63B-4 §3.2.2. Each limit refills steadily; a success
//! clears the pair. The counters live in this process, and their number is bounded.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::clock::Clock;

/// Seconds for one failure to be forgotten.
const FORGET_ONE: i64 = 30;
/// Failures on one account, from wherever they come.
const PER_ACCOUNT: u32 = 100;
/// Failures from one address, on whatever account.
const PER_ADDRESS: u32 = 200;
/// Counters kept; past this, those that have nothing left to forget go.
const MOST_COUNTERS: usize = 100_000;

#[derive(Clone, Debug)]
pub struct Throttle {
    clock: Clock,
    per_pair: u32,
    counters: Arc<Mutex<HashMap<Subject, Counter>>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Subject {
    Pair(String, IpAddr),
    Account(String),
    Address(IpAddr),
}

/// Failures in units of [`FORGET_ONE`] seconds: the instant at which all are forgotten.
#[derive(Clone, Copy, Debug)]
struct Counter {
    clear_at: i64,
}

/// Try again in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many failed attempts; try again in {retry_after} seconds")]
pub struct TooManyAttempts {
    pub retry_after: u64,
}

impl Throttle {
    /// `per_pair`: failures of one address on one account.
    pub fn new(clock: Clock, per_pair: u32) -> Self {
        Self { clock, per_pair, counters: Arc::default() }
    }

    /// Counts an attempt on this account for as long as it is under way: parallel guesses cannot slip through between check
    /// and count. The address is only counted when the attempt has failed: many people may share it.
    pub fn attempt(&self, account: &str, from: IpAddr) -> Result<Attempt<'_>, TooManyAttempts> {
        let pair = Subject::Pair(account.to_owned(), from);
        let account = Subject::Account(account.to_owned());
        let address = Subject::Address(from);
        let now = self.clock.seconds();
        let mut counters = self.lock();
        make_room(&mut counters, now);
        for (subject, limit) in [(&pair, self.per_pair), (&account, PER_ACCOUNT), (&address, PER_ADDRESS)] {
            let clear_at = counters.get(subject).map_or(now, |counter| counter.clear_at);
            // A counter is full when it would take the whole limit's time to clear.
            let wait = clear_at - now - i64::from(limit - 1) * FORGET_ONE;
            if wait > 0 {
                return Err(TooManyAttempts { retry_after: wait.unsigned_abs() });
            }
        }
        count(&mut counters, &pair, now);
        count(&mut counters, &account, now);
        Ok(Attempt { throttle: self, pair, account, address, failed: false })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Subject, Counter>> {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An attempt under way. One that is dropped without a verdict, since nobody could check the password, counts for nothing.
#[derive(Debug)]
pub struct Attempt<'t> {
    throttle: &'t Throttle,
    pair: Subject,
    account: Subject,
    address: Subject,
    failed: bool,
}

impl Attempt<'_> {
    /// The password was right: the pair starts afresh.
    pub fn succeeded(self) {
        self.throttle.lock().remove(&self.pair);
    }

    /// The password was wrong, or the account is not there.
    pub fn failed(mut self) {
        self.failed = true;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut counters = self.throttle.lock();
        if self.failed {
            count(&mut counters, &self.address, self.throttle.clock.seconds());
            return;
        }
        for subject in [&self.pair, &self.account] {
            if let Some(counter) = counters.get_mut(subject) {
                counter.clear_at -= FORGET_ONE;
            }
        }
    }
}

fn count(counters: &mut HashMap<Subject, Counter>, subject: &Subject, now: i64) {
    let counter = counters.entry(subject.clone()).or_insert(Counter { clear_at: now });
    counter.clear_at = counter.clear_at.max(now) + FORGET_ONE;
}

fn make_room(counters: &mut HashMap<Subject, Counter>, now: i64) {
    if counters.len() < MOST_COUNTERS {
        return;
    }
    counters.retain(|_, counter| counter.clear_at > now);
    if counters.len() >= MOST_COUNTERS {
        // So many addresses at once are a distributed attack: what is nearest to being forgotten goes first.
        let mut instants: Vec<i64> = counters.values().map(|counter| counter.clear_at).collect();
        let half = instants.len() / 2;
        let median = *instants.select_nth_unstable(half).1;
        counters.retain(|_, counter| counter.clear_at > median);
    }
}

#[cfg(test)]
mod tests {
    use std::{net::IpAddr, time::Duration};

    use super::{Attempt, FORGET_ONE, MOST_COUNTERS, Throttle};
    use crate::clock::Clock;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn fail(throttle: &Throttle, times: usize) {
        for _ in 0..times {
            throttle.attempt("alice", HERE).unwrap().failed();
        }
    }

    #[test]
    fn failures_close_the_account_to_this_address_alone() {
        let throttle = Throttle::new(Clock::by_hand(1_000), 5);
        fail(&throttle, 5);
        let refused = throttle.attempt("alice", HERE).unwrap_err();
        assert_eq!(refused.retry_after, FORGET_ONE.unsigned_abs());
        assert!(throttle.attempt("alice", ELSEWHERE).is_ok(), "the owner can still come from elsewhere");
        assert!(throttle.attempt("bob", HERE).is_ok(), "another account is another matter");
    }

    #[test]
    fn time_forgets_one_failure_after_another() {
        let clock = Clock::by_hand(1_000);
        let throttle = Throttle::new(clock.clone(), 5);
        fail(&throttle, 5);
        clock.advance(Duration::from_secs(FORGET_ONE.unsigned_abs()));
        fail(&throttle, 1);
        assert!(throttle.attempt("alice", HERE).is_err());
    }

    #[test]
    fn a_success_starts_afresh() {
        let throttle = Throttle::new(Clock::by_hand(1_000), 5);
        fail(&throttle, 4);
        throttle.attempt("alice", HERE).unwrap().succeeded();
        fail(&throttle, 5);
    }

    #[test]
    fn parallel_guesses_do_not_slip_through() {
        let throttle = Throttle::new(Clock::by_hand(1_000), 5);
        let under_way: Vec<_> = (0..5).map(|_| throttle.attempt("alice", HERE).unwrap()).collect();
        assert!(throttle.attempt("alice", HERE).is_err());
        drop(under_way);
        assert!(throttle.attempt("alice", HERE).is_ok(), "attempts without a verdict count for nothing");
    }

    #[test]
    fn many_people_behind_one_address_can_log_in_at_once() {
        let throttle = Throttle::new(Clock::by_hand(1_000), 5);
        let attempts: Vec<_> = (0..1_000).map(|n| throttle.attempt(&format!("user{n}"), HERE).unwrap()).collect();
        attempts.into_iter().for_each(Attempt::succeeded);
        assert!(throttle.attempt("alice", HERE).is_ok());
    }

    #[test]
    fn one_address_cannot_try_every_account() {
        let throttle = Throttle::new(Clock::by_hand(1_000), 5);
        let tried =
            (0..1_000).take_while(|n| throttle.attempt(&format!("user{n}"), HERE).map(Attempt::failed).is_ok()).count();
        assert_eq!(tried, 200);
    }

    #[test]
    fn the_counters_are_bounded() {
        let throttle = Throttle::new(Clock::by_hand(1_000), 5);
        for n in 0..200_000_u32 {
            throttle.attempt("alice", IpAddr::V4(n.into())).map(Attempt::failed).ok();
            throttle.attempt(&n.to_string(), IpAddr::V4(n.into())).map(Attempt::failed).ok();
        }
        assert!(throttle.lock().len() <= MOST_COUNTERS + 3);
    }
}
