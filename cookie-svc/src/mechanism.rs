//! The methods of the cookie mechanism.

use std::time::Duration;

use async_trait::async_trait;
use authlab_clock::Clock;
use authlab_django_signing::LegacySalt;
use authlab_endings::Endings;
use authlab_mechanism::{
    Logins, Mechanism, PartialLogout, Revocation,
    cookie_attributes::CookieAttributes,
    handover::Handover,
    items::{Item, ItemKey, NewItem, Opening, Seal, Which},
    login::{Card, Carrier, Granted, NewLogin, Recalled, Record, Scheme, StateLives, Verified},
    presented::Presented,
    refusal::{Cannot, Refusal, Unavailable},
};
use authlab_secrets::keys::Keys;
use authlab_telemetry::Collector;

use crate::{
    CookieSettings,
    item_cookies::ItemCookies,
    login_cookie::{LOGIN, LoginCookie},
};

/// A login in one signed cookie, and each item in another.
#[derive(Debug)]
pub struct SignedCookies {
    card: Card,
    login: LoginCookie,
    items: ItemCookies,
}

impl SignedCookies {
    /// Without endings, a cookie is accepted until it expires.
    pub fn new(keys: &Keys, clock: Clock, settings: &CookieSettings, endings: Option<Endings>) -> Self {
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
                login_lifetime: max_age,
                logins_at_most: None,
                staleness: Duration::ZERO,
                anonymous_items: true,
                concurrent_item_writes: true,
            },
            login: LoginCookie::new(keys, clock.clone(), max_age, endings),
            items: ItemCookies::new(keys, clock, legacy),
        }
    }

    /// The endings, if they reach cookies on other devices.
    fn reaching_endings(&self) -> Result<&Endings, Cannot> {
        self.login.endings.as_ref().filter(|endings| endings.reach_copies()).ok_or(Cannot {
            mechanism: "cookie",
            what: "end logins on other devices",
            because: "REVOCATION is off, so a cookie is accepted until it expires",
            instead: "set REVOCATION=feed, or use session-svc",
        })
    }

    /// The owner for private items: the account that is logged in.
    async fn owner(&self, presented: &Presented) -> Result<Option<String>, Refusal> {
        Ok(self.login.open(presented).await?.ok().map(|login| login.login.username))
    }

    fn forget(&self, presented: &Presented) -> Handover {
        let mut handover = Handover::delete_cookie(LOGIN);
        let owner = self.login.owner(presented);
        handover.cookies.extend(self.items.remove(presented, Which::All, owner.as_deref()).cookies);
        handover
    }
}

#[async_trait]
impl Mechanism for SignedCookies {
    fn card(&self) -> &Card {
        &self.card
    }

    async fn verify(&self, presented: &Presented, counts: bool) -> Result<Verified, Refusal> {
        let (login, handover) = self.login.recall(presented).await?;
        let identity = match login {
            Ok(login) => Ok(self.login.identity(login).await?),
            Err(denied) => Err(denied),
        };
        Ok(Verified { identity, handover: if counts { handover } else { Handover::nothing() } })
    }

    async fn recall(&self, presented: &Presented) -> Result<Recalled, Refusal> {
        let (login, handover) = self.login.recall(presented).await?;
        let login = login.map(|login| login.login);
        let owner = login.as_ref().ok().map(|login| login.username.as_str());
        let items = self.items.all(presented, owner);
        Ok(Recalled { login, items, handover })
    }

    /// Ends the login of the former cookie; two different cookies count as none. Deletes the items of another account, even if that
    /// account's login has already ended. If the cookie cannot be read, the owner is unknown, and the items are deleted too.
    async fn login(&self, new: NewLogin<'_>) -> Result<Granted, Refusal> {
        let (presented, account) = (new.presented, new.account);
        if presented.credential(LOGIN).is_some() {
            for former in self.login.all(presented) {
                self.login.end(&former).await?;
            }
        }
        let (login, mut handover) = self.login.issue(account).await?;
        let shows_a_login = presented.shows(LOGIN);
        let owner = self.login.owner(presented);
        if shows_a_login && owner.as_ref() != Some(&account.username) {
            handover.cookies.extend(self.items.remove(presented, Which::All, owner.as_deref()).cookies);
        }
        Ok(Granted { login, handover })
    }

    async fn replace_login(&self, new: NewLogin<'_>) -> Result<Granted, Refusal> {
        if let Some(endings) = &self.login.endings {
            endings.learn(new.account);
        }
        let (login, handover) = self.login.issue(new.account).await?;
        Ok(Granted { login, handover })
    }

    /// Deletes the login and the items at the client. If endings are recorded, no copy of the login is accepted any more.
    async fn logout(&self, presented: &Presented) -> Result<Handover, Refusal> {
        for login in self.login.all(presented) {
            self.login.end(&login).await?;
        }
        Ok(self.forget(presented))
    }

    async fn record(&self, presented: &Presented) -> Result<Record, Refusal> {
        self.login.open(presented).await?.map_err(Refusal::NotLoggedIn)?;
        Ok(Record::IN_THE_CLIENT)
    }

    async fn item(&self, presented: &Presented, key: &ItemKey, opening: &Opening) -> Result<Option<Item>, Refusal> {
        let owner = if opening.sealing.seal == Seal::Private { self.owner(presented).await? } else { None };
        self.items.open(presented, key.as_str(), opening, owner.as_deref())
    }

    async fn put_item(&self, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        let owner = if item.sealing.seal == Seal::Private { self.owner(presented).await? } else { None };
        self.items.put(presented, item, owner.as_deref())
    }

    async fn remove_items(&self, presented: &Presented, which: Which<'_>) -> Result<Handover, Refusal> {
        let owner = self.login.owner(presented);
        Ok(self.items.remove(presented, which, owner.as_deref()))
    }

    fn logins(&self) -> Result<&dyn Logins, Cannot> {
        Err(Cannot {
            mechanism: "cookie",
            what: "list logins or end one of them",
            because: "the server keeps no record of logins",
            instead: "use session-svc, which keeps one",
        })
    }

    fn revocation(&self) -> Result<&dyn Revocation, Cannot> {
        self.reaching_endings().map(|_| self as &dyn Revocation)
    }

    fn partial_logout(&self) -> Result<&dyn PartialLogout, Cannot> {
        Err(Cannot {
            mechanism: "cookie",
            what: "log out partially",
            because: "the server keeps no record that could partly remain",
            instead: "log out by `POST /logout`, or use session-svc",
        })
    }

    fn collectors(&self) -> Vec<Collector> {
        self.login.endings.as_ref().map(Endings::collectors).unwrap_or_default()
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        self.login.endings.as_ref().map_or(Ok(()), Endings::ready)
    }
}

#[async_trait]
impl Revocation for SignedCookies {
    async fn end_all(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let login = self.login.open(presented).await?.map_err(Refusal::NotLoggedIn)?;
        self.reaching_endings()?.end_account(&self.login.account(&login).await?, None).await?;
        Ok(self.forget(presented))
    }

    /// This login continues with the same cookie, since the ending spares it.
    async fn end_others(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let login = self.login.open(presented).await?.map_err(Refusal::NotLoggedIn)?;
        self.reaching_endings()?.end_others(&self.login.account(&login).await?, login.shown()).await?;
        Ok(Handover::nothing())
    }
}
