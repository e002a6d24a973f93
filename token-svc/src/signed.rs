//! Access tokens of the kind JWT: issue, verify, read and write items. Refresh tokens are in [`family`](crate::family).

use std::{sync::Arc, time::Duration};

use authlab_clock::{Clock, whole_seconds};
use authlab_endings::Endings;
use authlab_mechanism::{
    handover::{Handover, Token},
    items::{Item, ItemKey, NewItem, Which},
    login::{Account, Login, LoginId, Recalled},
    public_keys::PublicKeys,
    refusal::{Denied, Refusal},
};

use crate::{
    claims::Claims,
    items::Items,
    jwt::{Jwt, KeyRing, Rules},
    settings::TokenSettings,
};

#[derive(Debug)]
pub struct SignedTokens {
    jwt: Jwt,
    clock: Clock,
    /// How long a login lasts if it is refreshed.
    login_lifetime: Duration,
    endings: Option<Endings>,
}

impl SignedTokens {
    pub fn new(ring: KeyRing, clock: Clock, settings: &TokenSettings, endings: Option<Endings>) -> Self {
        let rules = Rules {
            issuer: settings.jwt_issuer.clone(),
            audience: settings.jwt_audience.clone(),
            max_lifetime: settings.access_token_lifetime,
        };
        let jwt = Jwt::new(ring, rules, settings.jwt_cache);
        Self { jwt, clock, login_lifetime: settings.refresh_token_lifetime, endings }
    }

    /// Issues a token for the login with this id, which began at `auth_time`. `issued_at` becomes the token's `iat`.
    pub fn issue(
        &self,
        account: &Account,
        login: &LoginId,
        (auth_time, issued_at): (i64, i64),
        items: Items,
    ) -> (Login, Token) {
        let login_ends = auth_time.saturating_add(whole_seconds(self.login_lifetime));
        let rules = &self.jwt.rules;
        let claims = Claims {
            iss: rules.issuer.clone(),
            aud: rules.audience.clone(),
            sub: account.id.to_string(),
            username: account.username.clone(),
            jti: login.0.clone(),
            auth_time,
            iat: issued_at,
            nbf: issued_at,
            exp: issued_at.saturating_add(whole_seconds(rules.max_lifetime)).min(login_ends).max(issued_at),
            generation: account.generation,
            items,
        };
        (claims.login(), self.sign(&claims))
    }

    /// Signs a token. The refresh token is not part of it: a login adds one, and otherwise the client has one already.
    fn sign(&self, claims: &Claims) -> Token {
        let now = self.clock.seconds();
        let left = |end: i64| Duration::from_secs(end.saturating_sub(now).max(0).unsigned_abs());
        Token {
            access_token: self.jwt.sign(claims),
            expires_in: left(claims.exp),
            kept_for: left(claims.auth_time.saturating_add(whole_seconds(self.login_lifetime))),
            refresh_token: None,
        }
    }

    /// The claims of a token whose login is live.
    pub(crate) async fn open(&self, token: &str) -> Result<Result<Arc<Claims>, Denied>, Refusal> {
        self.open_at(token, self.clock.seconds()).await
    }

    async fn open_at(&self, token: &str, now: i64) -> Result<Result<Arc<Claims>, Denied>, Refusal> {
        let claims = match self.jwt.open(token, now) {
            Ok(claims) => claims,
            Err(denied) => return Ok(Err(denied)),
        };
        let ended = match &self.endings {
            Some(endings) => endings.has_ended(claims.for_endings(), now).await?,
            None => false,
        };
        Ok(if ended { Err(Denied::Ended) } else { Ok(claims) })
    }

    /// The claims of a token of this service. The token may have expired, and its login may have ended.
    pub(crate) fn read(&self, token: &str) -> Result<Arc<Claims>, Denied> {
        self.jwt.read(token)
    }

    /// Whether the token has not expired. Its login may have ended.
    pub(crate) fn is_in_time(&self, token: &str) -> bool {
        self.jwt.open(token, self.clock.seconds()).is_ok()
    }

    pub async fn recall(&self, token: &str) -> Result<Recalled, Refusal> {
        let now = self.clock.seconds();
        let claims = self.open_at(token, now).await?;
        let items = claims.as_ref().map(|claims| claims.items.live(now)).unwrap_or_default();
        Ok(Recalled { login: claims.map(|claims| claims.login()), items, handover: Handover::nothing() })
    }

    pub async fn item(&self, token: &str, key: &ItemKey) -> Result<Option<Item>, Refusal> {
        Ok(self.logged_in(token).await?.items.get(key.as_str(), self.clock.seconds()))
    }

    /// A new token with the item. It expires when the old token would have, because a write is not a login.
    pub async fn put_item(&self, token: &str, item: NewItem) -> Result<Token, Refusal> {
        let mut claims = Arc::unwrap_or_clone(self.logged_in(token).await?);
        claims.items.put(item, self.clock.seconds());
        Ok(self.sign(&claims))
    }

    pub async fn remove_items(&self, token: &str, which: Which<'_>) -> Result<Token, Refusal> {
        let mut claims = Arc::unwrap_or_clone(self.logged_in(token).await?);
        claims.items.remove(which);
        Ok(self.sign(&claims))
    }

    pub fn public_keys(&self) -> PublicKeys {
        self.jwt.ring.public_keys()
    }

    async fn logged_in(&self, token: &str) -> Result<Arc<Claims>, Refusal> {
        self.open(token).await?.map_err(Refusal::NotLoggedIn)
    }
}
