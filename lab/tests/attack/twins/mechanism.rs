//! A decorator around the real mechanism that adds one weakness.

use std::sync::Arc;

use async_trait::async_trait;
use authlab_mechanism::{
    Logins, Mechanism, PartialLogout, Revocation, Tokens,
    handover::{CookieChange, Handover, Token, TokenChange},
    items::{Item, ItemKey, NewItem, Opening, Which},
    login::{Card, Granted, ListedLogin, LoginId, NewLogin, Recalled, Record, Verified},
    presented::Presented,
    public_keys::PublicKeys,
    refusal::{Cannot, Refusal, Unavailable},
    tokens::Introspection,
};
use authlab_secrets::Secret;

/// The calls that a weakness may change. By default they go to the real mechanism.
#[async_trait]
pub(crate) trait Weakness: Send + Sync + 'static {
    /// The credentials that the real mechanism gets instead of the client's.
    fn shown(&self, _real: &dyn Mechanism, presented: &Presented) -> Presented {
        presented.clone()
    }

    /// The mechanism's description of itself.
    fn card(&self, real: &Card) -> Card {
        real.clone()
    }

    async fn login(&self, real: &dyn Mechanism, asked: &NewLogin<'_>) -> Result<Granted, Refusal> {
        real.login(*asked).await
    }

    async fn replace_login(&self, real: &dyn Mechanism, asked: &NewLogin<'_>) -> Result<Granted, Refusal> {
        real.replace_login(*asked).await
    }

    async fn logout(&self, real: &dyn Mechanism, presented: &Presented) -> Result<Handover, Refusal> {
        real.logout(presented).await
    }

    async fn record(&self, real: &dyn Mechanism, presented: &Presented) -> Result<Record, Refusal> {
        real.record(presented).await
    }

    async fn item(
        &self,
        real: &dyn Mechanism,
        presented: &Presented,
        (key, opening): (&ItemKey, &Opening),
    ) -> Result<Option<Item>, Refusal> {
        real.item(presented, key, opening).await
    }

    async fn put_item(&self, real: &dyn Mechanism, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        real.put_item(presented, item).await
    }

    async fn end(&self, real: &dyn Mechanism, presented: &Presented, login: &LoginId) -> Result<Handover, Refusal> {
        real.logins()?.end(presented, login).await
    }

    async fn end_all(&self, real: &dyn Mechanism, presented: &Presented) -> Result<Handover, Refusal> {
        real.revocation()?.end_all(presented).await
    }

    async fn end_others(&self, real: &dyn Mechanism, presented: &Presented) -> Result<Handover, Refusal> {
        real.revocation()?.end_others(presented).await
    }

    async fn refresh(&self, real: &dyn Mechanism, presented: &Presented, token: &Secret) -> Result<Token, Refusal> {
        real.tokens()?.refresh(presented, token).await
    }
}

pub(crate) struct Twin {
    card: Card,
    real: Arc<dyn Mechanism>,
    weakness: Arc<dyn Weakness>,
}

impl Twin {
    pub(crate) fn new(real: Arc<dyn Mechanism>, weakness: Arc<dyn Weakness>) -> Self {
        Self { card: weakness.card(real.card()), real, weakness }
    }

    fn shown(&self, presented: &Presented) -> Presented {
        self.weakness.shown(&*self.real, presented)
    }
}

#[async_trait]
impl Mechanism for Twin {
    fn card(&self) -> &Card {
        &self.card
    }

    async fn recall(&self, presented: &Presented) -> Result<Recalled, Refusal> {
        self.real.recall(&self.shown(presented)).await
    }

    async fn verify(&self, presented: &Presented, counts: bool) -> Result<Verified, Refusal> {
        self.real.verify(&self.shown(presented), counts).await
    }

    async fn login(&self, new: NewLogin<'_>) -> Result<Granted, Refusal> {
        self.weakness.login(&*self.real, &new).await
    }

    async fn replace_login(&self, new: NewLogin<'_>) -> Result<Granted, Refusal> {
        let presented = &self.shown(new.presented);
        self.weakness.replace_login(&*self.real, &NewLogin { presented, ..new }).await
    }

    async fn logout(&self, presented: &Presented) -> Result<Handover, Refusal> {
        self.weakness.logout(&*self.real, &self.shown(presented)).await
    }

    async fn record(&self, presented: &Presented) -> Result<Record, Refusal> {
        self.weakness.record(&*self.real, &self.shown(presented)).await
    }

    async fn item(&self, presented: &Presented, key: &ItemKey, opening: &Opening) -> Result<Option<Item>, Refusal> {
        self.weakness.item(&*self.real, &self.shown(presented), (key, opening)).await
    }

    async fn put_item(&self, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        self.weakness.put_item(&*self.real, &self.shown(presented), item).await
    }

    async fn remove_items(&self, presented: &Presented, which: Which<'_>) -> Result<Handover, Refusal> {
        self.real.remove_items(&self.shown(presented), which).await
    }

    fn logins(&self) -> Result<&dyn Logins, Cannot> {
        self.real.logins().map(|_| self as &dyn Logins)
    }

    fn revocation(&self) -> Result<&dyn Revocation, Cannot> {
        self.real.revocation().map(|_| self as &dyn Revocation)
    }

    fn partial_logout(&self) -> Result<&dyn PartialLogout, Cannot> {
        self.real.partial_logout()
    }

    fn tokens(&self) -> Result<&dyn Tokens, Cannot> {
        self.real.tokens().map(|_| self as &dyn Tokens)
    }

    fn public_keys(&self) -> Option<PublicKeys> {
        self.real.public_keys()
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        self.real.ready().await
    }
}

#[async_trait]
impl Logins for Twin {
    async fn list(&self, presented: &Presented) -> Result<Vec<ListedLogin>, Refusal> {
        self.real.logins()?.list(&self.shown(presented)).await
    }

    async fn end(&self, presented: &Presented, login: &LoginId) -> Result<Handover, Refusal> {
        self.weakness.end(&*self.real, &self.shown(presented), login).await
    }
}

#[async_trait]
impl Revocation for Twin {
    async fn end_all(&self, presented: &Presented) -> Result<Handover, Refusal> {
        self.weakness.end_all(&*self.real, &self.shown(presented)).await
    }

    async fn end_others(&self, presented: &Presented) -> Result<Handover, Refusal> {
        self.weakness.end_others(&*self.real, &self.shown(presented)).await
    }
}

#[async_trait]
impl Tokens for Twin {
    async fn refresh(&self, presented: &Presented, token: &Secret) -> Result<Token, Refusal> {
        self.weakness.refresh(&*self.real, &self.shown(presented), token).await
    }

    async fn refresh_expired(&self, presented: &Presented) -> Result<Option<Token>, Refusal> {
        self.real.tokens()?.refresh_expired(&self.shown(presented)).await
    }

    fn shows_refresh_token(&self, presented: &Presented) -> bool {
        self.real.tokens().is_ok_and(|tokens| tokens.shows_refresh_token(&self.shown(presented)))
    }

    async fn revoke(&self, token: &Secret) -> Result<(), Refusal> {
        self.real.tokens()?.revoke(token).await
    }

    async fn introspect(&self, presented: &Presented, token: &Secret) -> Result<Introspection, Refusal> {
        self.real.tokens()?.introspect(presented, token).await
    }
}

/// The cookie that carries the mechanism's credential.
pub(crate) fn cookie_name(mechanism: &str) -> &'static str {
    match mechanism {
        "cookie" => "login",
        "session" => "sessionid",
        _ => token_svc::COOKIES.access,
    }
}

/// The client's credential, from a cookie or a header.
pub(crate) fn credential(presented: &Presented, mechanism: &str) -> Option<String> {
    let cookie = presented.cookie(cookie_name(mechanism)).ok().flatten().map(str::to_owned);
    cookie.or_else(|| presented.bearer().map(|token| token.expose().to_owned()))
}

/// Replaces the credential and keeps its carrier.
pub(crate) fn with_credential(presented: &Presented, mechanism: &str, text: &str) -> Presented {
    let name = cookie_name(mechanism);
    let own = |found: &&str| *found != name;
    let others = presented.cookie_names().filter(own);
    let others = others.filter_map(|name| Some((name.to_owned(), Secret::new(presented.cookie(name).ok()??))));
    let mut cookies: Vec<(String, Secret)> = others.collect();
    let by_cookie = presented.cookie_names().any(|found| found == name) || presented.bearer().is_none();
    if by_cookie {
        cookies.push((name.to_owned(), Secret::new(text)));
    }
    Presented::new(cookies, presented.bearer().map(|_| Secret::new(text)), None)
}

/// The credential that the answer hands out.
pub(crate) fn handed_over(handover: &Handover, mechanism: &str) -> Option<String> {
    if let Some(TokenChange::Take(token)) = &handover.token {
        return Some(token.access_token.expose().to_owned());
    }
    handover.cookies.iter().find_map(|change| match change {
        CookieChange::Set(cookie) if cookie.name == cookie_name(mechanism) => Some(cookie.value.expose().to_owned()),
        _ => None,
    })
}
