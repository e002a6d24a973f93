//! Opaque access tokens: random texts. Everything else is in a row of the database, which is found by a digest of the token.
//!
//! * [`login`]: the row as a login
//! * [`change`]: changes of its items

mod change;
mod login;

use std::time::Duration;

use authlab_clock::Clock;
use authlab_database::Database;
use authlab_endings::Endings;
use authlab_mechanism::{
    handover::Token,
    login::{Account, Device, ListedLogin, LoginId},
    refusal::{Denied, Unavailable},
};
use authlab_secrets::random::to_hex;
use sha2::{Digest as _, Sha256};
use sqlx::AnyConnection;

pub(crate) use self::login::OpaqueLogin;
use self::login::items_as_json;
use crate::{
    items::Items,
    login_row::LoginRow,
    login_table::{LoginTable, OPAQUE_TOKENS},
    text::{self, OPAQUE_PREFIX, random_block},
};

/// Seconds between two updates of `last_seen_at`.
const LAST_SEEN_INTERVAL: i64 = 60;

/// All opaque tokens, in the database.
#[derive(Debug)]
pub(crate) struct OpaqueTokens {
    pub(crate) table: LoginTable,
    clock: Clock,
    endings: Endings,
    lifetime: Duration,
}

impl OpaqueTokens {
    pub(crate) fn new(database: &Database, clock: Clock, endings: Endings, lifetime: Duration) -> Self {
        Self { table: LoginTable::new(database, &OPAQUE_TOKENS), clock, endings, lifetime }
    }

    /// Begins a login with a new token, within a transaction that writes.
    pub(crate) async fn begin(
        &self,
        connection: &mut AnyConnection,
        (account, device): (&Account, &Device),
        items: &Items,
    ) -> sqlx::Result<(LoginRow, Token)> {
        let access_token = text::token(OPAQUE_PREFIX, &(random_block() + &random_block()));
        let login = LoginRow::new(account, device, self.clock.seconds(), self.lifetime);
        let insert = sqlx::query(
            "INSERT INTO opaque_token (u_token, id, account, items, created_at, last_seen_at, expires_at, user_agent, \
             account_generation) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        );
        let insert = insert.bind(digest(access_token.expose())).bind(&login.id).bind(account.id);
        let insert = insert.bind(items_as_json(items)).bind(login.created_at).bind(login.last_seen_at);
        let insert = insert.bind(login.expires_at).bind(&device.user_agent).bind(account.generation);
        self.table.meter.insert.measured(insert.execute(connection)).await?;
        let token = Token { access_token, expires_in: self.lifetime, kept_for: self.lifetime, refresh_token: None };
        Ok((login, token))
    }

    /// The live login of the token. One read, and a write if the token was not seen for a while.
    pub(crate) async fn find(&self, token: &str) -> Result<Result<OpaqueLogin, Denied>, Unavailable> {
        let now = self.clock.seconds();
        let found = self.find_unused(token).await?;
        if let Ok(login) = &found
            && now - login.row.last_seen_at >= LAST_SEEN_INTERVAL
        {
            let update =
                sqlx::query("UPDATE opaque_token SET last_seen_at = $2 WHERE u_token = $1 AND last_seen_at < $2");
            self.table.database.change(&self.table.meter.update, update.bind(digest(token)).bind(now)).await?;
        }
        Ok(found)
    }

    /// As [`find`](Self::find), but does not count as a use.
    pub(crate) async fn find_unused(&self, token: &str) -> Result<Result<OpaqueLogin, Denied>, Unavailable> {
        let login = match self.read(token).await? {
            Ok(login) => login,
            Err(denied) => return Ok(Err(denied)),
        };
        let ended = self.endings.has_ended(login.for_endings(), self.clock.seconds()).await?;
        Ok(if ended { Err(Denied::Ended) } else { Ok(login) })
    }

    /// The login of the token, also if all logins of its account have ended.
    pub(crate) async fn read(&self, token: &str) -> Result<Result<OpaqueLogin, Denied>, Unavailable> {
        let Some(u_token) = u_token(token) else { return Ok(Err(Denied::Malformed)) };
        Ok(self.table.find(&u_token, self.clock.seconds(), OpaqueLogin::read).await?.ok_or(Denied::Ended))
    }

    /// Deletes the row of the token, within a transaction that writes.
    pub(crate) async fn end(&self, connection: &mut AnyConnection, token: &str) -> sqlx::Result<()> {
        let Some(u_token) = u_token(token) else { return Ok(()) };
        self.table.delete(connection, &u_token).await.map(drop)
    }

    /// The logins of the account, for its owner.
    pub(crate) async fn list(&self, account: &Account, current: &LoginId) -> Result<Vec<ListedLogin>, Unavailable> {
        let now = self.clock.seconds();
        let mut logins = Vec::new();
        for login in self.table.of_account(account.id, now, OpaqueLogin::read).await? {
            if !self.endings.has_ended(login.for_endings(), now).await? {
                logins.push(login.row.listed(current));
            }
        }
        Ok(logins)
    }
}

/// The column by which a token is found. `None`, without a look-up, for a text that this service never issued.
fn u_token(token: &str) -> Option<String> {
    text::body(OPAQUE_PREFIX, token).map(|_| digest(token))
}

fn digest(token: &str) -> String {
    to_hex(&Sha256::digest(token))
}
