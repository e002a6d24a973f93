//! Opaque access tokens: random texts. Everything else is in a store, which finds it by a digest of the token.
//!
//! * [`token`]: the text of a token, and the key of its login
//! * [`login`]: the login behind a token
//! * [`store`]: what a store must do; [`sql`], [`redis`]: the stores

mod login;
#[cfg(test)]
mod promises;
mod redis;
mod sql;
mod store;
#[cfg(test)]
mod tests;
mod token;

use std::{sync::Arc, time::Duration};

use authlab_clock::Clock;
use authlab_endings::Endings;
use authlab_mechanism::{
    handover::Token,
    items::{NewItem, Which},
    login::{Account, Device, ListedLogin, LoginId},
    refusal::{Denied, Refusal, Unavailable},
};
use authlab_service::{Ground, StartError};

pub(crate) use self::{
    login::OpaqueLogin,
    store::{EndedWithin, NewOpaqueLogin, OpaqueEnd, OpaqueStore},
    token::TokenKey,
};
use self::{redis::TokensInRedis, sql::TokensInSql, store::ChangeItems};
use crate::{
    items::Items,
    login_row::LoginRow,
    settings::{TokenSettings, TokenStore},
};

/// Seconds between two records of a login's last use.
const LAST_SEEN_INTERVAL: i64 = 60;

/// All opaque tokens, in their store.
#[derive(Debug)]
pub(crate) struct OpaqueTokens {
    pub(crate) store: Arc<dyn OpaqueStore>,
    clock: Clock,
    endings: Endings,
    lifetime: Duration,
}

impl OpaqueTokens {
    pub(crate) async fn open(settings: &TokenSettings, ground: &Ground, endings: Endings) -> Result<Self, StartError> {
        let store: Arc<dyn OpaqueStore> = match &settings.token_store {
            TokenStore::Sql => Arc::new(TokensInSql::new(&ground.database, endings.clone(), ground.logins_at_most.0)),
            TokenStore::Redis(url) => {
                let at = (url, settings.token_prefix.as_ref());
                Arc::new(TokensInRedis::open(at, ground, endings.clone()).await?)
            }
        };
        Ok(Self { store, clock: ground.clock.clone(), endings, lifetime: settings.opaque_token_lifetime })
    }

    /// A login with a fresh token, which the store does not know yet.
    pub(crate) fn new_login(&self, account: &Account, device: &Device, items: Items) -> NewOpaqueLogin {
        let (token, id) = self.store.new_token(account.id);
        NewOpaqueLogin { token, row: LoginRow::new(id, account, device, self.clock.seconds(), self.lifetime), items }
    }

    /// The answer to the client whose login has begun.
    pub(crate) fn token(&self, login: &NewOpaqueLogin) -> Token {
        let (expires_in, kept_for) = (self.lifetime, self.lifetime);
        Token { access_token: login.token.clone(), expires_in, kept_for, refresh_token: None }
    }

    /// The live login of the token. Counts as a use: one read, and a write if the token was not seen for a while.
    pub(crate) async fn find(&self, token: &str) -> Result<Result<OpaqueLogin, Denied>, Unavailable> {
        let Some(key) = TokenKey::parse(token) else { return Ok(Err(Denied::Malformed)) };
        let now = self.clock.seconds();
        let found = self.live(key, now).await?;
        if let Ok(login) = &found
            && now - login.row.last_seen_at >= LAST_SEEN_INTERVAL
            && !self.store.touch(key, now).await?
        {
            return Ok(Err(Denied::Ended));
        }
        Ok(found)
    }

    /// The live login of the token. Does not count as a use.
    pub(crate) async fn find_unused(&self, token: &str) -> Result<Result<OpaqueLogin, Denied>, Unavailable> {
        match TokenKey::parse(token) {
            Some(key) => self.live(key, self.clock.seconds()).await,
            None => Ok(Err(Denied::Malformed)),
        }
    }

    async fn live(&self, key: TokenKey<'_>, now: i64) -> Result<Result<OpaqueLogin, Denied>, Unavailable> {
        let Some(login) = self.store.find(key, now).await? else { return Ok(Err(Denied::Ended)) };
        if self.endings.has_ended(login.for_endings(), now).await? {
            self.store.discard(key).await?;
            return Ok(Err(Denied::Ended));
        }
        Ok(Ok(login))
    }

    /// The login of the token, also if all logins of its account have ended.
    pub(crate) async fn read(&self, token: &str) -> Result<Option<OpaqueLogin>, Unavailable> {
        match TokenKey::parse(token) {
            Some(key) => self.store.find(key, self.clock.seconds()).await,
            None => Ok(None),
        }
    }

    pub(crate) async fn put_item(&self, token: &str, item: NewItem) -> Result<(), Refusal> {
        self.change_items(token, ChangeItems::Put(item)).await
    }

    pub(crate) async fn remove_items(&self, token: &str, which: Which<'_>) -> Result<(), Refusal> {
        self.change_items(token, ChangeItems::Remove(which)).await
    }

    async fn change_items(&self, token: &str, change: ChangeItems<'_>) -> Result<(), Refusal> {
        let key = TokenKey::parse(token).ok_or(Refusal::NotLoggedIn(Denied::Malformed))?;
        self.store.change_items(key, change, self.clock.seconds()).await
    }

    /// The logins of the account, for its owner.
    pub(crate) async fn list(&self, account: &Account, current: &LoginId) -> Result<Vec<ListedLogin>, Unavailable> {
        let now = self.clock.seconds();
        let mut logins = Vec::new();
        for login in self.store.of_account(account.id, now).await? {
            if !self.endings.has_ended(login.for_endings(), now).await? {
                logins.push(login.row.listed(current));
            }
        }
        Ok(logins)
    }
}
