//! The statements that the tables of families and of opaque tokens have in common.

use std::sync::LazyLock;

use authlab_database::{Database, Statement, answer, unavailable};
use authlab_mechanism::{
    login::{Account, LoginId},
    refusal::Unavailable,
};
use authlab_telemetry::stores::TableMeter;
use sqlx::{AnyConnection, FromRow, any::AnyRow};

use crate::login_row::LoginRow;

/// A family that was deleted. Its access tokens may still be in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndedFamily {
    pub(crate) id: String,
    pub(crate) account: i64,
    /// When the last of them expires, in seconds since the epoch; 0 if version 0.1 issued them.
    pub(crate) access_expires_at: i64,
}

#[derive(Debug)]
pub(crate) struct Statements {
    table: &'static str,
    find: &'static str,
    of_account: &'static str,
    delete: &'static str,
    delete_of: &'static str,
    delete_beyond: &'static str,
    delete_others: &'static str,
    raise_generation: &'static str,
    purge: &'static str,
}

/// Only logins that no ending of all the account's logins has reached.
pub(crate) static FAMILIES: LazyLock<Statements> = LazyLock::new(|| {
    const UNLESS_ENDED: &str = " AND NOT EXISTS (SELECT 1 FROM account_generation g WHERE g.account = t.account \
         AND g.generation > t.account_generation \
         AND (g.scope = 'account' OR (g.scope = 'token' AND (g.spared IS NULL OR g.spared <> t.id))))";
    let columns = ["id", "refreshed_at", "t.seed, t.generation"];
    Statements::new("token_family", columns, UNLESS_ENDED, " RETURNING id, account, access_expires_at")
});

/// [`authlab_endings`] decides which of these logins have ended.
pub(crate) static OPAQUE_TOKENS: LazyLock<Statements> =
    LazyLock::new(|| Statements::new("opaque_token", ["u_token", "last_seen_at", "t.items"], "", ""));

impl Statements {
    /// Leaks the texts, which the process needs to its end.
    fn new(table: &'static str, [key, last_seen_at, others]: [&str; 3], unless_ended: &str, returning: &str) -> Self {
        let select = format!(
            "SELECT t.id, t.account, a.username, t.account_generation, t.created_at, t.{last_seen_at} AS last_seen_at, \
             t.expires_at, t.user_agent, {others} FROM {table} t JOIN account a ON a.id = t.account \
             WHERE t.expires_at > $2{unless_ended}"
        );
        let delete_beyond = format!(
            "DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE account = $1 AND id <> $2 \
             ORDER BY {last_seen_at} DESC, created_at DESC, id LIMIT 1000000 OFFSET $3){returning}"
        );
        Self {
            table,
            find: format!("{select} AND t.{key} = $1").leak(),
            of_account: format!("{select} AND t.account = $1").leak(),
            delete: format!("DELETE FROM {table} WHERE {key} = $1{returning}").leak(),
            delete_of: format!("DELETE FROM {table} WHERE account = $1 AND id = $2{returning}").leak(),
            delete_beyond: delete_beyond.leak(),
            delete_others: format!("DELETE FROM {table} WHERE account = $1 AND id <> $2").leak(),
            raise_generation: format!("UPDATE {table} SET account_generation = $2 WHERE id = $1").leak(),
            purge: format!("DELETE FROM {table} WHERE expires_at <= $1").leak(),
        }
    }
}

/// One of the two tables. Each change is one statement, so that a race has one winner in every database.
#[derive(Clone, Debug)]
pub(crate) struct LoginTable {
    pub(crate) database: Database,
    pub(crate) meter: TableMeter,
    statements: &'static Statements,
}

impl LoginTable {
    pub(crate) fn new(database: &Database, statements: &'static Statements) -> Self {
        Self { meter: database.table(statements.table), database: database.clone(), statements }
    }

    /// The login with this key: the id of a family, or the digest of an opaque token. `None` also for an expired login.
    pub(crate) async fn find<T>(
        &self,
        key: &str,
        now: i64,
        read: fn(&AnyRow) -> sqlx::Result<T>,
    ) -> Result<Option<T>, Unavailable> {
        let query = sqlx::query(self.statements.find).bind(key).bind(now);
        let row = answer(self.meter.select.measured(query.fetch_optional(self.database.pool()))).await?;
        row.as_ref().map(read).transpose().map_err(unavailable)
    }

    pub(crate) async fn of_account<T>(
        &self,
        account: i64,
        now: i64,
        read: fn(&AnyRow) -> sqlx::Result<T>,
    ) -> Result<Vec<T>, Unavailable> {
        let query = sqlx::query(self.statements.of_account).bind(account).bind(now);
        let rows = answer(self.meter.select.measured(query.fetch_all(self.database.pool()))).await?;
        rows.iter().map(read).collect::<sqlx::Result<_>>().map_err(unavailable)
    }

    /// Deletes the login with this key. Returns it if it is a family.
    pub(crate) async fn delete(&self, connection: &mut AnyConnection, key: &str) -> sqlx::Result<Vec<EndedFamily>> {
        self.deleted(connection, sqlx::query(self.statements.delete).bind(key)).await
    }

    /// Deletes the login with this id if it belongs to the account. Returns it if it is a family.
    pub(crate) async fn delete_of(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        id: &LoginId,
    ) -> sqlx::Result<Vec<EndedFamily>> {
        self.deleted(connection, sqlx::query(self.statements.delete_of).bind(account.id).bind(&id.0)).await
    }

    /// Keeps the account's `keep` most recently used logins, `newest` among them, and deletes the others. Returns deleted families.
    pub(crate) async fn delete_beyond(
        &self,
        connection: &mut AnyConnection,
        newest: &LoginRow,
        keep: u32,
    ) -> sqlx::Result<Vec<EndedFamily>> {
        let delete = sqlx::query(self.statements.delete_beyond).bind(newest.account.id).bind(&newest.id);
        self.deleted(connection, delete.bind(i64::from(keep.saturating_sub(1)))).await
    }

    /// Deletes the account's logins except `except`, which gets the account's generation. Returns whether `except` exists.
    pub(crate) async fn delete_others(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        except: &LoginId,
    ) -> sqlx::Result<bool> {
        let delete = sqlx::query(self.statements.delete_others).bind(account.id).bind(&except.0);
        self.meter.delete.measured(delete.execute(&mut *connection)).await?;
        let raise = sqlx::query(self.statements.raise_generation).bind(&except.0).bind(account.generation);
        Ok(self.meter.update.measured(raise.execute(connection)).await?.rows_affected() > 0)
    }

    pub(crate) async fn purge(&self, now: i64) -> Result<(), Unavailable> {
        let purge = sqlx::query(self.statements.purge).bind(now);
        self.database.background().change(&self.meter.delete, purge).await.map(drop)
    }

    async fn deleted(&self, connection: &mut AnyConnection, delete: Statement<'_>) -> sqlx::Result<Vec<EndedFamily>> {
        let rows = self.meter.delete.measured(delete.fetch_all(connection)).await?;
        let ended = |(id, account, access_expires_at)| EndedFamily { id, account, access_expires_at };
        rows.iter().map(|row| FromRow::from_row(row).map(ended)).collect()
    }
}
