//! The verbs of the token mechanism.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use shared::{
    clock::{Clock, whole_seconds},
    handover::{Handover, TOKEN_COOKIE, Token},
    items::{Item, ItemKey, NewItem, Opening, Which},
    keys::Keys,
    login::{Account, Card, Carrier, Device, Granted, Recalled, Record, Scheme, StateLives},
    mechanism::{Logins, Mechanism, Revocation},
    presented::Presented,
    random,
    refusal::{Cannot, Denied, Refusal, Unavailable},
};

use crate::{
    TokenSettings,
    claims::{CarriedItem, Claims},
    jwt::Jwt,
};

/// Logins and items inside a signed token.
#[derive(Debug)]
pub struct SignedTokens {
    card: Card,
    jwt: Jwt,
    clock: Clock,
    issuer: String,
    audience: String,
}

impl SignedTokens {
    pub fn new(keys: &Keys, clock: Clock, settings: &TokenSettings) -> Self {
        let TokenSettings { access_token_lifetime, jwt_issuer, jwt_audience, token_query } = settings.clone();
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
            lifetime: access_token_lifetime,
            anonymous_items: false,
            concurrent_item_writes: false,
        };
        let jwt = Jwt::new(keys, clock.clone(), access_token_lifetime, &jwt_issuer, &jwt_audience);
        Self { card, jwt, clock, issuer: jwt_issuer, audience: jwt_audience }
    }

    fn begin(&self, account: &Account, items: BTreeMap<String, CarriedItem>) -> Granted {
        let now = self.clock.seconds();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: account.id.to_string(),
            username: account.username.clone(),
            jti: random::hex::<16>(),
            auth_time: now,
            iat: now,
            nbf: now,
            exp: now.saturating_add(whole_seconds(self.card.lifetime)),
            items,
        };
        Granted { login: claims.login(), handover: self.hand_over(&claims) }
    }

    fn hand_over(&self, claims: &Claims) -> Handover {
        let left = claims.exp.saturating_sub(self.clock.seconds()).max(0).unsigned_abs();
        Handover::token(Token { access_token: self.jwt.sign(claims), expires_in: Duration::from_secs(left) })
    }

    fn open(&self, presented: &Presented) -> Result<Result<Claims, Denied>, Refusal> {
        Ok(token(presented)?.ok_or(Denied::Missing).and_then(|token| self.jwt.open(token)))
    }

    fn logged_in(&self, presented: &Presented) -> Result<Claims, Refusal> {
        self.open(presented)?.map_err(Refusal::NotLoggedIn)
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
        let claims = self.open(presented)?;
        let items = claims.as_ref().map(|claims| claims.live_items(self.clock.seconds())).unwrap_or_default();
        Ok(Recalled { login: claims.map(|claims| claims.login()), items, handover: Handover::nothing() })
    }

    /// The items of the account's own former token are taken along; those of somebody else's are not.
    async fn login(&self, presented: &Presented, account: &Account, _: &Device) -> Result<Granted, Refusal> {
        let former = self.open(presented).ok().and_then(Result::ok);
        let items = former.filter(|former| former.is_of(account)).map(|former| former.items).unwrap_or_default();
        Ok(self.begin(account, items))
    }

    async fn renew(&self, presented: &Presented, account: &Account, _: &Device) -> Result<Granted, Refusal> {
        Ok(self.begin(account, self.logged_in(presented)?.items))
    }

    /// The client forgets its token; that is all that can be done.
    async fn logout(&self, _: &Presented) -> Result<Handover, Refusal> {
        Ok(Handover::forget_token())
    }

    async fn record(&self, presented: &Presented) -> Result<Record, Refusal> {
        self.logged_in(presented)?;
        Ok(Record::IN_THE_CLIENT)
    }

    async fn item(&self, presented: &Presented, key: &ItemKey, _: &Opening) -> Result<Option<Item>, Refusal> {
        Ok(self.logged_in(presented)?.item(key.as_str(), self.clock.seconds()))
    }

    /// A new token with the item in it, which ends when the old one would have: writing is not logging in again.
    async fn put_item(&self, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        let mut claims = self.logged_in(presented)?;
        claims.put(item, self.clock.seconds());
        Ok(self.hand_over(&claims))
    }

    async fn remove_items(&self, presented: &Presented, which: Which<'_>) -> Result<Handover, Refusal> {
        let mut claims = self.logged_in(presented)?;
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
        Err(Cannot {
            mechanism: "token",
            what: "end logins on other devices",
            because: "a signed token holds until it expires",
            instead: "use session-svc, or shorten ACCESS_TOKEN_LIFETIME",
        })
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}
