//! The rows of what was ended.

use std::time::Duration;

use sqlx::{Row as _, any::AnyRow};

use super::Shown;
use crate::{
    database::{Database, answer, answer_within, unavailable},
    refusal::Unavailable,
    telemetry::stores::TableMeter,
};

/// Everything that holds may be many rows; a lost connection must still be noticed.
const FETCH_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub(super) struct Table {
    database: Database,
    scope: &'static str,
    logins: TableMeter,
    accounts: TableMeter,
}

/// What was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Login { login: String, expires_at: i64 },
    Account { account: String, issued_until: i64, expires_at: i64 },
}

impl Table {
    pub(super) fn new(database: Database, scope: &'static str) -> Self {
        let (logins, accounts) = (database.table("ended_login"), database.table("ended_account"));
        Self { database, scope, logins, accounts }
    }

    pub(super) async fn end_login(&self, login: &str, now: i64, expires_at: i64) -> Result<(), Unavailable> {
        let ended = sqlx::query(
            "INSERT INTO ended_login (scope, login, recorded_at, expires_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (scope, login) DO NOTHING",
        )
        .bind(self.scope)
        .bind(login)
        .bind(now)
        .bind(expires_at);
        self.database.change(&self.logins.insert, ended).await.map(drop)
    }

    pub(super) async fn end_account(&self, account: &str, now: i64, expires_at: i64) -> Result<(), Unavailable> {
        let ended = sqlx::query(
            "INSERT INTO ended_account (scope, account, issued_until, recorded_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (scope, account) DO UPDATE SET issued_until = excluded.issued_until, \
             recorded_at = excluded.recorded_at, expires_at = excluded.expires_at \
             WHERE ended_account.issued_until <= excluded.issued_until",
        )
        .bind(self.scope)
        .bind(account)
        .bind(now)
        .bind(now)
        .bind(expires_at);
        self.database.change(&self.accounts.insert, ended).await.map(drop)
    }

    /// One read, whatever is asked for.
    pub(super) async fn has_ended(&self, shown: Shown<'_>) -> Result<bool, Unavailable> {
        let found = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM ended_login WHERE scope = $1 AND login = $2) \
             + (SELECT COUNT(*) FROM ended_account WHERE scope = $1 AND account = $3 AND issued_until >= $4) AS found",
        )
        .bind(self.scope)
        .bind(shown.login)
        .bind(shown.account)
        .bind(shown.issued_at)
        .fetch_one(self.database.pool());
        // In a box of its own, or every request had to make room for a question that most never ask.
        let row = Box::pin(answer(self.logins.select.measured(found))).await?;
        row.try_get::<i64, _>("found").map(|found| found > 0).map_err(unavailable)
    }

    pub(super) async fn issued_until(&self, account: &str) -> Result<Option<i64>, Unavailable> {
        let found = sqlx::query("SELECT issued_until FROM ended_account WHERE scope = $1 AND account = $2")
            .bind(self.scope)
            .bind(account)
            .fetch_optional(self.database.pool());
        let row = answer(self.accounts.select.measured(found)).await?;
        row.map(|row| row.try_get("issued_until")).transpose().map_err(unavailable)
    }

    /// Everything that was written down at `since` or later.
    pub(super) async fn recorded_since(&self, since: i64) -> Result<Vec<Ended>, Unavailable> {
        answer_within(FETCH_TIMEOUT, self.logins.select.measured(self.fetch_since(since))).await
    }

    async fn fetch_since(&self, since: i64) -> sqlx::Result<Vec<Ended>> {
        let logins = sqlx::query("SELECT login, expires_at FROM ended_login WHERE scope = $1 AND recorded_at >= $2");
        let logins = logins.bind(self.scope).bind(since).fetch_all(self.database.background()).await?;
        let accounts = sqlx::query(
            "SELECT account, issued_until, expires_at FROM ended_account WHERE scope = $1 AND recorded_at >= $2",
        );
        let accounts = accounts.bind(self.scope).bind(since).fetch_all(self.database.background()).await?;
        logins.iter().map(ended_login).chain(accounts.iter().map(ended_account)).collect()
    }

    /// Forgets what has expired by itself.
    pub(super) async fn purge(&self, now: i64) -> Result<(), Unavailable> {
        for (table, statement) in [
            (&self.logins, "DELETE FROM ended_login WHERE expires_at < $1"),
            (&self.accounts, "DELETE FROM ended_account WHERE expires_at < $1"),
        ] {
            self.database.change_in_background(&table.delete, sqlx::query(statement).bind(now)).await?;
        }
        Ok(())
    }
}

fn ended_login(row: &AnyRow) -> sqlx::Result<Ended> {
    Ok(Ended::Login { login: row.try_get("login")?, expires_at: row.try_get("expires_at")? })
}

fn ended_account(row: &AnyRow) -> sqlx::Result<Ended> {
    Ok(Ended::Account {
        account: row.try_get("account")?,
        issued_until: row.try_get("issued_until")?,
        expires_at: row.try_get("expires_at")?,
    })
}
