//! Sessions in the database, in Django's table and in Django's format: a Django site with the same `SECRET_KEY` and the same
//! database reads and writes the very same sessions.
//!
//! The row is Django's: the id stands in it as it is, not as a digest, so whoever can read the table can be anybody. Beside it stands an
//! index of logins, and a login holds only while it stands in both: that is how all of an account's logins end at once, on
//! every instance, even where Django has given a session another key meanwhile.
//!
//! * [`logins`]: an account's logins, ended in steps and kept to their number
//! * [`record`]: what of the dictionary is ours
//! * [`rows`]: rows, opened and judged, and written back
//! * [`statements`], [`schema`]: the SQL of both engines

mod logins;
mod record;
mod rows;
mod schema;
mod statements;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use shared::{
    clock::whole_seconds,
    database::{Database, answer_within},
    django::SessionSigner,
    keys::Keys,
    login::{LoginId, Place},
    refusal::{Refusal, Unavailable},
    settings::LoginsAtMost,
    telemetry::stores::TableMeter,
};

use self::{
    rows::{Kept, Rows, SignedAgain},
    statements::{FORGET_LOGINS, SEEN, SIGN_AGAIN},
};
use super::{Begins, Change, SessionStore, Spared, Used};
use crate::{id::SessionId, lifetime::Lifetimes, session::Session};

/// A client is not kept waiting for a database that does not answer: a retry costs it less.
const PATIENCE: Duration = Duration::from_secs(1);
/// Nobody waits for this.
const PATIENCE_IN_THE_BACKGROUND: Duration = Duration::from_secs(30);
/// When a login was last seen is written down once in so many seconds.
const SEEN_EVERY: i64 = 60;

#[derive(Debug)]
pub(crate) struct SqlStore {
    database: Database,
    rows: Rows,
    lifetimes: Lifetimes,
    at_most: LoginsAtMost,
    meter: TableMeter,
}

impl SqlStore {
    /// Makes the table if it is not there.
    pub(crate) async fn open(
        database: Database,
        keys: &Keys,
        lifetimes: Lifetimes,
        at_most: LoginsAtMost,
    ) -> Result<Self, Unavailable> {
        make_table(&database).await?;
        let rows = Rows::new(database.engine(), SessionSigner::new(keys.bytes()), lifetimes);
        Ok(Self { meter: database.table("django_session"), database, rows, lifetimes, at_most })
    }

    async fn kept(&self, id: &SessionId, now: Timestamp) -> Result<Option<Kept>, Unavailable> {
        in_time(self.meter.select.measured(async {
            let mut connection = self.database.pool().lease().await?;
            self.rows.find(&mut connection, id, now, false).await
        }))
        .await
    }

    /// Writes down that the session was used, where that is worth it; a session that has ended meanwhile stays ended.
    async fn note_use(&self, id: &SessionId, kept: &Kept, now: Timestamp, prolonged: bool) -> sqlx::Result<()> {
        let mut connection = self.database.pool().lease().await?;
        if prolonged {
            let prolong = sqlx::query(self.rows.statements().prolong).bind(id.expose()).bind(now.as_second());
            prolong.bind(kept.session.expires_at.as_second()).execute(&mut *connection).await?;
        }
        if let Some(SignedAgain { before, after }) = &kept.signed_again {
            let sign = sqlx::query(SIGN_AGAIN).bind(id.expose()).bind(before).bind(after);
            sign.execute(&mut *connection).await?;
        }
        if kept.session.login.is_some() {
            sqlx::query(SEEN).bind(id.expose()).bind(now.as_second()).execute(&mut *connection).await?;
        }
        connection.done().await
    }

    async fn changed(
        &self,
        id: &SessionId,
        change: Change,
        now: Timestamp,
    ) -> sqlx::Result<Result<Option<Used>, Refusal>> {
        let mut transaction = self.database.begin_to_write().await?;
        let Some(mut kept) = self.rows.find(&mut transaction, id, now, true).await? else { return Ok(Ok(None)) };
        if matches!(change, Change::Clear) {
            kept.clear();
        } else if let Err(refusal) = change.make(&mut kept.session, now) {
            return Ok(Err(refusal));
        }
        let prolonged = kept.session.used(self.lifetimes, now);
        let session = kept.session.clone();
        self.rows.update(&mut transaction, id, kept, now).await?;
        transaction.commit().await?;
        Ok(Ok(Some(Used { session, prolonged })))
    }
}

/// Makes the table that sessions are kept in, where it is missing.
pub(crate) async fn make_table(database: &Database) -> Result<(), Unavailable> {
    answer_within(PATIENCE_IN_THE_BACKGROUND, schema::make(database)).await
}

#[async_trait]
impl SessionStore for SqlStore {
    fn place(&self) -> Place {
        Place::Sql
    }

    async fn find(&self, id: &SessionId, now: Timestamp) -> Result<Option<Session>, Unavailable> {
        Ok(self.kept(id, now).await?.map(|kept| kept.session))
    }

    /// One read; and a write where the session is prolonged, was not seen for a while, or was signed with a former key.
    async fn recall(&self, id: &SessionId, now: Timestamp) -> Result<Option<Used>, Unavailable> {
        let Some(mut kept) = self.kept(id, now).await? else { return Ok(None) };
        let unseen_for = now.as_second() - kept.session.last_seen_at.as_second();
        let prolonged = kept.session.used(self.lifetimes, now);
        if prolonged || unseen_for >= SEEN_EVERY || kept.signed_again.is_some() {
            in_time(self.meter.update.measured(self.note_use(id, &kept, now, prolonged))).await?;
        }
        Ok(Some(Used { session: kept.session, prolonged }))
    }

    async fn begin(&self, id: &SessionId, session: Session, now: Timestamp) -> Result<(), Unavailable> {
        in_time(self.meter.insert.measured(async {
            let mut connection = self.database.pool().lease().await?;
            self.rows.insert(&mut connection, id, Kept::new(session), now).await?;
            connection.done().await
        }))
        .await
    }

    async fn change(&self, id: &SessionId, change: Change, now: Timestamp) -> Result<Option<Used>, Refusal> {
        in_time(self.meter.update.measured(self.changed(id, change, now))).await?
    }

    async fn log_in(&self, begins: Begins<'_>, now: Timestamp) -> Result<Session, Unavailable> {
        let (account, id) = (begins.login.account.id, begins.id);
        let (session, mut more) = in_time(self.meter.insert.measured(self.logged_in(begins, now))).await?;
        while more {
            more = in_time(self.meter.delete.measured(self.end_surplus(account, id, now))).await?;
        }
        Ok(session)
    }

    async fn end(&self, id: &SessionId) -> Result<(), Unavailable> {
        in_time(self.meter.delete.measured(async {
            let mut transaction = self.database.begin_to_write().await?;
            self.rows.delete(&mut transaction, id.expose()).await?;
            transaction.commit().await
        }))
        .await
    }

    async fn logins(&self, account: i64, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        in_time(self.meter.select.measured(self.sessions_of(account, now))).await
    }

    async fn end_login(&self, account: i64, login: &LoginId) -> Result<(), Unavailable> {
        in_time(self.meter.delete.measured(self.end_one_login(account, login))).await
    }

    async fn end_logins(&self, account: i64, spared: Spared<'_>) -> Result<(), Unavailable> {
        while in_time(self.meter.delete.measured(self.end_some_logins(account, spared))).await? {}
        Ok(())
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        in_time(self.meter.select.measured(async {
            sqlx::query("SELECT 1 FROM django_session LIMIT 1").execute(self.database.pool()).await
        }))
        .await
        .map(drop)
    }

    /// A part at a time, so that nobody waits for long; Django's own expired sessions as well, as its `clearsessions` does.
    async fn purge(&self, now: Timestamp) -> Result<u64, Unavailable> {
        let purge = async {
            let mut purged = 0;
            loop {
                let expired = sqlx::query(self.rows.statements().expired).bind(now.as_second());
                match expired.execute(self.database.background()).await?.rows_affected() {
                    0 => break,
                    some => purged += some,
                }
            }
            let long_ago = now.as_second().saturating_sub(whole_seconds(self.lifetimes.idle));
            let forget = || sqlx::query(FORGET_LOGINS).bind(long_ago).execute(self.database.background());
            while forget().await?.rows_affected() > 0 {}
            Ok(purged)
        };
        answer_within(PATIENCE_IN_THE_BACKGROUND, self.meter.delete.measured(purge)).await
    }
}

/// What a request waits for.
async fn in_time<T>(answer: impl Future<Output = sqlx::Result<T>>) -> Result<T, Unavailable> {
    answer_within(PATIENCE, answer).await
}
