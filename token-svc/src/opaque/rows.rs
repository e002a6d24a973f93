//! The rows of opaque tokens. A change first takes the row, so that of two at once both survive.

use shared::{
    database::{Database, answer, unavailable},
    endings::Endings,
    login::{Account, Device},
    refusal::{Refusal, Unavailable},
    telemetry::stores::TableMeter,
};
use sqlx::{AnyConnection, Row as _, any::AnyRow};

use super::{Kept, U_TOKEN_BYTES, shown};
use crate::items::Items;

/// The rows of which this holds.
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
pub(super) struct Rows {
    database: Database,
    meter: TableMeter,
}

impl Rows {
    pub(super) fn new(database: Database) -> Self {
        Self { meter: database.table("opaque_token"), database }
    }

    pub(super) async fn insert(&self, connection: &mut AnyConnection, u_token: &str, kept: &Kept) -> sqlx::Result<()> {
        let insert = sqlx::query(
            "INSERT INTO opaque_token (u_token, id, account, items, created_at, last_seen_at, expires_at, user_agent, \
             account_generation) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        );
        let insert = insert.bind(u_token).bind(&kept.id).bind(kept.account.id).bind(written(&kept.items));
        let insert = insert.bind(kept.created_at).bind(kept.last_seen_at).bind(kept.expires_at);
        let insert = insert.bind(&kept.device.user_agent).bind(kept.account.generation);
        self.meter.insert.measured(insert.execute(connection)).await.map(drop)
    }

    pub(super) async fn find(&self, u_token: &str, now: i64) -> Result<Option<Kept>, Unavailable> {
        let query = sqlx::query(tokens!("o.u_token = $1 AND o.expires_at > $2")).bind(u_token).bind(now);
        let row = answer(self.meter.select.measured(query.fetch_optional(self.database.pool()))).await?;
        row.as_ref().map(kept).transpose().map_err(unavailable)
    }

    pub(super) async fn of_account(&self, account: i64, now: i64) -> Result<Vec<Kept>, Unavailable> {
        let query = sqlx::query(tokens!("o.account = $1 AND o.expires_at > $2")).bind(account).bind(now);
        let rows = answer(self.meter.select.measured(query.fetch_all(self.database.pool()))).await?;
        rows.iter().map(kept).collect::<sqlx::Result<_>>().map_err(unavailable)
    }

    pub(super) async fn seen(&self, u_token: &str, now: i64) -> Result<(), Unavailable> {
        let seen = sqlx::query("UPDATE opaque_token SET last_seen_at = $2 WHERE u_token = $1 AND last_seen_at < $2");
        self.database.change(&self.meter.update, seen.bind(u_token).bind(now)).await.map(drop)
    }

    /// What `change` makes of the items; `None` if there is no such token any more, or if its login has ended. A refusal changes nothing.
    pub(super) async fn change(
        &self,
        (u_token, endings): (&str, &Endings),
        now: i64,
        change: impl FnOnce(&mut Items) -> Result<(), Refusal>,
    ) -> Result<Option<()>, Refusal> {
        answer(self.meter.update.measured(self.changed((u_token, endings), now, change))).await?
    }

    async fn changed(
        &self,
        (u_token, endings): (&str, &Endings),
        now: i64,
        change: impl FnOnce(&mut Items) -> Result<(), Refusal>,
    ) -> sqlx::Result<Result<Option<()>, Refusal>> {
        let mut transaction = self.database.begin_to_write().await?;
        let take = "UPDATE opaque_token SET last_seen_at = $2 WHERE u_token = $1 AND expires_at > $2 \
                    RETURNING items, id, account, account_generation";
        let row = sqlx::query(take).bind(u_token).bind(now).fetch_optional(&mut *transaction).await?;
        let Some(row) = row else { return Ok(Ok(None)) };
        let id: String = row.try_get("id")?;
        let shown = shown((row.try_get("account")?, row.try_get("account_generation")?), &id);
        match endings.has_ended_in(&mut transaction, shown, now).await {
            Ok(false) => {}
            Ok(true) => return Ok(Ok(None)),
            Err(unavailable) => return Ok(Err(unavailable.into())),
        }
        let mut items = read(&row)?;
        if let Err(refusal) = change(&mut items) {
            return Ok(Err(refusal));
        }
        let write = sqlx::query("UPDATE opaque_token SET items = $2 WHERE u_token = $1");
        write.bind(u_token).bind(written(&items)).execute(&mut *transaction).await?;
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

    /// Deletes the account's tokens but the `keep` that were used last; `newest` is one of them.
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

    /// Deletes the account's tokens but the one of this id, which goes on with the account's generation. Whether there is this one.
    pub(super) async fn delete_others(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        but: &str,
    ) -> sqlx::Result<bool> {
        let delete = sqlx::query("DELETE FROM opaque_token WHERE account = $1 AND id <> $2").bind(account.id).bind(but);
        self.meter.delete.measured(delete.execute(&mut *connection)).await?;
        let update = sqlx::query("UPDATE opaque_token SET account_generation = $2 WHERE id = $1");
        let update = update.bind(but).bind(account.generation).execute(connection);
        Ok(self.meter.update.measured(update).await?.rows_affected() > 0)
    }

    pub(super) async fn purge(&self, now: i64) -> Result<(), Unavailable> {
        let purge = sqlx::query("DELETE FROM opaque_token WHERE expires_at <= $1").bind(now);
        self.database.change_in_background(&self.meter.delete, purge).await.map(drop)
    }
}

fn kept(row: &AnyRow) -> sqlx::Result<Kept> {
    let (id, items): (String, String) = (row.try_get("id")?, row.try_get("items")?);
    let device = Device { user_agent: row.try_get("user_agent")? };
    let agent = device.user_agent.as_ref().map_or(0, String::len);
    Ok(Kept {
        bytes: U_TOKEN_BYTES + id.len() + items.len() + agent + 5 * size_of::<i64>(),
        id,
        account: Account {
            id: row.try_get("account")?,
            username: row.try_get("username")?,
            generation: row.try_get("account_generation")?,
        },
        items: read(row)?,
        created_at: row.try_get("created_at")?,
        last_seen_at: row.try_get("last_seen_at")?,
        expires_at: row.try_get("expires_at")?,
        device,
    })
}

fn read(row: &AnyRow) -> sqlx::Result<Items> {
    serde_json::from_str(row.try_get("items")?).map_err(|error| sqlx::Error::Decode(error.into()))
}

fn written(items: &Items) -> String {
    serde_json::to_string(items).expect("items are JSON")
}
