//! Sessions in Django's table and Django's format: a Django site with the same `SECRET_KEY` and database reads and writes the same
//! sessions.
//!
//! As in Django, the row contains the session id itself, not a digest, so a reader of the table can use any session. A second table is an
//! index of logins, and a login is valid only while both contain it. So all logins of an account end at once on every instance, even if
//! Django has given a session another id meanwhile.
//!
//! * [`logins`]: an account's logins, ended in steps and limited in number
//! * [`record`]: this service's members of Django's dictionary
//! * [`rows`]: reads, checks and writes rows
//! * [`statements`], [`schema`]: the SQL of both engines

mod logins;
mod record;
mod rows;
mod schema;
mod statements;

use std::time::Duration;

use async_trait::async_trait;
use authlab_clock::whole_seconds;
use authlab_database::{Database, answer_within};
use authlab_django_signing::SessionSigner;
use authlab_mechanism::{
    login::{LoginId, Place},
    refusal::{Refusal, Unavailable},
};
use authlab_secrets::keys::Keys;
use authlab_service::settings::LoginsAtMost;
use authlab_telemetry::stores::TableMeter;
use jiff::Timestamp;
use sqlx::Row as _;

use self::{
    logins::{STEP, as_limit},
    rows::SessionRow,
    statements::{FORGET_LOGINS, SEEN, SESSION_OF_LOGIN, SIGN_AGAIN, Statements, statements},
};
use super::{BeginLogin, Begun, Change, MAX_LISTED, SessionStore, Spared, Used};
use crate::{
    id::SessionId,
    lifetime::{Lifetimes, SEEN_INTERVAL},
    session::Session,
};

/// How long a request waits for the database. A retry costs the client less than a longer wait.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);
/// For background work, for which no request waits.
const BACKGROUND_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct SqlStore {
    database: Database,
    statements: &'static Statements,
    signer: SessionSigner,
    lifetimes: Lifetimes,
    at_most: LoginsAtMost,
    meter: TableMeter,
}

impl SqlStore {
    /// Creates the table if it does not exist.
    pub(crate) async fn open(
        database: Database,
        keys: &Keys,
        lifetimes: Lifetimes,
        at_most: LoginsAtMost,
    ) -> Result<Self, Unavailable> {
        make_table(&database).await?;
        let (meter, statements) = (database.table("django_session"), statements(database.engine()));
        Ok(Self { database, statements, signer: SessionSigner::new(keys.bytes()), lifetimes, at_most, meter })
    }

    async fn read(&self, id: &SessionId, now: Timestamp) -> Result<Option<SessionRow>, Unavailable> {
        in_time(self.meter.select.measured(async {
            let mut connection = self.database.pool().lease().await?;
            self.find_row(&mut connection, id, now, false).await
        }))
        .await
    }

    /// Records a use of the session. A session that has ended meanwhile stays ended.
    async fn note_use(&self, id: &SessionId, kept: &SessionRow, now: Timestamp, prolonged: bool) -> sqlx::Result<()> {
        let mut connection = self.database.pool().lease().await?;
        if prolonged {
            let prolong = sqlx::query(self.statements.prolong).bind(id.expose()).bind(now.as_second());
            prolong.bind(kept.session.expires_at.as_second()).execute(&mut *connection).await?;
        }
        if let Some((before, after)) = &kept.signed_again {
            let sign = sqlx::query(SIGN_AGAIN).bind(id.expose()).bind(before).bind(after);
            sign.execute(&mut *connection).await?;
        }
        if kept.session.login.is_some() {
            sqlx::query(SEEN).bind(id.expose()).bind(now.as_second()).execute(&mut *connection).await?;
        }
        connection.commit().await
    }

    async fn changed(
        &self,
        id: &SessionId,
        change: Change,
        now: Timestamp,
    ) -> sqlx::Result<Result<Option<Used>, Refusal>> {
        let mut transaction = self.database.begin_to_write().await?;
        let Some(mut kept) = self.find_row(&mut transaction, id, now, true).await? else { return Ok(Ok(None)) };
        if matches!(change, Change::Clear) {
            // With the data of other programs.
            kept = SessionRow::new(kept.session.cleared());
        } else if let Err(refusal) = change.make(&mut kept.session, now) {
            return Ok(Err(refusal));
        }
        let prolonged = kept.session.used(self.lifetimes, now);
        let session = kept.session.clone();
        self.write_row(&mut transaction, (id, kept), now, false).await?;
        transaction.commit().await?;
        Ok(Ok(Some(Used { session, prolonged })))
    }
}

/// Creates the table of sessions if it does not exist.
pub(crate) async fn make_table(database: &Database) -> Result<(), Unavailable> {
    answer_within(BACKGROUND_TIMEOUT, schema::make(database)).await
}

#[async_trait]
impl SessionStore for SqlStore {
    fn place(&self) -> Place {
        Place::Sql
    }

    async fn find(&self, id: &SessionId, now: Timestamp) -> Result<Option<Session>, Unavailable> {
        Ok(self.read(id, now).await?.map(|kept| kept.session))
    }

    /// One read. A write follows if the session is prolonged, was not used for a while, or was signed with a former key.
    async fn recall(&self, id: &SessionId, now: Timestamp) -> Result<Option<Used>, Unavailable> {
        let Some(mut kept) = self.read(id, now).await? else { return Ok(None) };
        let unseen_for = now.as_second() - kept.session.last_seen_at.as_second();
        let prolonged = kept.session.used(self.lifetimes, now);
        if prolonged || unseen_for >= SEEN_INTERVAL || kept.signed_again.is_some() {
            in_time(self.meter.update.measured(self.note_use(id, &kept, now, prolonged))).await?;
        }
        Ok(Some(Used { session: kept.session, prolonged }))
    }

    async fn begin(&self, id: &SessionId, session: Session, now: Timestamp) -> Result<(), Unavailable> {
        in_time(self.meter.insert.measured(async {
            let mut connection = self.database.pool().lease().await?;
            self.write_row(&mut connection, (id, SessionRow::new(session)), now, true).await?;
            connection.commit().await
        }))
        .await
    }

    async fn change(&self, id: &SessionId, change: Change, now: Timestamp) -> Result<Option<Used>, Refusal> {
        in_time(self.meter.update.measured(self.changed(id, change, now))).await?
    }

    async fn log_in(&self, begins: BeginLogin<'_>, now: Timestamp) -> Result<Begun, Unavailable> {
        let (account, id) = (begins.login.account.id, begins.id);
        let mut begun = in_time(self.meter.insert.measured(self.logged_in(begins, now))).await?;
        let mut more = begun.ended.len() == STEP;
        while more {
            let ended = in_time(self.meter.delete.measured(self.end_surplus(account, id, now))).await?;
            more = ended.len() == STEP;
            begun.ended.extend(ended);
        }
        Ok(begun)
    }

    async fn end(&self, id: &SessionId) -> Result<(), Unavailable> {
        in_time(self.meter.delete.measured(async {
            let mut transaction = self.database.begin_to_write().await?;
            self.delete_row(&mut transaction, id.expose()).await?;
            transaction.commit().await
        }))
        .await
    }

    async fn logins(&self, account: i64, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        in_time(self.meter.select.measured(async {
            let query = sqlx::query(self.statements.of_account).bind(account).bind(now.as_second());
            let rows = query.bind(as_limit(MAX_LISTED)).fetch_all(self.database.pool()).await?;
            let mut sessions = Vec::with_capacity(rows.len());
            for row in &rows {
                let indexed = LoginId(row.try_get("login")?);
                let session = self.open_row(row, now)?.map(|kept| kept.session.without_items());
                sessions
                    .extend(session.filter(|session| session.login.as_ref().is_some_and(|login| login.id == indexed)));
            }
            Ok(sessions)
        }))
        .await
    }

    async fn end_login(&self, account: i64, login: &LoginId) -> Result<(), Unavailable> {
        in_time(self.meter.delete.measured(async {
            let mut transaction = self.database.begin_to_write().await?;
            let query = sqlx::query(SESSION_OF_LOGIN).bind(account).bind(&login.0);
            if let Some(row) = query.fetch_optional(&mut *transaction).await? {
                self.delete_row(&mut transaction, row.try_get("session_key")?).await?;
            }
            transaction.commit().await
        }))
        .await
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

    /// Deletes in steps, so that no request waits long. Includes Django's own expired sessions, as its `clearsessions` does.
    async fn purge(&self, now: Timestamp) -> Result<u64, Unavailable> {
        let purge = async {
            let mut purged = 0;
            loop {
                let expired = sqlx::query(self.statements.expired).bind(now.as_second());
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
        answer_within(BACKGROUND_TIMEOUT, self.meter.delete.measured(purge)).await
    }
}

/// Awaits a statement of a request.
async fn in_time<T>(answer: impl Future<Output = sqlx::Result<T>>) -> Result<T, Unavailable> {
    answer_within(ANSWER_TIMEOUT, answer).await
}
