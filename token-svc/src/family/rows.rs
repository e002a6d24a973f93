//! The rows of families. Each change is one statement, so that a race has one winner on every engine.

use shared::{
    database::{Database, answer, unavailable},
    login::{Account, Device},
    refusal::Unavailable,
    telemetry::stores::TableMeter,
};
use sqlx::{Row as _, any::AnyRow};

use super::Family;

/// The rows of which this holds.
macro_rules! families {
    ($condition:literal) => {
        concat!(
            "SELECT f.id, f.account, a.username, f.seed, f.generation, f.refreshed_at, f.created_at, f.expires_at, f.user_agent \
             FROM token_family f JOIN account a ON a.id = f.account WHERE ",
            $condition
        )
    };
}

#[derive(Clone, Debug)]
pub(super) struct Rows {
    database: Database,
    meter: TableMeter,
}

impl Rows {
    pub(super) fn new(database: Database) -> Self {
        Self { meter: database.table("token_family"), database }
    }

    pub(super) async fn insert(&self, family: &Family) -> Result<(), Unavailable> {
        let insert = sqlx::query(
            "INSERT INTO token_family (id, account, seed, generation, refreshed_at, created_at, expires_at, user_agent) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        );
        let insert = insert.bind(&family.id).bind(family.account.id).bind(&family.seed).bind(family.generation);
        let insert = insert.bind(family.refreshed_at).bind(family.created_at).bind(family.expires_at);
        self.database.change(&self.meter.insert, insert.bind(&family.device.user_agent)).await.map(drop)
    }

    /// The family, unless its time is over.
    pub(super) async fn find(&self, id: &str, now: i64) -> Result<Option<Family>, Unavailable> {
        let query = sqlx::query(families!("f.id = $1 AND f.expires_at > $2")).bind(id).bind(now);
        let row = answer(self.meter.select.measured(query.fetch_optional(self.database.pool()))).await?;
        row.as_ref().map(family).transpose().map_err(unavailable)
    }

    pub(super) async fn of_account(&self, account: i64, now: i64) -> Result<Vec<Family>, Unavailable> {
        let query = sqlx::query(families!("f.account = $1 AND f.expires_at > $2")).bind(account).bind(now);
        let rows = answer(self.meter.select.measured(query.fetch_all(self.database.pool()))).await?;
        rows.iter().map(family).collect::<sqlx::Result<_>>().map_err(unavailable)
    }

    /// Spends the refresh token of this number. Whoever is told that it did is the only one.
    pub(super) async fn spend(&self, id: &str, generation: i64, now: i64) -> Result<bool, Unavailable> {
        let spend = sqlx::query(
            "UPDATE token_family SET generation = generation + 1, refreshed_at = $3 \
             WHERE id = $1 AND generation = $2 AND expires_at > $3",
        );
        Ok(self.database.change(&self.meter.update, spend.bind(id).bind(generation).bind(now)).await? > 0)
    }

    pub(super) async fn delete(&self, id: &str) -> Result<(), Unavailable> {
        let delete = sqlx::query("DELETE FROM token_family WHERE id = $1").bind(id);
        self.database.change(&self.meter.delete, delete).await.map(drop)
    }

    /// Whether there was one of this id, and of this account.
    pub(super) async fn delete_of(&self, account: i64, id: &str) -> Result<bool, Unavailable> {
        let delete = sqlx::query("DELETE FROM token_family WHERE account = $1 AND id = $2").bind(account).bind(id);
        Ok(self.database.change(&self.meter.delete, delete).await? > 0)
    }

    pub(super) async fn delete_all_of(&self, account: i64) -> Result<(), Unavailable> {
        let delete = sqlx::query("DELETE FROM token_family WHERE account = $1").bind(account);
        self.database.change(&self.meter.delete, delete).await.map(drop)
    }

    pub(super) async fn purge(&self, now: i64) -> Result<(), Unavailable> {
        let purge = sqlx::query("DELETE FROM token_family WHERE expires_at <= $1").bind(now);
        self.database.change_in_background(&self.meter.delete, purge).await.map(drop)
    }
}

fn family(row: &AnyRow) -> sqlx::Result<Family> {
    Ok(Family {
        id: row.try_get("id")?,
        account: Account { id: row.try_get("account")?, username: row.try_get("username")? },
        seed: row.try_get("seed")?,
        generation: row.try_get("generation")?,
        refreshed_at: row.try_get("refreshed_at")?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
        device: Device { user_agent: row.try_get("user_agent")? },
    })
}
