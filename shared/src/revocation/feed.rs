//! What was ended, in the memory of this instance, fetched anew a few times a second.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{
    Shown,
    table::{Ended, Table},
};
use crate::{clock::Clock, refusal::Unavailable};

/// Between two looks at the table; with the look itself well under the second that the contract allows.
const REFRESH: Duration = Duration::from_millis(400);
/// Without a successful look for so long, nothing is answered.
const STALE: Duration = Duration::from_secs(5);
/// Rows as old as this are fetched again: clocks differ, and a transaction may take its time between stamp and commit.
const OVERLAP_SECONDS: i64 = 60;
/// Ended logins kept in memory; past this the table is asked, so that memory stays bounded and nothing is forgotten.
pub(super) const MOST_LOGINS: usize = 500_000;
/// Looks between two clean-ups, about once a minute.
const PURGE_EVERY: u32 = 150;

/// Cheap to clone; the refreshing ends with the last clone.
#[derive(Clone, Debug)]
pub(super) struct Feed(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    table: Table,
    known: RwLock<Known>,
    /// When this feed began; instants below count from here.
    begun: Instant,
    /// Milliseconds from `begun` to the start of the last successful look.
    fresh_at: AtomicU64,
}

#[derive(Debug, Default)]
struct Known {
    /// Ended logins, and until when that has to be known.
    logins: HashMap<Box<str>, i64>,
    /// Accounts, up to when their logins have ended, and until when that has to be known.
    accounts: HashMap<Box<str>, (i64, i64)>,
    /// More was ended than is kept here.
    overflowed: bool,
}

impl Feed {
    /// Loads everything that holds, and goes on refreshing in the background.
    pub(super) async fn start(table: Table, clock: Clock) -> Result<Self, Unavailable> {
        #[expect(clippy::disallowed_methods, reason = "staleness is a duration, no time is told")]
        let begun = Instant::now();
        let feed = Self(Arc::new(Shared { table, known: RwLock::default(), begun, fresh_at: AtomicU64::new(0) }));
        feed.look(i64::MIN).await?;
        tokio::spawn(keep_fresh(Arc::downgrade(&feed.0), clock));
        Ok(feed)
    }

    pub(super) async fn has_ended(&self, shown: Shown<'_>) -> Result<bool, Unavailable> {
        self.ready()?;
        {
            let known = self.known();
            let account_ended = known.accounts.get(shown.account).is_some_and(|(until, _)| shown.issued_at <= *until);
            if account_ended || known.logins.contains_key(shown.login) {
                return Ok(true);
            }
            if !known.overflowed {
                return Ok(false);
            }
        }
        self.0.table.has_ended(shown).await
    }

    /// How long ago the last successful look began.
    pub(super) fn age(&self) -> Duration {
        self.0.begun.elapsed().saturating_sub(Duration::from_millis(self.0.fresh_at.load(Ordering::Relaxed)))
    }

    pub(super) fn ready(&self) -> Result<(), Unavailable> {
        let age = self.age();
        if age <= STALE {
            return Ok(());
        }
        Err(Unavailable {
            what: "revocation feed",
            source: format!("it was last refreshed {} seconds ago", age.as_secs()).into(),
        })
    }

    pub(super) fn learn_login(&self, login: &str, expires_at: i64) {
        self.known_mut().learn(Ended::Login { login: login.to_owned(), expires_at });
    }

    pub(super) fn learn_account(&self, account: &str, issued_until: i64, expires_at: i64) {
        self.known_mut().learn(Ended::Account { account: account.to_owned(), issued_until, expires_at });
    }

    /// Fetches what was written down at `since` or later. It is as fresh as its beginning: what was ended while it ran may
    /// be missing.
    async fn look(&self, since: i64) -> Result<(), Unavailable> {
        let begun = self.0.begun.elapsed();
        let ended = self.0.table.recorded_since(since).await?;
        let mut known = self.known_mut();
        for ended in ended {
            known.learn(ended);
        }
        drop(known);
        self.0.fresh_at.store(u64::try_from(begun.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
        Ok(())
    }

    fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.0.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn known_mut(&self) -> RwLockWriteGuard<'_, Known> {
        self.0.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn learn(&mut self, ended: Ended) {
        match ended {
            Ended::Login { login, expires_at } if self.logins.len() < MOST_LOGINS => {
                self.logins.insert(login.into(), expires_at);
            }
            Ended::Login { .. } => self.overflowed = true,
            Ended::Account { account, issued_until, expires_at } => {
                let known = self.accounts.entry(account.into()).or_insert((issued_until, expires_at));
                *known = (known.0.max(issued_until), known.1.max(expires_at));
            }
        }
    }

    fn forget(&mut self, now: i64) {
        self.logins.retain(|_, expires_at| *expires_at >= now);
        self.accounts.retain(|_, (_, expires_at)| *expires_at >= now);
    }
}

/// Until nobody holds the feed any more. After a failure everything is fetched again: for as long as the table could
/// not be asked, the overlap may be too short.
async fn keep_fresh(feed: Weak<Shared>, clock: Clock) {
    let mut missed = false;
    for turn in 1_u32.. {
        sleep(REFRESH).await;
        let Some(feed) = feed.upgrade().map(Feed) else { return };
        let now = clock.seconds();
        let since = if missed { i64::MIN } else { now.saturating_sub(OVERLAP_SECONDS) };
        let looked = feed.look(since).await;
        if let Err(trouble) = &looked {
            tracing::warn!(error = %trouble.source, "the revocation feed could not be refreshed");
        }
        missed = looked.is_err();
        if turn % PURGE_EVERY == 0 && !missed {
            feed.known_mut().forget(now);
            if let Err(trouble) = feed.0.table.purge(now).await {
                tracing::warn!(error = %trouble.source, "expired revocations could not be removed");
            }
        }
    }
}
