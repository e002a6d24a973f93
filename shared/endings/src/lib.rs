//! Endings: how a login ends at every instance and every service, whatever their clocks say.
//!
//! Two things are written down, in SQL. *All logins of an account ended*: the account's **generation** is raised, and every login
//! that began with a lower one has ended ([`generations`]). *One login ended*: its id, until the credential would have expired
//! ([`logins`]). Order comes from these rows alone, never from a clock: docs/decisions/0010-account-generations.md.
//!
//! How an instance learns of them is a setting, [`Reach`]:
//!
//! * `off`: not at all.
//! * `feed`: from a set in memory. The instance that was asked knows at once, the others within a second, by a look at what is
//!   new. An instance that has not looked for 5 seconds, for whatever reason, answers 503.
//! * `read`: by one SQL read a request.
//!
//! [`feed`] keeps the set fresh, [`known`] is the set, [`former`] is what version 0.1 wrote and reads.

mod feed;
mod former;
pub mod generations;
mod known;
mod logins;
mod order;

use std::time::Duration;

use prometheus::PullingGauge;
use sqlx::AnyConnection;

use self::{feed::Feed, known::Answer, logins::LoginEndings};
use authlab_clock::{Clock, whole_seconds};
use authlab_database::{Database, answer, unavailable};
use authlab_mechanism::{login::Account, refusal::{Denied, Refusal, Unavailable}};
use authlab_telemetry::Collector;

/// How far an ended login reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Nothing: a stolen copy works until it expires
    Off,
    /// Every copy, within one second, by a set in memory
    #[default]
    Feed,
    /// Every copy, at once, by one SQL read a request
    Read,
}

/// Whose logins an ending concerns: those of one mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Cookie,
    Session,
    Token,
}

/// A login as it is looked up: what its credential says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown<'a> {
    /// `None` for a cookie of version 0.1, which names its account by the username alone.
    pub account: Option<i64>,
    /// The account's generation when the login began.
    pub generation: i64,
    /// Names this login and no other; never the text of the credential.
    pub login: &'a str,
    pub username: &'a str,
    /// When it was issued, in seconds since the epoch: by this, version 0.1 knows it.
    pub issued_at: i64,
}

/// The endings that concern one mechanism. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Endings {
    database: Database,
    scope: Scope,
    logins: LoginEndings,
    look_up: LookUp,
    clock: Clock,
}

#[derive(Clone, Debug)]
enum LookUp {
    Nowhere,
    InMemory(Feed),
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
    /// Ended logins that a feed holds in memory.
    pub const MAX_IN_MEMORY: usize = known::MAX_LOGINS;

    /// `lifetime` is the longest that a login of this mechanism can live. With a feed, everything that holds is loaded before this
    /// returns.
    pub async fn open(
        reach: Reach,
        database: Database,
        clock: Clock,
        scope: Scope,
        lifetime: Duration,
    ) -> Result<Self, Unavailable> {
        let logins = LoginEndings::new(database.clone(), scope);
        let look_up = match reach {
            Reach::Off => LookUp::Nowhere,
            Reach::Feed => LookUp::InMemory(Feed::start(logins.clone(), clock.clone(), lifetime).await?),
            Reach::Read => LookUp::InSql,
        };
        Ok(Self { database, scope, logins, look_up, clock })
    }

    /// Whether an ending reaches credentials that no store keeps: `REVOCATION` is not `off`.
    pub fn reach_copies(&self) -> bool {
        !matches!(self.look_up, LookUp::Nowhere)
    }

    /// Has this login been ended? `now` in seconds since the epoch, as this instance's clock says.
    pub async fn has_ended(&self, shown: Shown<'_>, now: i64) -> Result<bool, Unavailable> {
        match &self.look_up {
            LookUp::Nowhere => Ok(false),
            LookUp::InMemory(feed) => feed.has_ended(shown, now).await,
            LookUp::InSql => self.logins.has_ended(shown).await,
        }
    }

    /// The same within a transaction, whose connection it asks if it has to ask the database.
    pub async fn has_ended_in(
        &self,
        connection: &mut AnyConnection,
        shown: Shown<'_>,
        now: i64,
    ) -> Result<bool, Unavailable> {
        let answer = match &self.look_up {
            LookUp::Nowhere => Answer::Lives,
            LookUp::InMemory(feed) => feed.answer(shown, now)?,
            LookUp::InSql => Answer::Unknown,
        };
        match answer {
            Answer::Ended => Ok(true),
            Answer::Lives => Ok(false),
            Answer::Unknown => self.logins.found(connection, shown).await.map_err(unavailable),
        }
    }

    /// Whether no password change has come after the one that this account logged in with: asked when a login has begun, since a
    /// check of a password takes long enough for it to be replaced meanwhile.
    pub async fn stands(&self, account: &Account) -> Result<bool, Unavailable> {
        answer(async {
            let mut connection = self.database.pool().lease().await?;
            self.stands_in(&mut connection, account).await
        })
        .await
    }

    /// The same within a transaction that writes. After [`Database::serialize_account`], no password change can come in between.
    pub async fn stands_in(&self, connection: &mut AnyConnection, account: &Account) -> sqlx::Result<bool> {
        generations::stands(connection, account).await
    }

    /// Ends one login, whose credential expires by itself at `expires_at`, in seconds since the epoch. With `REVOCATION=off` nothing
    /// is written.
    pub async fn end_login(&self, shown: Shown<'_>, expires_at: i64) -> Result<(), Unavailable> {
        answer(async {
            let mut connection = self.database.pool().lease().await?;
            self.write_login(&mut connection, shown, expires_at).await?;
            connection.done().await
        })
        .await?;
        self.learn_login(shown, expires_at);
        Ok(())
    }

    /// The same within a transaction; [`learn_login`](Self::learn_login) belongs after its commit.
    pub async fn write_login(
        &self,
        connection: &mut AnyConnection,
        shown: Shown<'_>,
        expires_at: i64,
    ) -> sqlx::Result<()> {
        if self.reach_copies() {
            self.logins.write(connection, shown, expires_at, self.clock.seconds()).await?;
        }
        Ok(())
    }

    /// Ends every login of the account at this mechanism but the one that is spared. Returns the account as a login that begins now
    /// has to carry it.
    pub async fn end_account(&self, account: &Account, spared: Option<&str>) -> Result<Account, Unavailable> {
        answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let ended = self.write_account(&mut transaction, account, spared).await?;
            transaction.commit().await?;
            Ok(ended)
        })
        .await
        .inspect(|ended| self.learn_account(ended, spared))
    }

    /// Ends every login of the caller's account at this mechanism but the caller's own. If that has ended meanwhile, it is refused:
    /// an ended login is not spared, or it would come back to life.
    pub async fn end_others(&self, account: &Account, caller: Shown<'_>) -> Result<Account, Refusal> {
        let ended = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let ended = self.write_others(&mut transaction, account, caller).await?;
            transaction.commit().await?;
            Ok(ended)
        });
        let ended = ended.await?.ok_or(Refusal::NotLoggedIn(Denied::Ended))?;
        self.learn_account(&ended, Some(caller.login));
        Ok(ended)
    }

    /// The same as [`end_account`](Self::end_account) within a transaction that writes;
    /// [`learn_account`](Self::learn_account) belongs after its commit.
    pub async fn write_account(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        spared: Option<&str>,
    ) -> sqlx::Result<Account> {
        let ending = generations::Ending { scope: Some(self.scope), spared, now: self.clock.seconds() };
        generations::raise(&self.database, connection, account, ending).await
    }

    /// The same as [`end_others`](Self::end_others) within a transaction that writes; `None` if the caller's login has ended.
    pub async fn write_others(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        caller: Shown<'_>,
    ) -> sqlx::Result<Option<Account>> {
        self.database.serialize_account(connection, account.id).await?;
        if self.logins.found(connection, caller).await? {
            return Ok(None);
        }
        self.write_account(connection, account, Some(caller.login)).await.map(Some)
    }

    /// This instance knows at once.
    pub fn learn_login(&self, shown: Shown<'_>, expires_at: i64) {
        if let LookUp::InMemory(feed) = &self.look_up {
            feed.learn_login(shown.login, expires_at);
        }
    }

    /// This instance knows at once that the logins of this mechanism have ended that began before the account's generation.
    pub fn learn_account(&self, account: &Account, spared: Option<&str>) {
        self.learn_generation(account, Some(self.scope), spared);
    }

    /// This instance knows at once of a password change, which gave the account its generation.
    pub fn learn(&self, account: &Account) {
        self.learn_generation(account, None, None);
    }

    fn learn_generation(&self, account: &Account, scope: Option<Scope>, spared: Option<&str>) {
        if let LookUp::InMemory(feed) = &self.look_up {
            feed.learn_generation(generations::Raised::new(account, scope, spared, self.clock.seconds()));
        }
    }

    /// The account that has this username, for credentials that name it by that alone.
    pub async fn account_named(&self, username: &str) -> Result<Option<Account>, Unavailable> {
        generations::account_named(&self.database, username).await
    }

    /// Is the look-up fresh enough to be trusted?
    pub fn ready(&self) -> Result<(), Unavailable> {
        match &self.look_up {
            LookUp::InMemory(feed) => feed.ready(self.clock.seconds()),
            LookUp::Nowhere | LookUp::InSql => Ok(()),
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
}

/// Seconds since the epoch, after which rows that were recorded before them concern no login that can still be alive.
fn horizon(now: i64, lifetime: Duration) -> i64 {
    /// Machines' clocks differ by less.
    const CLOCKS_DIFFER: i64 = 3_600;
    now.saturating_sub(whole_seconds(lifetime)).saturating_sub(CLOCKS_DIFFER)
}
