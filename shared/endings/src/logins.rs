//! The table of single logins that were ended, and the one statement that looks in all tables of endings.

use std::time::Duration;

use authlab_database::{Database, Engine, answer, answer_within};
use authlab_mechanism::refusal::Unavailable;
use authlab_telemetry::stores::TableMeter;
use sqlx::AnyConnection;

use super::{
    Scope, Shown,
    former::{self, FormerNames},
    generations::{self, Raised},
    order::{frontier, numbered, renumber},
};

/// Loading all endings may return many rows, but a lost connection must still be noticed.
const FETCH_TIMEOUT: Duration = Duration::from_secs(10);
/// Seconds for which a row stays after its credential has expired. An instance whose clock is behind still accepts that credential.
const KEPT_AFTER_EXPIRY: i64 = 3_600;

/// The ended logins of one mechanism.
#[derive(Clone, Debug)]
pub(super) struct LoginEndings {
    database: Database,
    pub(super) scope: Scope,
    logins: TableMeter,
}

/// Where a read starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) sequence: i64,
    pub(super) former: former::Start,
    /// Leaves out logins whose credential expired before this, in seconds since the epoch.
    pub(super) expires_from: i64,
    /// Leaves out generations recorded before this: no login that they ended can be alive.
    pub(super) recorded_from: i64,
}

/// The rows of one read, and the start of the next.
#[derive(Debug)]
pub(super) struct Found {
    /// Ended logins, and when their credentials expire, in seconds since the epoch.
    pub(super) logins: Vec<(String, i64)>,
    pub(super) generations: Vec<Raised>,
    pub(super) former: former::Found,
    pub(super) next_sequence: i64,
}

impl LoginEndings {
    pub(super) fn new(database: Database, scope: Scope) -> Self {
        Self { logins: database.table("login_ending"), database, scope }
    }

    pub(super) async fn write(
        &self,
        connection: &mut AnyConnection,
        shown: Shown<'_>,
        expires_at: i64,
        now: i64,
    ) -> sqlx::Result<()> {
        let statement = numbered(
            self.database.engine(),
            "INSERT INTO login_ending (scope, login, recorded_at, expires_at, sequence) VALUES ($1, $2, $3, $4, NEXT) \
             ON CONFLICT (scope, login) DO NOTHING",
        );
        let write = sqlx::query(statement).bind(self.scope.name()).bind(shown.login).bind(now).bind(expires_at);
        self.logins.insert.measured(write.execute(&mut *connection)).await?;
        former::mirror_login(connection, self.scope, shown, (now, expires_at)).await
    }

    /// Checks all kinds of endings with one statement.
    pub(super) async fn has_ended(&self, shown: Shown<'_>) -> Result<bool, Unavailable> {
        let asked = async {
            let mut connection = self.database.pool().lease().await?;
            self.found(&mut connection, shown).await
        };
        // Boxed: this branch is rare and would enlarge every request's future.
        Box::pin(answer(self.logins.select.measured(asked))).await
    }

    pub(super) async fn found(&self, connection: &mut AnyConnection, shown: Shown<'_>) -> sqlx::Result<bool> {
        let former = FormerNames::new(self.scope, shown).unwrap_or_default();
        let found = sqlx::query_scalar::<_, i64>(concat!(
            "SELECT (SELECT COUNT(*) FROM login_ending WHERE scope = $1 AND login = $2) \
             + (SELECT COUNT(*) FROM account_generation WHERE (account = $3 OR ($3 = 0 AND username = $4)) \
                AND generation > $5 AND (scope = 'account' OR (scope = $1 AND (spared IS NULL OR spared <> $2)))) \
             + (SELECT COUNT(*) FROM ended_login WHERE scope = $1 AND login = $6 AND mirrored IS NULL) \
             + (SELECT COUNT(*) FROM ended_account WHERE scope = $1 AND account = $7 AND issued_until >= $8 AND ",
            former::not_mirrored!(),
            ")"
        ));
        let found = found.bind(self.scope.name()).bind(shown.login).bind(shown.account.unwrap_or(0));
        let found = found.bind(shown.username).bind(shown.generation);
        let found = found.bind(former.login).bind(former.account).bind(shown.issued_at);
        Ok(found.fetch_one(connection).await? > 0)
    }

    /// Must be called before the first read.
    pub(super) async fn prepare(&self) -> Result<(), Unavailable> {
        let prepare = async {
            let mut connection = self.database.background().lease().await?;
            renumber(self.database.engine(), &mut connection).await?;
            connection.commit().await
        };
        answer_within(FETCH_TIMEOUT, prepare).await
    }

    /// Reads the new rows.
    pub(super) async fn look(&self, from: Start) -> Result<Found, Unavailable> {
        let look = async {
            let mut connection = self.database.background().lease().await?;
            let next_sequence = frontier(self.database.engine(), &mut connection).await?;
            let logins = sqlx::query_as(
                "SELECT login, expires_at FROM login_ending WHERE scope = $1 AND sequence >= $2 AND expires_at >= $3",
            );
            let logins = logins.bind(self.scope.name()).bind(from.sequence).bind(from.expires_from);
            let logins = logins.fetch_all(&mut *connection).await?;
            let generations =
                generations::since(&mut connection, self.scope, (from.sequence, from.recorded_from)).await?;
            let former = former::since(&mut connection, self.scope, from.former).await?;
            Ok(Found { logins, generations, former, next_sequence })
        };
        answer_within(FETCH_TIMEOUT, self.logins.select.measured(look)).await
    }

    /// The number of ended logins whose credentials have not expired.
    pub(super) async fn count(&self, expires_from: i64) -> Result<i64, Unavailable> {
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM login_ending WHERE scope = $1 AND expires_at >= $2");
        let count = count.bind(self.scope.name()).bind(expires_from).fetch_one(self.database.background());
        answer_within(FETCH_TIMEOUT, self.logins.select.measured(count)).await
    }

    /// Deletes expired rows by the earliest of `now`, the newest stamp in the table and, in PostgreSQL, the server's clock. So a clock that
    /// runs ahead deletes nothing. The row with the highest number stays, since the next number follows from it.
    pub(super) async fn purge(&self, now: i64) -> Result<(), Unavailable> {
        let statement = match self.database.engine() {
            Engine::Sqlite => {
                "DELETE FROM login_ending WHERE expires_at < MIN($1, (SELECT MAX(recorded_at) FROM login_ending)) - $2 \
                 AND sequence < (SELECT MAX(sequence) FROM login_ending)"
            }
            Engine::Postgres => {
                "DELETE FROM login_ending WHERE expires_at < LEAST($1, (SELECT MAX(recorded_at) FROM login_ending), \
                 CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)) - $2 AND sequence < (SELECT MAX(sequence) FROM login_ending)"
            }
        };
        let purge = sqlx::query(statement).bind(now).bind(KEPT_AFTER_EXPIRY);
        self.database.background().change(&self.logins.delete, purge).await?;
        former::purge(&self.database, &self.logins, now.saturating_sub(KEPT_AFTER_EXPIRY)).await
    }
}
