//! The verbs of the mechanism. Each decides once, by [`AccessToken`], which kind of token answers.

use std::collections::BTreeMap;

use async_trait::async_trait;
use authlab_mechanism::{
    Logins, Mechanism, PartialLogout, Revocation, Tokens,
    handover::Handover,
    items::{Item, ItemKey, NewItem, Opening, Which},
    login::{Card, Granted, NewLogin, Recalled, Record, Verified},
    presented::Presented,
    public_keys::PublicKeys,
    refusal::{Cannot, Denied, Refusal, Unavailable},
};
use authlab_telemetry::Collector;

use super::{IssuedTokens, PresentedLogin};
use crate::access_token::{AccessToken, COOKIES};

#[async_trait]
impl Mechanism for IssuedTokens {
    fn card(&self) -> &Card {
        &self.card
    }

    async fn recall(&self, presented: &Presented) -> Result<Recalled, Refusal> {
        let (login, items) = match AccessToken::from_presented(presented)? {
            Some(AccessToken::Jwt(token)) => return self.signed.recall(token).await,
            Some(AccessToken::Opaque(token)) => {
                // Boxed: the future of a store's read would enlarge the future of every request with a JWT.
                let login = Box::pin(self.opaque.find(token)).await?;
                let items = login.as_ref().map(|login| login.items.live(self.clock.seconds())).unwrap_or_default();
                (login.map(|login| login.row.login()), items)
            }
            None => (Err(Denied::Missing), BTreeMap::new()),
        };
        Ok(Recalled { login, items, handover: Handover::nothing() })
    }

    async fn verify(&self, presented: &Presented, counts: bool) -> Result<Verified, Refusal> {
        let identity = match AccessToken::from_presented(presented)? {
            Some(AccessToken::Jwt(token)) => self.signed.open(token).await?.map(|claims| claims.identity()),
            Some(AccessToken::Opaque(token)) => {
                // Boxed, as in `recall`.
                let login = Box::pin(async {
                    if counts { self.opaque.find(token).await } else { self.opaque.find_unused(token).await }
                });
                login.await?.map(|login| login.row.identity())
            }
            None => Err(Denied::Missing),
        };
        Ok(Verified { identity, handover: Handover::nothing() })
    }

    async fn login(&self, new: NewLogin<'_>) -> Result<Granted, Refusal> {
        let former = self.find(new.presented).await.ok().and_then(Result::ok);
        let own = former.filter(|former| former.account().id == new.account.id);
        let items = own.map(PresentedLogin::into_items).unwrap_or_default();
        self.begin(new.kind.unwrap_or(self.default_kind), new, items, false).await
    }

    async fn replace_login(&self, new: NewLogin<'_>) -> Result<Granted, Refusal> {
        let former = self.find_replaced(new.presented).await?;
        self.endings.learn(new.account);
        let kind = former.as_ref().map_or(self.default_kind, PresentedLogin::kind);
        let items = former.map(PresentedLogin::into_items).unwrap_or_default();
        self.begin(kind, new, items, true).await
    }

    /// Also ends the login of an expired token: its family may be live.
    async fn logout(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let access_tokens = AccessToken::all_from_presented(presented)?;
        self.end_by_tokens(&access_tokens, &presented.credentials(COOKIES.refresh)).await?;
        Ok(Handover::forget_token())
    }

    async fn record(&self, presented: &Presented) -> Result<Record, Refusal> {
        match self.logged_in(presented).await? {
            PresentedLogin::Opaque(login) => Ok(login.record(self.opaque.store.place(), self.clock.seconds())),
            PresentedLogin::Jwt(claims) => {
                let family = self.families.find(&claims.jti).await?;
                Ok(family.map_or(Record::IN_THE_CLIENT, |family| family.record()))
            }
        }
    }

    async fn item(&self, presented: &Presented, key: &ItemKey, _: &Opening) -> Result<Option<Item>, Refusal> {
        match AccessToken::required(presented)? {
            AccessToken::Jwt(token) => self.signed.item(token, key).await,
            AccessToken::Opaque(token) => {
                let login = self.opaque.find(token).await?.map_err(Refusal::NotLoggedIn)?;
                Ok(login.items.get(key.as_str(), self.clock.seconds()))
            }
        }
    }

    async fn put_item(&self, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        match AccessToken::required(presented)? {
            AccessToken::Jwt(token) => Ok(Handover::token(self.signed.put_item(token, item).await?)),
            AccessToken::Opaque(token) => self.opaque.put_item(token, item).await.map(|()| Handover::nothing()),
        }
    }

    async fn remove_items(&self, presented: &Presented, which: Which<'_>) -> Result<Handover, Refusal> {
        match AccessToken::required(presented)? {
            AccessToken::Jwt(token) => Ok(Handover::token(self.signed.remove_items(token, which).await?)),
            AccessToken::Opaque(token) => self.opaque.remove_items(token, which).await.map(|()| Handover::nothing()),
        }
    }

    fn logins(&self) -> Result<&dyn Logins, Cannot> {
        self.reaching_copies("list logins and end one of them").map(|()| self as &dyn Logins)
    }

    fn revocation(&self) -> Result<&dyn Revocation, Cannot> {
        self.reaching_copies("end logins on other devices").map(|()| self as &dyn Revocation)
    }

    fn partial_logout(&self) -> Result<&dyn PartialLogout, Cannot> {
        Err(Cannot {
            mechanism: "token",
            what: "log out by halves",
            because: "a token and what is kept for its login are of no use without each other",
            instead: "POST /logout, which ends the login, or use session-svc",
        })
    }

    fn tokens(&self) -> Result<&dyn Tokens, Cannot> {
        Ok(self)
    }

    fn public_keys(&self) -> Option<PublicKeys> {
        Some(self.signed.public_keys())
    }

    fn collectors(&self) -> Vec<Collector> {
        self.opaque.store.collectors().into_iter().chain(self.endings.collectors()).collect()
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        self.endings.ready()?;
        self.opaque.store.ready().await
    }
}
