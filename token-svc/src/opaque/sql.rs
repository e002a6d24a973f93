//! Opaque tokens in the database: each is a row. A change of items locks the row first, so that of two changes at once none is lost.

use std::num::NonZeroU32;

use async_trait::async_trait;
use authlab_database::{Database, answer};
use authlab_endings::Endings;
use authlab_mechanism::{
    login::Place,
    refusal::{Denied, Refusal, Unavailable},
};
use authlab_secrets::{Secret, random::to_hex};
use sqlx::{AnyConnection, Row as _};

use super::{
    login::{OpaqueLogin, for_endings, items_as_json, parse_items},
    store::{ChangeItems, EndedWithin, MAX_ITEM_BYTES, NewOpaqueLogin, OpaqueEnd, OpaqueStore, too_large},
    token::{TokenKey, fresh},
};
use crate::{
    items::Items,
    login_table::{LoginTable, OPAQUE_TOKENS},
    text::random_block,
};

#[derive(Debug)]
pub(crate) struct TokensInSql {
    table: LoginTable,
    endings: Endings,
    /// Maximum number of logins per account. `None`: unlimited.
    at_most: Option<NonZeroU32>,
}

impl TokensInSql {
    pub(crate) fn new(database: &Database, endings: Endings, at_most: Option<NonZeroU32>) -> Self {
        Self { table: LoginTable::new(database, &OPAQUE_TOKENS), endings, at_most }
    }

    async fn lock_and_change(
        &self,
        u_token: &str,
        change: ChangeItems<'_>,
        now: i64,
    ) -> sqlx::Result<Result<(), Refusal>> {
        let ended = || Ok(Err(Refusal::NotLoggedIn(Denied::Ended)));
        let mut transaction = self.table.database.begin_to_write().await?;
        let lock = "UPDATE opaque_token SET last_seen_at = $2 WHERE u_token = $1 AND expires_at > $2 \
                    RETURNING items, id, account, account_generation";
        let row = sqlx::query(lock).bind(u_token).bind(now).fetch_optional(&mut *transaction).await?;
        let Some(row) = row else { return ended() };
        let login = for_endings((row.try_get("account")?, row.try_get("account_generation")?), row.try_get("id")?);
        match self.endings.has_ended_in(&mut transaction, login, now).await {
            Ok(false) => {}
            Ok(true) => return ended(),
            Err(unavailable) => return Ok(Err(unavailable.into())),
        }
        let mut items = parse_items(row.try_get("items")?)?;
        if let Err(refusal) = changed(&mut items, change, now) {
            return Ok(Err(refusal));
        }
        let write = sqlx::query("UPDATE opaque_token SET items = $2 WHERE u_token = $1");
        write.bind(u_token).bind(items_as_json(&items)).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Ok(()))
    }
}

#[async_trait]
impl OpaqueStore for TokensInSql {
    fn place(&self) -> Place {
        Place::Sql
    }

    fn new_token(&self, _: i64) -> (Secret, String) {
        (fresh(""), random_block())
    }

    async fn find(&self, token: TokenKey<'_>, now: i64) -> Result<Option<OpaqueLogin>, Unavailable> {
        self.table.find(&u_token(token), now, OpaqueLogin::read).await
    }

    async fn touch(&self, token: TokenKey<'_>, now: i64) -> Result<bool, Unavailable> {
        let update = sqlx::query("UPDATE opaque_token SET last_seen_at = $2 WHERE u_token = $1 AND last_seen_at < $2");
        self.table.database.change(&self.table.meter.update, update.bind(u_token(token)).bind(now)).await?;
        // No changed row may also mean that another request was first.
        Ok(true)
    }

    async fn change_items(&self, token: TokenKey<'_>, change: ChangeItems<'_>, now: i64) -> Result<(), Refusal> {
        let u_token = u_token(token);
        answer(self.table.meter.update.measured(self.lock_and_change(&u_token, change, now))).await?
    }

    async fn of_account(&self, account: i64, now: i64) -> Result<Vec<OpaqueLogin>, Unavailable> {
        self.table.of_account(account, now, OpaqueLogin::read).await
    }

    async fn begin_within(&self, connection: &mut AnyConnection, login: &NewOpaqueLogin) -> sqlx::Result<()> {
        let NewOpaqueLogin { row, items, .. } = login;
        let insert = sqlx::query(
            "INSERT INTO opaque_token (u_token, id, account, items, created_at, last_seen_at, expires_at, user_agent, \
             account_generation) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        );
        let insert = insert.bind(u_token(login.key())).bind(&row.id).bind(row.account.id).bind(items_as_json(items));
        let insert = insert.bind(row.created_at).bind(row.last_seen_at).bind(row.expires_at);
        let insert = insert.bind(&row.device.user_agent).bind(row.account.generation);
        self.table.meter.insert.measured(insert.execute(&mut *connection)).await?;
        if let Some(at_most) = self.at_most {
            self.table.delete_beyond(connection, row, at_most.get()).await?;
        }
        Ok(())
    }

    async fn end_within<'e>(
        &self,
        connection: &mut AnyConnection,
        ends: Vec<OpaqueEnd<'e>>,
    ) -> sqlx::Result<EndedWithin<'e>> {
        let mut spared_exists = true;
        for end in ends {
            match end {
                OpaqueEnd::Token(token) => drop(self.table.delete(connection, &u_token(token)).await?),
                OpaqueEnd::Login(account, id) => drop(self.table.delete_of(connection, &account, &id).await?),
                OpaqueEnd::Others(account, but) => {
                    spared_exists = self.table.delete_others(connection, &account, &but).await?;
                }
            }
        }
        Ok(EndedWithin { left: Vec::new(), spared_exists })
    }

    async fn end(&self, ends: Vec<OpaqueEnd<'_>>) -> Result<(), Unavailable> {
        if ends.is_empty() {
            return Ok(());
        }
        answer(async {
            let mut transaction = self.table.database.begin_to_write().await?;
            self.end_within(&mut transaction, ends).await?;
            transaction.commit().await
        })
        .await
    }

    async fn purge(&self, now: i64) -> Result<(), Unavailable> {
        self.table.purge(now).await
    }
}

fn changed(items: &mut Items, change: ChangeItems<'_>, now: i64) -> Result<(), Refusal> {
    match change {
        ChangeItems::Put(item) => items.put(item, now),
        ChangeItems::Remove(which) => {
            items.remove(which);
            return Ok(());
        }
    }
    if items.bytes() > MAX_ITEM_BYTES { Err(too_large()) } else { Ok(()) }
}

/// The column by which a token is found: its digest.
fn u_token(token: TokenKey<'_>) -> String {
    to_hex(&token.digest)
}
