//! The table of opaque tokens. A change of items locks the row first, so that of two changes at once none is lost.

use authlab_database::{Database, answer, unavailable};
use authlab_endings::Endings;
use authlab_mechanism::{
    login::{Account, Device},
    refusal::{Refusal, Unavailable},
};
use authlab_telemetry::stores::TableMeter;
use sqlx::{AnyConnection, Row as _, any::AnyRow};

use super::login::{OpaqueLogin, for_endings};
use crate::items::Items;

/// The length of a digest in hexadecimal.
const U_TOKEN_BYTES: usize = 64;

/// Selects the rows for which the condition holds.
macro_rules! tokens {
    ($condition:literal) => {
        concat!(
            "SELECT o.id, o.account, a.username, o.account_generation, o.items, o.created_at, o.last_seen_at, o.expires_at, o.user_agent \
             FROM opaque_token o JOIN account a ON a.id = o.account WHERE ",
            $condition
        )
    };
}

#[derive(Clone, Debug)]
pub(super) struct OpaqueTokenTable {
    database: Database,
    meter: TableMeter,
}

impl OpaqueTokenTable {
    pub(super) fn new(database: Database) -> Self {
        Self { meter: database.table("opaque_token"), database }
    }

    pub(super) async fn insert(
        &self,
        connection: &mut AnyConnection,
        u_token: &str,
        login: &OpaqueLogin,
    ) -> sqlx::Result<()> {
        let insert = sqlx::query(
            "INSERT INTO opaque_token (u_token, id, account, items, created_at, last_seen_at, expires_at, user_agent, \
             account_generation) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        );
        let insert = insert.bind(u_token).bind(&login.id).bind(login.account.id).bind(to_json(&login.items));
        let insert = insert.bind(login.created_at).bind(login.last_seen_at).bind(login.expires_at);
        let insert = insert.bind(&login.device.user_agent).bind(login.account.generation);
        self.meter.insert.measured(insert.execute(connection)).await.map(drop)
    }

    pub(super) async fn find(&self, u_token: &str, now: i64) -> Result<Option<OpaqueLogin>, Unavailable> {
        let query = sqlx::query(tokens!("o.u_token = $1 AND o.expires_at > $2")).bind(u_token).bind(now);
        let row = answer(self.meter.select.measured(query.fetch_optional(self.database.pool()))).await?;
        row.as_ref().map(login).transpose().map_err(unavailable)
    }

    pub(super) async fn of_account(&self, account: i64, now: i64) -> Result<Vec<OpaqueLogin>, Unavailable> {
        let query = sqlx::query(tokens!("o.account = $1 AND o.expires_at > $2")).bind(account).bind(now);
        let rows = answer(self.meter.select.measured(query.fetch_all(self.database.pool()))).await?;
        rows.iter().map(login).collect::<sqlx::Result<_>>().map_err(unavailable)
    }

    pub(super) async fn update_last_seen(&self, u_token: &str, now: i64) -> Result<(), Unavailable> {
        let update = sqlx::query("UPDATE opaque_token SET last_seen_at = $2 WHERE u_token = $1 AND last_seen_at < $2");
        self.database.change(&self.meter.update, update.bind(u_token).bind(now)).await.map(drop)
    }

    /// Changes the items. `None` if the token is gone or its login has ended. A refusal of `change` leaves the items as they were.
    pub(super) async fn change_items(
        &self,
        (u_token, endings): (&str, &Endings),
        now: i64,
        change: impl FnOnce(&mut Items) -> Result<(), Refusal>,
    ) -> Result<Option<()>, Refusal> {
        answer(self.meter.update.measured(self.lock_and_change((u_token, endings), now, change))).await?
    }

    async fn lock_and_change(
        &self,
        (u_token, endings): (&str, &Endings),
        now: i64,
        change: impl FnOnce(&mut Items) -> Result<(), Refusal>,
    ) -> sqlx::Result<Result<Option<()>, Refusal>> {
        let mut transaction = self.database.begin_to_write().await?;
        let lock = "UPDATE opaque_token SET last_seen_at = $2 WHERE u_token = $1 AND expires_at > $2 \
                    RETURNING items, id, account, account_generation";
        let row = sqlx::query(lock).bind(u_token).bind(now).fetch_optional(&mut *transaction).await?;
        let Some(row) = row else { return Ok(Ok(None)) };
        let id: String = row.try_get("id")?;
        let login = for_endings((row.try_get("account")?, row.try_get("account_generation")?), &id);
        match endings.has_ended_in(&mut transaction, login, now).await {
            Ok(false) => {}
            Ok(true) => return Ok(Ok(None)),
            Err(unavailable) => return Ok(Err(unavailable.into())),
        }
        let mut items = items(&row)?;
        if let Err(refusal) = change(&mut items) {
            return Ok(Err(refusal));
        }
        let write = sqlx::query("UPDATE opaque_token SET items = $2 WHERE u_token = $1");
        write.bind(u_token).bind(to_json(&items)).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Ok(Some(())))
    }

    pub(super) async fn delete(&self, connection: &mut AnyConnection, u_token: &str) -> sqlx::Result<()> {
        let delete = sqlx::query("DELETE FROM opaque_token WHERE u_token = $1").bind(u_token);
        self.meter.delete.measured(delete.execute(connection)).await.map(drop)
    }

    pub(super) async fn delete_of(&self, connection: &mut AnyConnection, account: i64, id: &str) -> sqlx::Result<()> {
        let delete = sqlx::query("DELETE FROM opaque_token WHERE account = $1 AND id = $2").bind(account).bind(id);
        self.meter.delete.measured(delete.execute(connection)).await.map(drop)
    }

    /// Keeps the account's `keep` most recently used tokens, `newest` among them, and deletes the others.
    pub(super) async fn delete_beyond(
        &self,
        connection: &mut AnyConnection,
        (account, newest): (i64, &str),
        keep: u32,
    ) -> sqlx::Result<()> {
        let delete = sqlx::query(
            "DELETE FROM opaque_token WHERE id IN (SELECT id FROM opaque_token WHERE account = $1 AND id <> $2 \
             ORDER BY last_seen_at DESC, created_at DESC, id LIMIT 1000000 OFFSET $3)",
        );
        let delete = delete.bind(account).bind(newest).bind(i64::from(keep.saturating_sub(1)));
        self.meter.delete.measured(delete.execute(connection)).await.map(drop)
    }

    /// Deletes the account's tokens except `except`, which gets the account's generation. Returns whether `except` exists.
    pub(super) async fn delete_others(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        except: &str,
    ) -> sqlx::Result<bool> {
        let delete =
            sqlx::query("DELETE FROM opaque_token WHERE account = $1 AND id <> $2").bind(account.id).bind(except);
        self.meter.delete.measured(delete.execute(&mut *connection)).await?;
        let update = sqlx::query("UPDATE opaque_token SET account_generation = $2 WHERE id = $1");
        let update = update.bind(except).bind(account.generation).execute(connection);
        Ok(self.meter.update.measured(update).await?.rows_affected() > 0)
    }

    pub(super) async fn purge(&self, now: i64) -> Result<(), Unavailable> {
        let purge = sqlx::query("DELETE FROM opaque_token WHERE expires_at <= $1").bind(now);
        self.database.change_in_background(&self.meter.delete, purge).await.map(drop)
    }
}

fn login(row: &AnyRow) -> sqlx::Result<OpaqueLogin> {
    let (id, json): (String, String) = (row.try_get("id")?, row.try_get("items")?);
    let device = Device { user_agent: row.try_get("user_agent")? };
    let agent = device.user_agent.as_ref().map_or(0, String::len);
    Ok(OpaqueLogin {
        bytes: U_TOKEN_BYTES + id.len() + json.len() + agent + 5 * size_of::<i64>(),
        id,
        account: Account {
            id: row.try_get("account")?,
            username: row.try_get("username")?,
            generation: row.try_get("account_generation")?,
        },
        items: items(row)?,
        created_at: row.try_get("created_at")?,
        last_seen_at: row.try_get("last_seen_at")?,
        expires_at: row.try_get("expires_at")?,
        device,
    })
}

fn items(row: &AnyRow) -> sqlx::Result<Items> {
    serde_json::from_str(row.try_get("items")?).map_err(|error| sqlx::Error::Decode(error.into()))
}

fn to_json(items: &Items) -> String {
    serde_json::to_string(items).expect("items are JSON")
}
