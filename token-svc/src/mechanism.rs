//! The verbs of the token mechanism.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use shared::{
    clock::{Clock, whole_seconds},
    cookie_attributes::CookieAttributes,
    handover::{Handover, TOKEN_COOKIE, Token},
    items::{Item, ItemKey, NewItem, Opening, Which},
    login::{Account, Card, Carrier, Device, Granted, Recalled, Record, Scheme, StateLives},
    mechanism::{Logins, Mechanism, PartialLogout, Revocation},
    presented::Presented,
    public_keys::PublicKeys,
    random,
    refusal::{Cannot, Denied, Refusal, Unavailable},
    revocation::Revocations,
    telemetry::Collector,
};

use crate::{
    TokenSettings,
    claims::{CarriedItem, Claims},
    jwt::{Jwt, KeyRing, Terms},
};

/// Logins and items inside a signed token.
#[derive(Debug)]
pub struct SignedTokens {
    card: Card,
    jwt: Jwt,
    clock: Clock,
    issuer: String,
    audience: String,
    revocations: Option<Revocations>,
}

impl SignedTokens {
    pub fn new(ring: KeyRing, clock: Clock, settings: &TokenSettings, revocations: Option<Revocations>) -> Self {
        let TokenSettings { access_token_lifetime, jwt_issuer, jwt_audience, jwt_cache, token_query, .. } =
            settings.clone();
        let card = Card {
            mechanism: "token",
            state_lives: StateLives::Client,
            store: None,
            carriers: if token_query {
                &[Carrier::Cookie, Carrier::Bearer, Carrier::Query]
            } else {
                &[Carrier::Cookie, Carrier::Bearer]
            },
            scheme: Scheme::Bearer,
            cookies: CookieAttributes::DEFAULT,
            lifetime: access_token_lifetime,
            anonymous_items: false,
            concurrent_item_writes: false,
        };
        let terms = Terms {
            issuer: &jwt_issuer,
            audience: &jwt_audience,
            lifetime: access_token_lifetime,
            remembered: jwt_cache,
        };
        let jwt = Jwt::new(ring, clock.clone(), terms);
        Self { card, jwt, clock, issuer: jwt_issuer, audience: jwt_audience, revocations }
    }

    async fn begin(&self, account: &Account, items: BTreeMap<String, CarriedItem>) -> Result<Granted, Refusal> {
        let sub = account.id.to_string();
        let issued_at = match &self.revocations {
            Some(revocations) => revocations.earliest(&sub).await?,
            None => self.clock.seconds(),
        };
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub,
            username: account.username.clone(),
            jti: random::hex::<16>(),
            auth_time: issued_at,
            iat: issued_at,
            nbf: issued_at,
            exp: issued_at.saturating_add(whole_seconds(self.card.lifetime)),
            items,
        };
        Ok(Granted { login: claims.login(), handover: self.hand_over(&claims) })
    }

    fn hand_over(&self, claims: &Claims) -> Handover {
        let left = claims.exp.saturating_sub(self.clock.seconds()).max(0).unsigned_abs();
        Handover::token(Token { access_token: self.jwt.sign(claims), expires_in: Duration::from_secs(left) })
    }

    async fn open(&self, presented: &Presented) -> Result<Result<Arc<Claims>, Denied>, Refusal> {
        let claims = match token(presented)?.ok_or(Denied::Missing).and_then(|token| self.jwt.open(token)) {
            Ok(claims) => claims,
            Err(denied) => return Ok(Err(denied)),
        };
        let ended = match &self.revocations {
            Some(revocations) => revocations.has_ended(claims.shown()).await?,
            None => false,
        };
        Ok(if ended { Err(Denied::Ended) } else { Ok(claims) })
    }

    async fn logged_in(&self, presented: &Presented) -> Result<Arc<Claims>, Refusal> {
        self.open(presented).await?.map_err(Refusal::NotLoggedIn)
    }
}

/// The one token that the client presents, whatever carries it (RFC 6750 §2).
fn token(presented: &Presented) -> Result<Option<&str>, Refusal> {
    let header = presented.bearer().map(shared::secret::Secret::expose);
    let query = presented.query().map(shared::secret::Secret::expose);
    let cookie = presented.cookie(TOKEN_COOKIE)?;
    let mut tokens = [header, query, cookie].into_iter().flatten();
    let first = tokens.next();
    if tokens.any(|other| Some(other) != first) {
        return Err(Refusal::Ambiguous("two different tokens were sent; send one, in one place".to_owned()));
    }
    Ok(first)
}

#[async_trait]
impl Mechanism for SignedTokens {
    fn card(&self) -> &Card {
        &self.card
    }

    async fn recall(&self, presented: &Presented) -> Result<Recalled, Refusal> {
        let claims = self.open(presented).await?;
        let items = claims.as_ref().map(|claims| claims.live_items(self.clock.seconds())).unwrap_or_default();
        Ok(Recalled { login: claims.map(|claims| claims.login()), items, handover: Handover::nothing() })
    }

    /// The items of the account's own former token are taken along; those of somebody else's are not.
    async fn login(&self, presented: &Presented, account: &Account, _: &Device) -> Result<Granted, Refusal> {
        let former = self.open(presented).await.ok().and_then(Result::ok);
        let items =
            former.filter(|former| former.is_of(account)).map(|former| former.items.clone()).unwrap_or_default();
        self.begin(account, items).await
    }

    async fn renew(&self, presented: &Presented, account: &Account, _: &Device) -> Result<Granted, Refusal> {
        let items = self.logged_in(presented).await?.items.clone();
        if let Some(revocations) = &self.revocations {
            revocations.end_account(&account.id.to_string()).await?;
        }
        self.begin(account, items).await
    }

    /// The client forgets its token, and no copy of it works any more, if that is written down.
    async fn logout(&self, presented: &Presented) -> Result<Handover, Refusal> {
        if let (Ok(claims), Some(revocations)) = (self.open(presented).await?, &self.revocations) {
            revocations.end_login(&claims.jti).await?;
        }
        Ok(Handover::forget_token())
    }

    async fn record(&self, presented: &Presented) -> Result<Record, Refusal> {
        self.logged_in(presented).await?;
        Ok(Record::IN_THE_CLIENT)
    }

    async fn item(&self, presented: &Presented, key: &ItemKey, _: &Opening) -> Result<Option<Item>, Refusal> {
        Ok(self.logged_in(presented).await?.item(key.as_str(), self.clock.seconds()))
    }

    /// A new token with the item in it, which ends when the old one would have: writing is not logging in again.
    async fn put_item(&self, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        let mut claims = Arc::unwrap_or_clone(self.logged_in(presented).await?);
        claims.put(item, self.clock.seconds());
        Ok(self.hand_over(&claims))
    }

    async fn remove_items(&self, presented: &Presented, which: Which<'_>) -> Result<Handover, Refusal> {
        let mut claims = Arc::unwrap_or_clone(self.logged_in(presented).await?);
        match which {
            Which::One(key) => drop(claims.items.remove(key.as_str())),
            Which::All => claims.items.clear(),
        }
        Ok(self.hand_over(&claims))
    }

    fn logins(&self) -> Result<&dyn Logins, Cannot> {
        Err(Cannot {
            mechanism: "token",
            what: "list logins or end one of them",
            because: "the server keeps no record of the tokens it signed",
            instead: "use session-svc, which does",
        })
    }

    fn revocation(&self) -> Result<&dyn Revocation, Cannot> {
        match &self.revocations {
            Some(_) => Ok(self),
            None => Err(Cannot {
                mechanism: "token",
                what: "end logins on other devices",
                because: "REVOCATION is off, and a signed token holds until it expires",
                instead: "set REVOCATION=feed, or use session-svc",
            }),
        }
    }

    fn partial_logout(&self) -> Result<&dyn PartialLogout, Cannot> {
        Err(Cannot {
            mechanism: "token",
            what: "log out by halves",
            because: "the server keeps no record of which a part could stay",
            instead: "POST /logout, which ends the login, or use session-svc",
        })
    }

    fn public_keys(&self) -> Option<PublicKeys> {
        Some(self.jwt.public_keys())
    }

    fn collectors(&self) -> Vec<Collector> {
        self.revocations.as_ref().map(Revocations::collectors).unwrap_or_default()
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        self.revocations.as_ref().map_or(Ok(()), Revocations::ready)
    }
}

#[async_trait]
impl Revocation for SignedTokens {
    async fn end_all(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let claims = self.logged_in(presented).await?;
        if let Some(revocations) = &self.revocations {
            revocations.end_account(&claims.sub).await?;
        }
        Ok(Handover::forget_token())
    }
}
