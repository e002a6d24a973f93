//! Rate limits for failed logins and registrations (GCRA).
//!
//! | limit | counts | purpose |
//! |---|---|---|
//! | pair | failures of one network on one account | the strict limit: an attacker cannot lock the owner out elsewhere |
//! | account | failures on one account from anywhere | the 100 failures of NIST SP 800-63B-4 §3.2.2 |
//! | network | failures from one network on any account | one client cannot try every account |
//! | registration | accounts registered from one network | one client cannot fill the table or test every name |
//!
//! A network is an IPv4 address or an IPv6 /64. It is familiar to an account that logged in from it within [`FAMILIAR_FOR`]. There only
//! the pair limit applies, so that a botnet that fails on an account does not keep its owner out. Each limit refills steadily; a success
//! clears the pair.
//!
//! The counters live in this process and use the steady clock, so a corrected wall clock changes nothing. A counter's key is a keyed
//! digest of 16 bytes, however long the name was, and the number of counters is bounded.

mod digests;
mod familiar;

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use authlab_client_network::ClientNetwork;
use authlab_clock::Clock;

use self::{
    digests::{Digest, Digests, Subjects},
    familiar::FamiliarNetworks,
};
use super::Policy;

/// Time after which one failure is forgotten.
const FORGET_ONE: Duration = Duration::from_secs(30);
/// Failures on one account, from any network.
const MAX_PER_ACCOUNT: u32 = 100;
/// Failures from one network, on any account.
const MAX_PER_NETWORK: u32 = 200;
/// How long a network stays familiar after a login.
const FAMILIAR_FOR: Duration = Duration::from_hours(30 * 24);
/// Counters kept; beyond this, counters without failures are dropped.
const MAX_COUNTERS: usize = 100_000;

#[derive(Clone, Debug)]
pub struct Throttle {
    clock: Clock,
    policy: Policy,
    digests: Digests,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// For each subject the instant at which all failures are forgotten: GCRA's theoretical arrival time.
    counters: HashMap<Digest, Duration>,
    familiar: FamiliarNetworks,
}

/// A limit is exceeded; `retry_after` is in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts; try again in {retry_after} seconds")]
pub struct TooManyAttempts {
    pub retry_after: u64,
}

impl Throttle {
    pub fn new(clock: Clock, policy: Policy) -> Self {
        Self { clock, policy, digests: Digests::new(), state: Arc::default() }
    }

    /// Counts the attempt at once, so that parallel guesses cannot pass between check and count. The network is counted only after a
    /// failure, since many users may share it.
    pub fn attempt(&self, account: &str, from: IpAddr) -> Result<Attempt<'_>, TooManyAttempts> {
        let subjects = self.digests.of_attempt(account, ClientNetwork::new(from));
        let Subjects { pair, account, network } = subjects;
        let now = self.clock.steady();
        let mut state = self.lock();
        make_room(&mut state.counters, (MAX_COUNTERS, 2), now, |clear_at| *clear_at);
        let familiar = state.familiar.contains(&account, &network, now);
        let everybody = [(&pair, self.policy.login_failures), (&account, MAX_PER_ACCOUNT), (&network, MAX_PER_NETWORK)];
        let limits = if familiar { &everybody[..1] } else { &everybody[..] };
        for (subject, limit) in limits {
            refuse_beyond(*limit, state.counters.get(*subject), now)?;
        }
        // Attempts from familiar networks do not use up the account's limit for other networks.
        let counted = if familiar { vec![pair] } else { vec![pair, account] };
        for subject in &counted {
            count(&mut state.counters, subject, now);
        }
        Ok(Attempt { throttle: self, subjects, counted, failed: false })
    }

    /// Counts a registration before it happens. Taken names count too: otherwise one client could test every name by the answer 409.
    /// Loopback clients are not counted, since tests and measurements register many accounts.
    pub fn registration(&self, from: IpAddr) -> Result<(), TooManyAttempts> {
        if from.to_canonical().is_loopback() {
            return Ok(());
        }
        let subject = self.digests.of_registration(ClientNetwork::new(from));
        let now = self.clock.steady();
        let mut state = self.lock();
        make_room(&mut state.counters, (MAX_COUNTERS, 2), now, |clear_at| *clear_at);
        refuse_beyond(self.policy.registrations, state.counters.get(&subject), now)?;
        count(&mut state.counters, &subject, now);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A login attempt in progress. If it is dropped without a result, because the password could not be checked, it is not counted.
#[derive(Debug)]
pub struct Attempt<'t> {
    throttle: &'t Throttle,
    subjects: Subjects,
    counted: Vec<Digest>,
    failed: bool,
}

impl Attempt<'_> {
    /// The password was correct: clears the pair and makes the network familiar.
    pub fn succeeded(self) {
        let Subjects { pair, account, network } = self.subjects;
        let now = self.throttle.clock.steady();
        let mut state = self.throttle.lock();
        state.counters.remove(&pair);
        state.familiar.remember(account, network, now);
    }

    /// The password was wrong, or the account does not exist.
    pub fn failed(mut self) {
        self.failed = true;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut state = self.throttle.lock();
        if self.failed {
            count(&mut state.counters, &self.subjects.network, self.throttle.clock.steady());
            return;
        }
        for subject in &self.counted {
            if let Some(clear_at) = state.counters.get_mut(subject) {
                *clear_at = clear_at.saturating_sub(FORGET_ONE);
            }
        }
    }
}

fn refuse_beyond(limit: u32, clear_at: Option<&Duration>, now: Duration) -> Result<(), TooManyAttempts> {
    // A counter is full when clearing it would take `FORGET_ONE` for each failure of the limit.
    let full = now + FORGET_ONE * limit.saturating_sub(1);
    let wait = clear_at.map_or(Duration::ZERO, |clear_at| clear_at.saturating_sub(full));
    if wait.is_zero() {
        return Ok(());
    }
    Err(TooManyAttempts { retry_after: wait.as_secs() + u64::from(wait.subsec_nanos() > 0) })
}

fn count(counters: &mut HashMap<Digest, Duration>, subject: &Digest, now: Duration) {
    let clear_at = counters.entry(*subject).or_insert(now);
    *clear_at = (*clear_at).max(now) + FORGET_ONE;
}

/// Drops the entries that are over, if the table has `max` entries. If it is still full, as under a distributed attack, drops one in
/// `share`: those that would be over first.
fn make_room<T>(
    table: &mut HashMap<Digest, T>,
    (max, share): (usize, usize),
    now: Duration,
    end: impl Fn(&T) -> Duration,
) {
    if table.len() < max {
        return;
    }
    table.retain(|_, entry| end(entry) > now);
    if table.len() >= max {
        let mut ends: Vec<Duration> = table.values().map(&end).collect();
        let dropped = ends.len() / share;
        let last_dropped = *ends.select_nth_unstable(dropped).1;
        table.retain(|_, entry| end(entry) > last_dropped);
    }
}

#[cfg(test)]
mod tests;
