//! JSON Web Tokens by themselves: who is logged in and their items, inside a text that this service has signed.

use std::{sync::Arc, time::Duration};

use shared::{
    clock::{Clock, whole_seconds},
    endings::Endings,
    handover::{Handover, Token},
    items::{Item, ItemKey, NewItem, Which},
    login::{Account, Login, LoginId, Recalled},
    presented::Presented,
    public_keys::PublicKeys,
    refusal::{Denied, Refusal},
};

use crate::{
    TokenSettings,
    carriers::token,
    claims::Claims,
    items::Items,
    jwt::{Jwt, KeyRing, Terms},
};

/// Signs tokens, and believes its own.
#[derive(Debug)]
pub struct SignedTokens {
    jwt: Jwt,
    clock: Clock,
    issuer: String,
    audience: String,
    lifetime: Duration,
    /// How long the login goes on by refreshing.
    login_lifetime: Duration,
    endings: Option<Endings>,
}

impl SignedTokens {
    pub fn new(ring: KeyRing, clock: Clock, settings: &TokenSettings, endings: Option<Endings>) -> Self {
        let TokenSettings { jwt_issuer, jwt_audience, .. } = settings.clone();
        let terms = Terms {
            issuer: &jwt_issuer,
            audience: &jwt_audience,
            lifetime: settings.access_token_lifetime,
            remembered: settings.jwt_cache,
        };
        Self {
            jwt: Jwt::new(ring, terms),
            clock,
            issuer: jwt_issuer,
            audience: jwt_audience,
            lifetime: settings.access_token_lifetime,
            login_lifetime: settings.refresh_token_lifetime,
            endings,
        }
    }

    /// A token for the login of this id, which began at `auth_time`. It says that it was issued at `issued_at`.
    pub fn issue(
        &self,
        account: &Account,
        login: &LoginId,
        (auth_time, issued_at): (i64, i64),
        items: Items,
    ) -> (Login, Token) {
        let login_ends = auth_time.saturating_add(whole_seconds(self.login_lifetime));
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: account.id.to_string(),
            username: account.username.clone(),
            jti: login.0.clone(),
            auth_time,
            iat: issued_at,
            nbf: issued_at,
            exp: issued_at.saturating_add(whole_seconds(self.lifetime)).min(login_ends).max(issued_at),
            generation: account.generation,
            items,
        };
        (claims.login(), self.signed(&claims))
    }

    /// The token without a refresh token: the client has one, or there is none.
    fn signed(&self, claims: &Claims) -> Token {
        let now = self.clock.seconds();
        let left = |end: i64| Duration::from_secs(end.saturating_sub(now).max(0).unsigned_abs());
        Token {
            access_token: self.jwt.sign(claims),
            expires_in: left(claims.exp),
            kept_for: left(claims.auth_time.saturating_add(whole_seconds(self.login_lifetime))),
            refresh_token: None,
        }
    }

    /// What the token says, if it is one of ours and holds.
    pub(crate) async fn open(&self, token: &str) -> Result<Result<Arc<Claims>, Denied>, Refusal> {
        self.open_at(token, self.clock.seconds()).await
    }

    async fn open_at(&self, token: &str, now: i64) -> Result<Result<Arc<Claims>, Denied>, Refusal> {
        let claims = match self.jwt.open(token, now) {
            Ok(claims) => claims,
            Err(denied) => return Ok(Err(denied)),
        };
        let ended = match &self.endings {
            Some(endings) => endings.has_ended(claims.shown(), now).await?,
            None => false,
        };
        Ok(if ended { Err(Denied::Ended) } else { Ok(claims) })
    }

    /// What it says, whether or not it still holds.
    pub(crate) fn read(&self, token: &str) -> Result<Arc<Claims>, Denied> {
        self.jwt.read(token)
    }

    /// Whether it is in time; it may have been ended.
    pub(crate) fn holds(&self, token: &str) -> bool {
        self.jwt.open(token, self.clock.seconds()).is_ok()
    }

    pub async fn recall(&self, presented: &Presented) -> Result<Recalled, Refusal> {
        let now = self.clock.seconds();
        let claims = match token(presented)? {
            Some(token) => self.open_at(token, now).await?,
            None => Err(Denied::Missing),
        };
        let items = claims.as_ref().map(|claims| claims.items.live(now)).unwrap_or_default();
        Ok(Recalled { login: claims.map(|claims| claims.login()), items, handover: Handover::nothing() })
    }

    pub async fn item(&self, token: &str, key: &ItemKey) -> Result<Option<Item>, Refusal> {
        Ok(self.logged_in(token).await?.items.get(key.as_str(), self.clock.seconds()))
    }

    /// A new token with the item in it, which ends when the old one would have: writing is not logging in again.
    pub async fn put_item(&self, token: &str, item: NewItem) -> Result<Token, Refusal> {
        let mut claims = Arc::unwrap_or_clone(self.logged_in(token).await?);
        claims.items.put(item, self.clock.seconds());
        Ok(self.signed(&claims))
    }

    pub async fn remove_items(&self, token: &str, which: Which<'_>) -> Result<Token, Refusal> {
        let mut claims = Arc::unwrap_or_clone(self.logged_in(token).await?);
        claims.items.remove(which);
        Ok(self.signed(&claims))
    }

    pub fn public_keys(&self) -> PublicKeys {
        self.jwt.public_keys()
    }

    async fn logged_in(&self, token: &str) -> Result<Arc<Claims>, Refusal> {
        self.open(token).await?.map_err(Refusal::NotLoggedIn)
    }
}
