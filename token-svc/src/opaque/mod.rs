//! Opaque tokens: random, and everything else is in a row of the server's, found by a digest of the token.
//!
//! * [`rows`]: the SQL

mod rows;

use std::time::Duration;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use shared::{
    clock::{Clock, whole_seconds},
    database::Database,
    endings::{Endings, Shown},
    handover::Token,
    items::{NewItem, Which},
    login::{Account, Device, ListedLogin, Login, LoginId, Place, Record},
    random::to_hex,
    refusal::{Denied, Refusal, Unavailable},
};
use sqlx::AnyConnection;

use self::rows::Rows;
use crate::{
    items::{Items, instant},
    text::{self, OPAQUE, random_block},
};

/// Bytes that keys and values of the items may take together, as in a session.
const MOST_BYTES: usize = 64 * 1024;
/// When a token was last seen is written down once in so many seconds.
const SEEN_EVERY: i64 = 60;
/// Of a digest in hexadecimal.
const U_TOKEN_BYTES: usize = 64;

/// All opaque tokens, in the database.
#[derive(Debug)]
pub(crate) struct OpaqueTokens {
    rows: Rows,
    clock: Clock,
    endings: Endings,
    lifetime: Duration,
}

/// What a row has. Instants are seconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) account: Account,
    pub(crate) items: Items,
    pub(crate) created_at: i64,
    last_seen_at: i64,
    pub(crate) expires_at: i64,
    device: Device,
    /// What the row takes: texts as they are, and eight for each number.
    bytes: usize,
}

impl OpaqueTokens {
    pub(crate) fn new(database: Database, clock: Clock, endings: Endings, lifetime: Duration) -> Self {
        Self { rows: Rows::new(database), clock, endings, lifetime }
    }

    /// A new token, within a transaction that writes.
    pub(crate) async fn begin(
        &self,
        connection: &mut AnyConnection,
        (account, device): (&Account, &Device),
        items: Items,
    ) -> sqlx::Result<(Kept, Token)> {
        let (now, token) = (self.clock.seconds(), text::sealed(OPAQUE, &(random_block() + &random_block())));
        let kept = Kept {
            id: random_block(),
            account: account.clone(),
            items,
            created_at: now,
            last_seen_at: now,
            expires_at: now.saturating_add(whole_seconds(self.lifetime)),
            device: device.clone(),
            bytes: 0,
        };
        self.rows.insert(connection, &digest(token.expose()), &kept).await?;
        let token =
            Token { access_token: token, expires_in: self.lifetime, kept_for: self.lifetime, refresh_token: None };
        Ok((kept, token))
    }

    /// What is kept under this token. One read, and a write where it was not seen for a while.
    pub(crate) async fn find(&self, token: &str) -> Result<Result<Kept, Denied>, Unavailable> {
        let now = self.clock.seconds();
        let kept = match self.row(token).await? {
            Ok(kept) => kept,
            Err(denied) => return Ok(Err(denied)),
        };
        if self.endings.has_ended(kept.shown(), now).await? {
            return Ok(Err(Denied::Ended));
        }
        if now - kept.last_seen_at >= SEEN_EVERY {
            self.rows.seen(&digest(token), now).await?;
        }
        Ok(Ok(kept))
    }

    /// The same, whether or not an ending of all of the account's logins has reached it.
    pub(crate) async fn row(&self, token: &str) -> Result<Result<Kept, Denied>, Unavailable> {
        let Some(u_token) = u_token(token) else { return Ok(Err(Denied::Malformed)) };
        Ok(self.rows.find(&u_token, self.clock.seconds()).await?.ok_or(Denied::Ended))
    }

    pub(crate) async fn put(&self, token: &str, item: NewItem) -> Result<(), Refusal> {
        let now = self.clock.seconds();
        self.change(token, now, |items| {
            items.put(item, now);
            let fits = items.bytes() <= MOST_BYTES;
            fits.then_some(()).ok_or(Refusal::TooLarge { what: "the items of a token", limit: MOST_BYTES })
        })
        .await
    }

    pub(crate) async fn remove(&self, token: &str, which: Which<'_>) -> Result<(), Refusal> {
        self.change(token, self.clock.seconds(), |items| {
            items.remove(which);
            Ok(())
        })
        .await
    }

    async fn change(
        &self,
        token: &str,
        now: i64,
        change: impl FnOnce(&mut Items) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let u_token = u_token(token).ok_or(Refusal::NotLoggedIn(Denied::Malformed))?;
        self.rows.change((&u_token, &self.endings), now, change).await?.ok_or(Refusal::NotLoggedIn(Denied::Ended))
    }

    /// The row goes, and what it kept, within a transaction that writes.
    pub(crate) async fn end(&self, connection: &mut AnyConnection, token: &str) -> sqlx::Result<()> {
        match u_token(token) {
            Some(u_token) => self.rows.delete(connection, &u_token).await,
            None => Ok(()),
        }
    }

    pub(crate) async fn end_of(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        id: &LoginId,
    ) -> sqlx::Result<()> {
        self.rows.delete_of(connection, account.id, &id.0).await
    }

    /// Ends the least recently used logins of the account where there are more than `at_most`; `newest` stays.
    pub(crate) async fn end_beyond(
        &self,
        connection: &mut AnyConnection,
        newest: &Kept,
        at_most: u32,
    ) -> sqlx::Result<()> {
        self.rows.delete_beyond(connection, (newest.account.id, &newest.id), at_most).await
    }

    /// Ends all logins of the account but this one, which goes on with the account's generation. Whether there is this one.
    pub(crate) async fn end_others(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        but: &LoginId,
    ) -> sqlx::Result<bool> {
        self.rows.delete_others(connection, account, &but.0).await
    }

    /// As the owner of the account sees them.
    pub(crate) async fn list(&self, account: &Account, current: &LoginId) -> Result<Vec<ListedLogin>, Unavailable> {
        let now = self.clock.seconds();
        let mut logins = Vec::new();
        for kept in self.rows.of_account(account.id, now).await? {
            if !self.endings.has_ended(kept.shown(), now).await? {
                logins.push(kept.listed(current));
            }
        }
        Ok(logins)
    }

    pub(crate) async fn purge(&self, now: i64) -> Result<(), Unavailable> {
        self.rows.purge(now).await
    }
}

/// Whether the text says that it is one.
pub(crate) fn is_opaque(token: &str) -> bool {
    token.starts_with(OPAQUE)
}

/// The column by which a token is found; `None`, without a look-up, for a text that was never handed out.
fn u_token(token: &str) -> Option<String> {
    text::body(OPAQUE, token).map(|_| digest(token))
}

fn digest(token: &str) -> String {
    to_hex(&Sha256::digest(token))
}

impl Kept {
    pub(crate) fn shown(&self) -> Shown<'_> {
        shown((self.account.id, self.account.generation), &self.id)
    }

    pub(crate) fn login(&self) -> Login {
        Login {
            username: self.account.username.clone(),
            issued_at: instant(self.created_at),
            expires_at: instant(self.expires_at),
        }
    }

    pub(crate) fn login_id(&self) -> LoginId {
        LoginId(self.id.clone())
    }

    /// All of the row but the digest.
    pub(crate) fn record(&self, now: i64) -> Record {
        let record = json!({
            "id": self.id,
            "username": self.account.username,
            "items": self.items.live(now),
            "created_at": instant(self.created_at),
            "last_seen_at": instant(self.last_seen_at),
            "expires_at": instant(self.expires_at),
            "user_agent": self.device.user_agent,
        });
        Record { place: Place::Sql, bytes: u64::try_from(self.bytes).unwrap_or(u64::MAX), record: Some(record) }
    }

    fn listed(self, current: &LoginId) -> ListedLogin {
        ListedLogin {
            current: self.id == current.0,
            id: LoginId(self.id),
            created_at: instant(self.created_at),
            last_seen_at: instant(self.last_seen_at),
            expires_at: instant(self.expires_at),
            user_agent: self.device.user_agent,
        }
    }
}

/// As the endings know a login.
fn shown((account, generation): (i64, i64), id: &str) -> Shown<'_> {
    Shown { account: Some(account), generation, login: id, username: "", issued_at: i64::MAX }
}
