//! Making credentials end that no store keeps: signed cookies and JWTs.
//!
//! What was ended is written down in SQL, as single logins or as *all logins of an account up to an instant*, and kept
//! there until the credential would have ended by itself. How it is looked up is a setting, [`Reach`]:
//!
//! * `off`: not at all.
//! * `feed`: in a set in the memory of each instance. The instance that was asked knows at once; the others fetch what is new
//!   every [`REFRESH`](feed) and know within a second. One that could not refresh for 5 seconds refuses to answer
//!   (503) rather than let a revoked login in.
//! * `read`: by one SQL read for each request.
//!
//! * [`table`]: the rows
//! * [`feed`]: the set in memory and how it is kept fresh

mod feed;
mod table;

use std::time::Duration;

use prometheus::PullingGauge;

use self::{feed::Feed, table::Table};
use crate::{
    clock::{Clock, whole_seconds},
    database::Database,
    refusal::Unavailable,
    telemetry::Collector,
};

/// How far an ended login reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Reach {
    /// Nothing: a stolen copy works until it expires
    Off,
    /// Every copy, within one second, by a set in memory
    #[default]
    Feed,
    /// Every copy, at once, by one SQL read a request
    Read,
}

/// A credential as it is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown<'a> {
    /// Whose it is.
    pub account: &'a str,
    /// Names this login and none other; never the text of the credential.
    pub login: &'a str,
    /// When it was issued, in seconds since the epoch.
    pub issued_at: i64,
}

/// The logins that were ended, for one mechanism. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Revocations {
    table: Table,
    look_up: LookUp,
    clock: Clock,
    /// After this long every credential has ended by itself.
    lifetime: Duration,
}

#[derive(Clone, Debug)]
enum LookUp {
    InMemory(Feed),
    InSql,
}

impl Revocations {
    /// Ended logins that a feed holds in memory.
    pub const MOST_IN_MEMORY: usize = feed::MOST_LOGINS;

    /// `None` for [`Reach::Off`]. `scope` keeps mechanisms apart that share a database; `lifetime` is that of the credentials.
    /// With a feed, everything that holds is loaded before this returns.
    pub async fn open(
        reach: Reach,
        database: Database,
        clock: Clock,
        scope: &'static str,
        lifetime: Duration,
    ) -> Result<Option<Self>, Unavailable> {
        let table = Table::new(database, scope);
        let look_up = match reach {
            Reach::Off => return Ok(None),
            Reach::Feed => LookUp::InMemory(Feed::start(table.clone(), clock.clone()).await?),
            Reach::Read => LookUp::InSql,
        };
        Ok(Some(Self { table, look_up, clock, lifetime }))
    }

    /// Has this login been ended?
    pub async fn has_ended(&self, shown: Shown<'_>) -> Result<bool, Unavailable> {
        match &self.look_up {
            LookUp::InMemory(feed) => feed.has_ended(shown).await,
            LookUp::InSql => self.table.has_ended(shown).await,
        }
    }

    /// Ends one login.
    pub async fn end_login(&self, login: &str) -> Result<(), Unavailable> {
        let (now, expires_at) = self.span();
        self.table.end_login(login, now, expires_at).await?;
        if let LookUp::InMemory(feed) = &self.look_up {
            feed.learn_login(login, expires_at);
        }
        Ok(())
    }

    /// Ends every login of the account that was issued up to now. A login that begins afterwards must be issued at
    /// [`earliest`](Self::earliest): within one second, before and after cannot be told apart.
    pub async fn end_account(&self, account: &str) -> Result<(), Unavailable> {
        let (now, expires_at) = self.span();
        self.table.end_account(account, now, expires_at).await?;
        if let LookUp::InMemory(feed) = &self.look_up {
            feed.learn_account(account, now, expires_at);
        }
        Ok(())
    }

    /// When a login of this account that begins now has to say that it was issued: now, or the second after its logins were
    /// ended.
    pub async fn earliest(&self, account: &str) -> Result<i64, Unavailable> {
        let issued_until = self.table.issued_until(account).await?;
        Ok(issued_until.map_or(i64::MIN, |last| last.saturating_add(1)).max(self.clock.seconds()))
    }

    /// Is the look-up fresh enough to be trusted?
    pub fn ready(&self) -> Result<(), Unavailable> {
        match &self.look_up {
            LookUp::InMemory(feed) => feed.ready(),
            LookUp::InSql => Ok(()),
        }
    }

    /// What is measured of it.
    pub fn collectors(&self) -> Vec<Collector> {
        let LookUp::InMemory(feed) = &self.look_up else { return Vec::new() };
        let feed = feed.clone();
        let age = PullingGauge::new(
            "revocation_feed_age_seconds",
            "Seconds since the last successful look at what was ended.",
            Box::new(move || feed.age().as_secs_f64()),
        );
        vec![Box::new(age.expect("the name is valid"))]
    }

    fn span(&self) -> (i64, i64) {
        let now = self.clock.seconds();
        // A minute more than any credential lives: clocks differ, and the last to be issued may be a second ahead.
        (now, now.saturating_add(whole_seconds(self.lifetime)).saturating_add(60))
    }
}
