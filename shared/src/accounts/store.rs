//! The table of accounts.

use sqlx::Row as _;

use super::username::Username;
use crate::{
    database::{Database, answer, unavailable},
    login::Account,
    random,
    refusal::Unavailable,
    telemetry::stores::TableMeter,
};

#[derive(Clone, Debug)]
pub(super) struct AccountStore {
    database: Database,
    meter: TableMeter,
}

/// A row of the table.
pub(super) struct Stored {
    pub(super) account: Account,
    pub(super) password_hash: String,
}

impl AccountStore {
    pub(super) fn new(database: Database) -> Self {
        Self { meter: database.table("account"), database }
    }

    /// By the key of its name.
    pub(super) async fn find(&self, username_key: &str) -> Result<Option<Stored>, Unavailable> {
        let found = sqlx::query("SELECT id, username, password_hash FROM account WHERE username_key = $1")
            .bind(username_key)
            .fetch_optional(self.database.pool());
        let row = answer(self.meter.select.measured(found)).await?;
        row.map(|row| {
            Ok(Stored {
                account: Account { id: row.try_get("id")?, username: row.try_get("username")? },
                password_hash: row.try_get("password_hash")?,
            })
        })
        .transpose()
        .map_err(unavailable)
    }

    /// `None` if the name is taken; of any number of inserts at once, one wins.
    pub(super) async fn insert(
        &self,
        username: &Username,
        password_hash: &str,
        now: i64,
    ) -> Result<Option<Account>, Unavailable> {
        let account = Account { id: account_id(), username: username.shown().to_owned() };
        let inserted = sqlx::query(
            "INSERT INTO account (id, username, username_key, password_hash, created_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (username_key) DO NOTHING",
        )
        .bind(account.id)
        .bind(&account.username)
        .bind(username.key())
        .bind(password_hash)
        .bind(now);
        let inserted = self.database.change(&self.meter.insert, inserted).await?;
        Ok((inserted == 1).then_some(account))
    }

    pub(super) async fn set_password_hash(&self, id: i64, password_hash: &str) -> Result<(), Unavailable> {
        let update = sqlx::query("UPDATE account SET password_hash = $1 WHERE id = $2").bind(password_hash).bind(id);
        self.database.change(&self.meter.update, update).await.map(drop)
    }
}

/// Random, so that ids do not tell how many accounts there are; 53 bits, so that every JSON reader can hold it.
fn account_id() -> i64 {
    i64::from_le_bytes(random::bytes()) & ((1 << 53) - 1)
}
