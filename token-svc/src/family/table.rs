//! The table of families. Each change is one statement, so that a race has one winner in every database.

use authlab_database::{Database, answer, unavailable};
use authlab_mechanism::{
    login::{Account, Device},
    refusal::Unavailable,
};
use authlab_telemetry::stores::TableMeter;
use sqlx::{AnyConnection, Row as _, any::AnyRow};

use super::state::Family;

/// Selects the rows for which the condition holds and whose login no ending of all the account's logins has reached.
macro_rules! families {
    ($condition:literal) => {
        concat!(
            "SELECT f.id, f.account, a.username, f.account_generation, f.seed, f.generation, f.refreshed_at, f.created_at, \
             f.expires_at, f.user_agent FROM token_family f JOIN account a ON a.id = f.account WHERE ",
            $condition,
            " AND NOT EXISTS (SELECT 1 FROM account_generation g WHERE g.account = f.account \
             AND g.generation > f.account_generation \
             AND (g.scope = 'account' OR (g.scope = 'token' AND (g.spared IS NULL OR g.spared <> f.id))))"
        )
    };
}

/// A family that was deleted. Its access tokens may still be in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndedFamily {
    pub(crate) id: String,
    pub(crate) account: i64,
    /// When the last of them expires, in seconds since the epoch; 0 if version 0.1 issued them.
    pub(crate) access_expires_at: i64,
}

#[derive(Clone, Debug)]
pub(super) struct FamilyTable {
    database: Database,
    meter: TableMeter,
}

impl FamilyTable {
    pub(super) fn new(database: Database) -> Self {
        Self { meter: database.table("token_family"), database }
    }

    pub(super) async fn insert(
        &self,
        connection: &mut AnyConnection,
        family: &Family,
        access_expires_at: i64,
    ) -> sqlx::Result<()> {
        let insert = sqlx::query(
            "INSERT INTO token_family (id, account, account_generation, seed, generation, refreshed_at, created_at, \
             expires_at, user_agent, access_expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        );
        let insert = insert.bind(&family.id).bind(family.account.id).bind(family.account.generation);
        let insert = insert.bind(&family.seed).bind(family.generation);
        let insert = insert.bind(family.refreshed_at).bind(family.created_at).bind(family.expires_at);
        let insert = insert.bind(&family.device.user_agent).bind(access_expires_at);
        self.meter.insert.measured(insert.execute(connection)).await.map(drop)
    }

    /// `None` also for an expired family.
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

    /// Spends the refresh token of this generation. The access token issued for it expires at `access_expires_at` at the latest. Of
    /// several calls at once, one returns `true`.
    pub(super) async fn spend(
        &self,
        id: &str,
        generation: i64,
        (now, access_expires_at): (i64, i64),
    ) -> Result<bool, Unavailable> {
        let spend = sqlx::query(
            "UPDATE token_family SET generation = generation + 1, refreshed_at = $3, \
             access_expires_at = CASE WHEN access_expires_at > $4 THEN access_expires_at ELSE $4 END \
             WHERE id = $1 AND generation = $2 AND expires_at > $3",
        );
        let spend = spend.bind(id).bind(generation).bind(now).bind(access_expires_at);
        Ok(self.database.change(&self.meter.update, spend).await? > 0)
    }

    pub(super) async fn delete(&self, connection: &mut AnyConnection, id: &str) -> sqlx::Result<Option<EndedFamily>> {
        let delete =
            sqlx::query("DELETE FROM token_family WHERE id = $1 RETURNING id, account, access_expires_at").bind(id);
        self.meter.delete.measured(delete.fetch_optional(connection)).await?.as_ref().map(ended).transpose()
    }

    /// Deletes the family if it belongs to the account.
    pub(super) async fn delete_of(
        &self,
        connection: &mut AnyConnection,
        account: i64,
        id: &str,
    ) -> sqlx::Result<Option<EndedFamily>> {
        let delete = sqlx::query(
            "DELETE FROM token_family WHERE account = $1 AND id = $2 RETURNING id, account, access_expires_at",
        );
        let delete = delete.bind(account).bind(id).fetch_optional(connection);
        self.meter.delete.measured(delete).await?.as_ref().map(ended).transpose()
    }

    /// Keeps the account's `keep` most recently used families, `newest` among them, and deletes the others.
    pub(super) async fn delete_beyond(
        &self,
        connection: &mut AnyConnection,
        (account, newest): (i64, &str),
        keep: u32,
    ) -> sqlx::Result<Vec<EndedFamily>> {
        let delete = sqlx::query(
            "DELETE FROM token_family WHERE id IN (SELECT id FROM token_family WHERE account = $1 AND id <> $2 \
             ORDER BY refreshed_at DESC, created_at DESC, id LIMIT 1000000 OFFSET $3) \
             RETURNING id, account, access_expires_at",
        );
        let delete = delete.bind(account).bind(newest).bind(i64::from(keep.saturating_sub(1))).fetch_all(connection);
        self.meter.delete.measured(delete).await?.iter().map(ended).collect()
    }

    /// Deletes the account's families except `except`, which gets the account's generation.
    pub(super) async fn delete_others(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        except: &str,
    ) -> sqlx::Result<()> {
        let delete =
            sqlx::query("DELETE FROM token_family WHERE account = $1 AND id <> $2").bind(account.id).bind(except);
        self.meter.delete.measured(delete.execute(&mut *connection)).await?;
        let update = sqlx::query("UPDATE token_family SET account_generation = $2 WHERE id = $1");
        let update = update.bind(except).bind(account.generation).execute(connection);
        self.meter.update.measured(update).await.map(drop)
    }

    pub(super) async fn purge(&self, now: i64) -> Result<(), Unavailable> {
        let purge = sqlx::query("DELETE FROM token_family WHERE expires_at <= $1").bind(now);
        self.database.change_in_background(&self.meter.delete, purge).await.map(drop)
    }
}

fn ended(row: &AnyRow) -> sqlx::Result<EndedFamily> {
    Ok(EndedFamily {
        id: row.try_get("id")?,
        account: row.try_get("account")?,
        access_expires_at: row.try_get("access_expires_at")?,
    })
}

fn family(row: &AnyRow) -> sqlx::Result<Family> {
    Ok(Family {
        id: row.try_get("id")?,
        account: Account {
            id: row.try_get("account")?,
            username: row.try_get("username")?,
            generation: row.try_get("account_generation")?,
        },
        seed: row.try_get("seed")?,
        generation: row.try_get("generation")?,
        refreshed_at: row.try_get("refreshed_at")?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
        device: Device { user_agent: row.try_get("user_agent")? },
    })
}
