//! Opaque access tokens: random texts. Everything else is in a row of the database, which is found by a digest of the token.
//!
//! * [`login`]: the row as a login
//! * [`table`]: the SQL

mod login;
mod table;

use std::time::Duration;

use authlab_clock::{Clock, whole_seconds};
use authlab_database::Database;
use authlab_endings::Endings;
use authlab_mechanism::{
    handover::Token,
    items::{NewItem, Which},
    login::{Account, Device, ListedLogin, LoginId},
    refusal::{Denied, Refusal, Unavailable},
};
use authlab_secrets::random::to_hex;
use sha2::{Digest as _, Sha256};
use sqlx::AnyConnection;

pub(crate) use self::login::OpaqueLogin;
use self::table::OpaqueTokenTable;
use crate::{
    items::Items,
    text::{self, OPAQUE_PREFIX, random_block},
};

/// Keys and values of the items of one login, as in a session.
const MAX_ITEM_BYTES: usize = 64 * 1024;
/// Seconds between two updates of `last_seen_at`.
const LAST_SEEN_INTERVAL: i64 = 60;

/// All opaque tokens, in the database.
#[derive(Debug)]
pub(crate) struct OpaqueTokens {
    table: OpaqueTokenTable,
    clock: Clock,
    endings: Endings,
    lifetime: Duration,
}

impl OpaqueTokens {
    pub(crate) fn new(database: Database, clock: Clock, endings: Endings, lifetime: Duration) -> Self {
        Self { table: OpaqueTokenTable::new(database), clock, endings, lifetime }
    }

    /// Begins a login with a new token, within a transaction that writes.
    pub(crate) async fn begin(
        &self,
        connection: &mut AnyConnection,
        (account, device): (&Account, &Device),
        items: Items,
    ) -> sqlx::Result<(OpaqueLogin, Token)> {
        let (now, token) = (self.clock.seconds(), text::token(OPAQUE_PREFIX, &(random_block() + &random_block())));
        let login = OpaqueLogin {
            id: random_block(),
            account: account.clone(),
            items,
            created_at: now,
            last_seen_at: now,
            expires_at: now.saturating_add(whole_seconds(self.lifetime)),
            device: device.clone(),
            bytes: 0,
        };
        self.table.insert(connection, &digest(token.expose()), &login).await?;
        let token =
            Token { access_token: token, expires_in: self.lifetime, kept_for: self.lifetime, refresh_token: None };
        Ok((login, token))
    }

    /// The live login of the token. One read, and a write if the token was not seen for a while.
    pub(crate) async fn find(&self, token: &str) -> Result<Result<OpaqueLogin, Denied>, Unavailable> {
        let now = self.clock.seconds();
        let login = match self.read(token).await? {
            Ok(login) => login,
            Err(denied) => return Ok(Err(denied)),
        };
        if self.endings.has_ended(login.for_endings(), now).await? {
            return Ok(Err(Denied::Ended));
        }
        if now - login.last_seen_at >= LAST_SEEN_INTERVAL {
            self.table.update_last_seen(&digest(token), now).await?;
        }
        Ok(Ok(login))
    }

    /// The login of the token, also if all logins of its account have ended.
    pub(crate) async fn read(&self, token: &str) -> Result<Result<OpaqueLogin, Denied>, Unavailable> {
        let Some(u_token) = u_token(token) else { return Ok(Err(Denied::Malformed)) };
        Ok(self.table.find(&u_token, self.clock.seconds()).await?.ok_or(Denied::Ended))
    }

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

    async fn change_items(
        &self,
        token: &str,
        now: i64,
        change: impl FnOnce(&mut Items) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let u_token = u_token(token).ok_or(Refusal::NotLoggedIn(Denied::Malformed))?;
        let changed = self.table.change_items((&u_token, &self.endings), now, change).await?;
        changed.ok_or(Refusal::NotLoggedIn(Denied::Ended))
    }

    /// Deletes the row of the token, within a transaction that writes.
    pub(crate) async fn end(&self, connection: &mut AnyConnection, token: &str) -> sqlx::Result<()> {
        match u_token(token) {
            Some(u_token) => self.table.delete(connection, &u_token).await,
            None => Ok(()),
        }
    }

    /// Deletes the row of the login if it belongs to the account.
    pub(crate) async fn end_of(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        id: &LoginId,
    ) -> sqlx::Result<()> {
        self.table.delete_of(connection, account.id, &id.0).await
    }

    /// Ends the least recently used logins of the account if there are more than `at_most`. `newest` stays.
    pub(crate) async fn end_beyond(
        &self,
        connection: &mut AnyConnection,
        newest: &OpaqueLogin,
        at_most: u32,
    ) -> sqlx::Result<()> {
        self.table.delete_beyond(connection, (newest.account.id, &newest.id), at_most).await
    }

    /// Ends all logins of the account except `except`, which gets the account's generation. Returns whether `except` exists.
    pub(crate) async fn end_others(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        except: &LoginId,
    ) -> sqlx::Result<bool> {
        self.table.delete_others(connection, account, &except.0).await
    }

    /// The logins of the account, for its owner.
    pub(crate) async fn list(&self, account: &Account, current: &LoginId) -> Result<Vec<ListedLogin>, Unavailable> {
        let now = self.clock.seconds();
        let mut logins = Vec::new();
        for login in self.table.of_account(account.id, now).await? {
            if !self.endings.has_ended(login.for_endings(), now).await? {
                logins.push(login.listed(current));
            }
        }
        Ok(logins)
    }

    pub(crate) async fn purge(&self, now: i64) -> Result<(), Unavailable> {
        self.table.purge(now).await
    }
}

/// The column by which a token is found. `None`, without a look-up, for a text that this service never issued.
fn u_token(token: &str) -> Option<String> {
    text::body(OPAQUE_PREFIX, token).map(|_| digest(token))
}

fn digest(token: &str) -> String {
    to_hex(&Sha256::digest(token))
}
