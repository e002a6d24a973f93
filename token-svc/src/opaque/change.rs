//! Changes of the items of an opaque token. A change locks the row first, so that of two changes at once none is lost.

use authlab_database::answer;
use authlab_mechanism::{
    items::{NewItem, Which},
    refusal::{Denied, Refusal},
};
use sqlx::Row as _;

use super::{
    OpaqueTokens,
    login::{for_endings, items_as_json, parse_items},
    u_token,
};
use crate::items::Items;

/// Keys and values of the items of one login, as in a session.
const MAX_ITEM_BYTES: usize = 64 * 1024;

impl OpaqueTokens {
    pub(crate) async fn put_item(&self, token: &str, item: NewItem) -> Result<(), Refusal> {
        let now = self.clock.seconds();
        self.change_items(token, now, |items| {
            items.put(item, now);
            let fits = items.bytes() <= MAX_ITEM_BYTES;
            fits.then_some(()).ok_or(Refusal::TooLarge { what: "the items of a token", limit: MAX_ITEM_BYTES })
        })
        .await
    }

    pub(crate) async fn remove_items(&self, token: &str, which: Which<'_>) -> Result<(), Refusal> {
        self.change_items(token, self.clock.seconds(), |items| {
            items.remove(which);
            Ok(())
        })
        .await
    }

    /// A refusal of `change` leaves the items as they were.
    async fn change_items(
        &self,
        token: &str,
        now: i64,
        change: impl FnOnce(&mut Items) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let u_token = u_token(token).ok_or(Refusal::NotLoggedIn(Denied::Malformed))?;
        answer(self.table.meter.update.measured(self.lock_and_change(&u_token, now, change))).await?
    }

    async fn lock_and_change(
        &self,
        u_token: &str,
        now: i64,
        change: impl FnOnce(&mut Items) -> Result<(), Refusal>,
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
        if let Err(refusal) = change(&mut items) {
            return Ok(Err(refusal));
        }
        let write = sqlx::query("UPDATE opaque_token SET items = $2 WHERE u_token = $1");
        write.bind(u_token).bind(items_as_json(&items)).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Ok(()))
    }
}
