//! Endings: how a login ends at every instance and every service, whatever their clocks say.
//!
//! SQL records two kinds of endings. *All logins of an account*: the account's **generation** is raised, and every login that began
//! with a lower one has ended ([`generations`]). *One login*: its id is recorded until the credential would have expired
//! ([`logins`]). These rows decide the order, never a clock: docs/decisions/0010-account-generations.md.
//!
//! The setting [`Reach`] decides how an instance learns of endings:
//!
//! * `off`: not at all.
//! * `feed`: from a set in memory. The instance that ended the login knows at once, the others within a second, by reading the new
//!   rows. An instance that has not read them for 5 seconds answers 503, whatever the reason.
//! * `read`: by one SQL read per request.
//!
//! [`feed`] refreshes the set, [`known`] is the set, [`former`] is for instances of version 0.1. [`ending`] ends logins.

mod ending;
mod feed;
mod former;
pub mod generations;
mod known;
mod logins;
mod order;

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use authlab_clock::{Clock, whole_seconds};
use authlab_database::{Database, unavailable};
use authlab_mechanism::{login::Account, refusal::Unavailable};
use authlab_telemetry::Collector;
use prometheus::PullingGauge;
use sqlx::AnyConnection;
use tokio::time::sleep;

use self::{feed::Feed, known::Answer, logins::LoginEndings};

/// Which copies of a credential an ending reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// None: a stolen copy works until it expires
    Off,
    /// Every copy, within one second, by a set in memory
    #[default]
    Feed,
    /// Every copy, at once, by one SQL read per request
    Read,
}

/// The mechanism whose logins an ending concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Cookie,
    Session,
    Token,
}

/// The identity of a login, as its credential states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown<'a> {
    /// `None` for a cookie of version 0.1, which carries only the username.
    pub account: Option<i64>,
    /// The account's generation when the login began.
    pub generation: i64,
    /// The unique id of this login; never the text of the credential.
    pub login: &'a str,
    pub username: &'a str,
    /// When it was issued, in seconds since the epoch. Version 0.1 identifies logins by this.
    pub issued_at: i64,
}

/// The endings that concern one mechanism. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Endings {
    database: Database,
    logins: Arc<LoginEndings>,
    look_up: LookUp,
    clock: Clock,
}

#[derive(Clone, Debug)]
enum LookUp {
    Nowhere,
    InMemory(Arc<Feed>),
    InSql,
}

impl Scope {
    fn name(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Session => "session",
            Self::Token => "token",
        }
    }
}

impl Endings {
    /// How many ended logins a feed holds in memory at most.
    pub const MAX_IN_MEMORY: usize = known::MAX_LOGINS;

    /// `lifetime` is the maximum lifetime of a login of this mechanism. With a feed, all current endings are loaded before this returns.
    pub async fn open(
        reach: Reach,
        database: Database,
        clock: Clock,
        scope: Scope,
        lifetime: Duration,
    ) -> Result<Self, Unavailable> {
        let logins = Arc::new(LoginEndings::new(database.clone(), scope));
        let look_up = match reach {
            Reach::Off => LookUp::Nowhere,
            Reach::Feed => LookUp::InMemory(Feed::start(Arc::clone(&logins), clock.clone(), lifetime).await?),
            Reach::Read => {
                tokio::spawn(purge_regularly(Arc::downgrade(&logins), clock.clone()));
                LookUp::InSql
            }
        };
        Ok(Self { database, logins, look_up, clock })
    }

    /// Whether an ending reaches credentials that only clients keep: `REVOCATION` is not `off`.
    pub fn reach_copies(&self) -> bool {
        !matches!(self.look_up, LookUp::Nowhere)
    }

    /// Whether this login has ended. `now` is this instance's clock in seconds since the epoch.
    pub async fn has_ended(&self, shown: Shown<'_>, now: i64) -> Result<bool, Unavailable> {
        match self.remembered(shown, now)? {
            Answer::Ended => Ok(true),
            Answer::Lives => Ok(false),
            Answer::Unknown => self.logins.has_ended(shown).await,
        }
    }

    /// As [`has_ended`](Self::has_ended), within a transaction, on whose connection the database is read if necessary.
    pub async fn has_ended_in(
        &self,
        connection: &mut AnyConnection,
        shown: Shown<'_>,
        now: i64,
    ) -> Result<bool, Unavailable> {
        match self.remembered(shown, now)? {
            Answer::Ended => Ok(true),
            Answer::Lives => Ok(false),
            Answer::Unknown => self.logins.found(connection, shown).await.map_err(unavailable),
        }
    }

    /// The answer without a read of the database.
    fn remembered(&self, shown: Shown<'_>, now: i64) -> Result<Answer, Unavailable> {
        match &self.look_up {
            LookUp::Nowhere => Ok(Answer::Lives),
            LookUp::InMemory(feed) => feed.answer(shown, now),
            LookUp::InSql => Ok(Answer::Unknown),
        }
    }

    /// Tells this instance's memory of the ending at once.
    pub fn learn_login(&self, shown: Shown<'_>, expires_at: i64) {
        if let LookUp::InMemory(feed) = &self.look_up {
            feed.known_mut().learn_login(shown.login.to_owned(), expires_at);
        }
    }

    /// Tells this instance's memory at once that logins of this mechanism below the account's generation have ended.
    pub fn learn_account(&self, account: &Account, spared: Option<&str>) {
        self.learn_generation(account, Some(self.logins.scope), spared);
    }

    /// Tells this instance's memory at once of a password change, which gave the account its generation.
    pub fn learn(&self, account: &Account) {
        self.learn_generation(account, None, None);
    }

    fn learn_generation(&self, account: &Account, scope: Option<Scope>, spared: Option<&str>) {
        if let LookUp::InMemory(feed) = &self.look_up {
            feed.known_mut().learn_generation(generations::Raised::new(account, scope, spared, self.clock.seconds()));
        }
    }

    /// An error if the feed is not fresh.
    pub fn ready(&self) -> Result<(), Unavailable> {
        match &self.look_up {
            LookUp::InMemory(feed) => feed.ready(self.clock.seconds()),
            LookUp::Nowhere | LookUp::InSql => Ok(()),
        }
    }

    /// The metrics of endings.
    pub fn collectors(&self) -> Vec<Collector> {
        let LookUp::InMemory(feed) = &self.look_up else { return Vec::new() };
        let feed = Arc::clone(feed);
        let age = PullingGauge::new(
            "revocation_feed_age_seconds",
            "Seconds since the last successful read of the endings.",
            Box::new(move || feed.age().as_secs_f64()),
        );
        vec![Box::new(age.expect("the name is valid"))]
    }
}

/// Deletes expired rows until the endings are dropped. A feed deletes them itself.
async fn purge_regularly(logins: Weak<LoginEndings>, clock: Clock) {
    const PURGE_INTERVAL: Duration = Duration::from_mins(10);
    while let Some(logins) = logins.upgrade() {
        if let Err(unavailable) = logins.purge(clock.unset_seconds()).await {
            tracing::warn!(error = %unavailable.source, "cannot delete expired endings; the next try follows in 10 minutes");
        }
        drop(logins);
        sleep(PURGE_INTERVAL).await;
    }
}

/// The instant, in seconds since the epoch, before which recorded rows concern no login that can be alive.
fn horizon(now: i64, lifetime: Duration) -> i64 {
    /// The clocks of machines differ by less, in seconds.
    const CLOCKS_DIFFER: i64 = 3_600;
    now.saturating_sub(whole_seconds(lifetime)).saturating_sub(CLOCKS_DIFFER)
}
