//! The endings in the memory of this instance, refreshed several times a second.
//!
//! Each read of the tables continues where the last successful one ended, so a pause of any length leaves no gap. Once the last
//! successful read is [`MAX_AGE`] old, the instance answers 503. A clock that also runs while the machine is suspended measures this age.
//! A step of the wall clock counts as a pause: endings that memory forgot by the wrong time are loaded again.

use std::{
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use authlab_clock::{Clock, since_boot};
use authlab_mechanism::refusal::Unavailable;
use tokio::time::sleep;

use super::{
    Shown, former, horizon,
    known::{Answer, Known, MAX_LOGINS},
    logins::{Found, LoginEndings, Start},
};

/// Pause between two reads of the tables. With the read, it must stay well below the second that the contract allows.
const READ_INTERVAL: Duration = Duration::from_millis(400);
/// Requests get 503 if the last successful read is older.
const MAX_AGE: Duration = Duration::from_secs(5);
/// Seconds by which the wall clock may have moved since the last read, in addition to the time that passed.
const MAX_JUMP: i64 = 5;
/// Reads between two clean-ups: about one minute.
const READS_PER_CLEAN_UP: u32 = 150;

/// Refreshing ends when the feed is dropped.
#[derive(Debug)]
pub(super) struct Feed {
    table: Arc<LoginEndings>,
    clock: Clock,
    /// The maximum lifetime of a login.
    lifetime: Duration,
    known: RwLock<Known>,
    /// When the last successful read began, in milliseconds since the machine started.
    looked_at: AtomicU64,
    /// How far the wall clock was ahead of the steady clock at that read, in seconds.
    ahead: AtomicI64,
}

impl Feed {
    /// Loads all current endings, and keeps refreshing them in the background.
    pub(super) async fn start(
        table: Arc<LoginEndings>,
        clock: Clock,
        lifetime: Duration,
    ) -> Result<Arc<Self>, Unavailable> {
        let known = RwLock::new(Known::new(table.scope));
        let (looked_at, ahead) = (AtomicU64::default(), AtomicI64::default());
        let feed = Arc::new(Self { table, clock, lifetime, known, looked_at, ahead });
        feed.table.prepare().await?;
        let everything = feed.everything();
        let next = feed.look(everything, Known::learn_everything).await?;
        tokio::spawn(refresh_regularly(Arc::downgrade(&feed), next));
        Ok(feed)
    }

    /// The answer from memory; an error if memory is not fresh.
    pub(super) fn answer(&self, shown: Shown<'_>, now: i64) -> Result<Answer, Unavailable> {
        self.ready(now)?;
        Ok(self.known().answer(shown))
    }

    /// How long ago the last successful read began.
    pub(super) fn age(&self) -> Duration {
        self.age_at(since_boot())
    }

    fn age_at(&self, since_boot: Duration) -> Duration {
        since_boot.saturating_sub(Duration::from_millis(self.looked_at.load(Ordering::Relaxed)))
    }

    /// Seconds by which the wall clock was set since the last read.
    fn jump_at(&self, now: i64, since_boot: Duration) -> i64 {
        self.clock.ahead_at(now, since_boot) - self.ahead.load(Ordering::Relaxed)
    }

    /// An error if memory is not fresh. `now` is the wall clock in seconds since the epoch.
    pub(super) fn ready(&self, now: i64) -> Result<(), Unavailable> {
        let since_boot = since_boot();
        let (age, jump) = (self.age_at(since_boot), self.jump_at(now, since_boot));
        if age <= MAX_AGE && jump.abs() <= MAX_JUMP {
            return Ok(());
        }
        let source = if age > MAX_AGE {
            format!("the last successful read of the endings was {} seconds ago; check the database", age.as_secs())
        } else {
            format!("the clock was set by {jump} seconds; all endings are being loaded again")
        };
        Err(Unavailable { what: "revocation feed", source: source.into() })
    }

    /// Reads from `from` on, and returns where the next read starts. The result is only as fresh as the beginning of the read: endings
    /// written while it ran may be missing.
    async fn look(&self, from: Start, learn: impl FnOnce(&mut Known, Found)) -> Result<Start, Unavailable> {
        let (began, now) = (since_boot(), self.clock.seconds());
        let ahead = self.clock.ahead_at(now, began);
        let found = self.table.look(from).await?;
        let former = from.former.after(&found.former, now);
        let next = Start { sequence: found.next_sequence, former, ..self.everything() };
        learn(&mut self.known_mut(), found);
        self.ahead.store(ahead, Ordering::Relaxed);
        self.looked_at.store(u64::try_from(began.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
        Ok(next)
    }

    /// The start of a read of every row that concerns a login which may be alive.
    fn everything(&self) -> Start {
        let now = self.clock.seconds();
        let recorded_from = horizon(now, self.lifetime);
        Start {
            sequence: i64::MIN,
            former: former::Start::EVERYTHING,
            expires_from: now.saturating_sub(60),
            recorded_from,
        }
    }

    /// Deletes expired endings in memory and in the tables. If the endings exceeded memory and fit again, all are reloaded.
    async fn clean_up(&self) -> Result<(), Unavailable> {
        let Self { table, clock, lifetime, .. } = self;
        let now = clock.seconds();
        let overflowed = {
            let mut known = self.known_mut();
            known.forget(now, horizon(now, *lifetime));
            known.has_overflowed()
        };
        let everything = self.everything();
        if overflowed && usize::try_from(table.count(everything.expires_from).await?).is_ok_and(|n| n < MAX_LOGINS) {
            self.look(everything, Known::learn_everything).await?;
        }
        table.purge(clock.unset_seconds()).await
    }

    fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn known_mut(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refreshes until the feed is dropped. After a failure, the next read starts where the last successful one ended.
async fn refresh_regularly(feed: Weak<Feed>, mut next: Start) {
    for turn in 1_u32.. {
        sleep(READ_INTERVAL).await;
        let Some(feed) = feed.upgrade() else { return };
        let jump = feed.jump_at(feed.clock.seconds(), since_boot());
        let looked = if jump.abs() > MAX_JUMP {
            tracing::warn!("the wall clock was set; loading all endings again");
            feed.look(feed.everything(), Known::learn_everything).await
        } else {
            feed.look(next, Known::learn).await
        };
        match looked {
            Ok(reached) => next = reached,
            Err(trouble) => {
                tracing::warn!(error = %trouble.source, "cannot refresh the revocation feed; the next try follows in less than a second");
                continue;
            }
        }
        if turn % READS_PER_CLEAN_UP == 0
            && let Err(trouble) = feed.clean_up().await
        {
            tracing::warn!(error = %trouble.source, "cannot delete expired endings; the next try follows in a minute");
        }
    }
}
