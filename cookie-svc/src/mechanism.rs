//! The verbs of the cookie mechanism.

use async_trait::async_trait;
use shared::{
    clock::Clock,
    cookie_attributes::CookieAttributes,
    django::LegacySalt,
    handover::Handover,
    items::{Item, ItemKey, NewItem, Opening, Which},
    keys::Keys,
    login::{Account, Card, Carrier, Device, Granted, Recalled, Record, Scheme, StateLives},
    mechanism::{Logins, Mechanism, PartialLogout, Revocation},
    presented::Presented,
    refusal::{Cannot, Refusal, Unavailable},
    revocation::Revocations,
    telemetry::Collector,
};

use crate::{
    CookieSettings,
    item_cookies::ItemCookies,
    login_cookie::{LOGIN, LoginCookie},
};

/// A login in one signed cookie, items in others.
#[derive(Debug)]
pub struct SignedCookies {
    card: Card,
    login: LoginCookie,
    items: ItemCookies,
}

impl SignedCookies {
    pub fn new(keys: &Keys, clock: Clock, settings: &CookieSettings, revocations: Option<Revocations>) -> Self {
        let max_age = settings.login_max_age;
        let legacy = if settings.signed_cookie_legacy_salt_fallback { LegacySalt::Read } else { LegacySalt::Refused };
        Self {
            card: Card {
                mechanism: "cookie",
                state_lives: StateLives::Client,
                store: None,
                carriers: &[Carrier::Cookie],
                scheme: Scheme::Cookie(LOGIN.into()),
                cookies: CookieAttributes::DEFAULT,
                lifetime: max_age,
                anonymous_items: true,
                concurrent_item_writes: true,
            },
            login: LoginCookie::new(keys, clock.clone(), max_age, revocations),
            items: ItemCookies::new(keys, clock, legacy),
        }
    }
}

impl SignedCookies {
    fn forget(&self, presented: &Presented) -> Handover {
        let mut handover = Handover::delete_cookie(LOGIN);
        handover.cookies.extend(self.items.remove(presented, Which::All).cookies);
        handover
    }
}

#[async_trait]
impl Mechanism for SignedCookies {
    fn card(&self) -> &Card {
        &self.card
    }

    async fn recall(&self, presented: &Presented) -> Result<Recalled, Refusal> {
        let (login, handover) = self.login.recall(presented).await?;
        Ok(Recalled { login, items: self.items.all(presented), handover })
    }

    /// A login of somebody else takes the former one's items from the client.
    async fn login(&self, presented: &Presented, account: &Account, _: &Device) -> Result<Granted, Refusal> {
        let (login, mut handover) = self.login.issue(&account.username).await?;
        // A cookie that was tossed in must not keep its victim from logging in: what cannot be read is nobody's.
        let former = self.login.open(presented).await.ok().and_then(Result::ok);
        if former.is_some_and(|former| former.username != account.username) {
            handover.cookies.extend(self.items.remove(presented, Which::All).cookies);
        }
        Ok(Granted { login, handover })
    }

    async fn renew(&self, _: &Presented, account: &Account, _: &Device) -> Result<Granted, Refusal> {
        if let Some(revocations) = self.login.revocations() {
            revocations.end_account(&account.username).await?;
        }
        let (login, handover) = self.login.issue(&account.username).await?;
        Ok(Granted { login, handover })
    }

    /// The client forgets its login and its items, and no copy of the login works any more, if that is written down.
    async fn logout(&self, presented: &Presented) -> Result<Handover, Refusal> {
        if let Ok(login) = self.login.open(presented).await? {
            self.login.end(&login).await?;
        }
        Ok(self.forget(presented))
    }

    async fn record(&self, presented: &Presented) -> Result<Record, Refusal> {
        self.login.open(presented).await?.map_err(Refusal::NotLoggedIn)?;
        Ok(Record::IN_THE_CLIENT)
    }

    async fn item(&self, presented: &Presented, key: &ItemKey, opening: &Opening) -> Result<Option<Item>, Refusal> {
        self.items.open(presented, key.as_str(), opening)
    }

    async fn put_item(&self, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        self.items.put(presented, item)
    }

    async fn remove_items(&self, presented: &Presented, which: Which<'_>) -> Result<Handover, Refusal> {
        Ok(self.items.remove(presented, which))
    }

    fn logins(&self) -> Result<&dyn Logins, Cannot> {
        Err(Cannot {
            mechanism: "cookie",
            what: "list logins or end one of them",
            because: "the server keeps no record of them",
            instead: "use session-svc, which does",
        })
    }

    fn revocation(&self) -> Result<&dyn Revocation, Cannot> {
        match self.login.revocations() {
            Some(_) => Ok(self),
            None => Err(Cannot {
                mechanism: "cookie",
                what: "end logins on other devices",
                because: "REVOCATION is off, and what a client carries holds until it expires",
                instead: "set REVOCATION=feed, or use session-svc",
            }),
        }
    }

    fn partial_logout(&self) -> Result<&dyn PartialLogout, Cannot> {
        Err(Cannot {
            mechanism: "cookie",
            what: "log out by halves",
            because: "the server keeps no record of which a part could stay",
            instead: "POST /logout, which ends the login, or use session-svc",
        })
    }

    fn collectors(&self) -> Vec<Collector> {
        self.login.revocations().map(Revocations::collectors).unwrap_or_default()
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        self.login.revocations().map_or(Ok(()), Revocations::ready)
    }
}

#[async_trait]
impl Revocation for SignedCookies {
    async fn end_all(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let login = self.login.open(presented).await?.map_err(Refusal::NotLoggedIn)?;
        if let Some(revocations) = self.login.revocations() {
            revocations.end_account(&login.username).await?;
        }
        Ok(self.forget(presented))
    }
}
