//! The methods of the session mechanism.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use authlab_clock::Clock;
use authlab_endings::Endings;
use authlab_mechanism::{
    Logins, Mechanism, PartialLogout, Revocation,
    cookie_attributes::SecureCookies,
    handover::Handover,
    items::{Item, ItemKey, NewItem, Opening, Which},
    login::{Card, Carrier, Granted, NewLogin, Recalled, Record, Scheme, StateLives, Verified},
    presented::Presented,
    refusal::{Cannot, Denied, Refusal, Unavailable},
};
use authlab_service::{StartError, settings::LoginsAtMost};
use authlab_telemetry::Collector;
use jiff::Timestamp;

use crate::{
    cache::SessionCache,
    cookie::SessionCookie,
    id::SessionId,
    lifetime::Lifetimes,
    room::AnonymousRoom,
    session::Session,
    settings::SessionSettings,
    store::{Change, SessionStore, Spared, Used, memory::MemoryStore},
};

/// Logins and items in a store, found by a random session id.
#[derive(Debug)]
pub struct StoredSessions {
    card: Card,
    pub(crate) clock: Clock,
    pub(crate) cookie: SessionCookie,
    pub(crate) lifetimes: Lifetimes,
    anonymous_room: AnonymousRoom,
    pub(crate) store: Arc<dyn SessionStore>,
    /// The endings from other services; `None` for a mechanism without a database.
    pub(crate) endings: Option<Endings>,
    /// The setting `SESSION_CACHE`, if it is on.
    pub(crate) cache: Option<SessionCache>,
}

impl StoredSessions {
    /// Keeps sessions in the memory of this process, without a database. An error if the settings of the cookie contradict each other.
    pub fn in_memory(settings: &SessionSettings, clock: Clock) -> Result<Self, StartError> {
        let at_most = LoginsAtMost::DEFAULT;
        let store = Arc::new(MemoryStore::new(settings.lifetimes(), at_most, settings.anonymous_memory));
        Self::new(settings, clock, SecureCookies::Auto, (store, at_most), None)
    }

    /// `cookie_secure` is the setting `COOKIE_SECURE` of the whole service.
    pub(crate) fn new(
        settings: &SessionSettings,
        clock: Clock,
        cookie_secure: SecureCookies,
        (store, at_most): (Arc<dyn SessionStore>, LoginsAtMost),
        endings: Option<Endings>,
    ) -> Result<Self, StartError> {
        let (cookie, lifetimes) = (settings.cookie(), settings.lifetimes());
        let card = Card {
            mechanism: "session",
            state_lives: StateLives::Server,
            store: Some(store.place()),
            carriers: &[Carrier::Cookie],
            scheme: Scheme::Cookie(cookie.name.clone().into()),
            cookies: settings.attributes(cookie_secure)?,
            lifetime: lifetimes.unused_login_lifetime(),
            logins_at_most: at_most.0,
            staleness: Duration::ZERO,
            login_lifetime: lifetimes.absolute,
            anonymous_items: true,
            concurrent_item_writes: true,
        };
        let anonymous_room = AnonymousRoom(settings.anonymous_session_bytes);
        Ok(Self { card, clock, cookie, lifetimes, anonymous_room, store, endings, cache: None })
    }

    /// Lets `/verify` answer from a signed cookie. It needs endings that reach copies.
    pub(crate) fn with_cache(mut self, cache: Option<SessionCache>) -> Self {
        self.card.staleness = cache.as_ref().map_or(Duration::ZERO, |cache| cache.lifetime);
        self.cache = cache;
        self
    }

    /// What the client gets for a use of its session.
    fn handed_over(&self, presented: &Presented, (id, used): (SessionId, Used), now: Timestamp) -> Handover {
        let cache = self.cache.as_ref().and_then(|cache| cache.set(presented, (&id, &used.session), now));
        let mut handover = self.cookie.set_if_prolonged(id, &used, now);
        handover.cookies.extend(cache);
        handover
    }
}

#[async_trait]
impl Mechanism for StoredSessions {
    fn card(&self) -> &Card {
        &self.card
    }

    async fn recall(&self, presented: &Presented) -> Result<Recalled, Refusal> {
        let now = self.clock.now();
        let (id, used) = match self.used(presented, true, now).await? {
            Ok(found) => found,
            Err(denied) => {
                return Ok(Recalled { login: Err(denied), items: BTreeMap::new(), handover: Handover::nothing() });
            }
        };
        let login = used.session.shown_login().ok_or(Denied::Missing);
        let items = used.session.live_items(now);
        Ok(Recalled { login, items, handover: self.handed_over(presented, (id, used), now) })
    }

    async fn verify(&self, presented: &Presented, counts: bool) -> Result<Verified, Refusal> {
        let now = self.clock.now();
        let quiet = |identity| Ok(Verified { identity, handover: Handover::nothing() });
        if let Some(cache) = &self.cache
            && let Some(id) = self.cookie.id(presented)
            && let Some(Session { login: Some(login), expires_at, .. }) = cache.read(presented, &id, counts, now)
        {
            let ended = self.has_ended(&login).await?;
            return quiet(if ended { Err(Denied::Ended) } else { Ok(login.identity(expires_at)) });
        }
        let (id, used) = match self.used(presented, counts, now).await? {
            Ok(found) => found,
            Err(denied) => return quiet(Err(denied)),
        };
        let identity = used.session.identity().ok_or(Denied::Missing);
        if !counts {
            return quiet(identity);
        }
        Ok(Verified { identity, handover: self.handed_over(presented, (id, used), now) })
    }

    async fn login(&self, login: NewLogin<'_>) -> Result<Granted, Refusal> {
        // Two different cookies count as none, so that a tossed cookie does not prevent its victim from logging in.
        let former = self.cookie.id(login.presented);
        self.begin(former.as_ref(), login).await
    }

    /// Ends the others first. If a later step fails, they have ended and this login has not been replaced; the next password change repeats
    /// both.
    async fn replace_login(&self, login: NewLogin<'_>) -> Result<Granted, Refusal> {
        let (former, account) = (self.cookie.id(login.presented), login.account);
        if let Some(endings) = &self.endings {
            endings.learn(account);
        }
        let spared = Spared { session: former.as_ref(), since: Some(account.generation) };
        self.store.end_logins(account.id, spared).await?;
        self.begin(former.as_ref(), login).await
    }

    async fn logout(&self, presented: &Presented) -> Result<Handover, Refusal> {
        for id in self.cookie.ids(presented) {
            self.end_session(presented, &id).await?;
        }
        Ok(self.forget(presented))
    }

    async fn record(&self, presented: &Presented) -> Result<Record, Refusal> {
        let (_, session, _) = self.caller(presented).await?;
        let record = session.record(self.clock.now());
        let bytes = session.stored_bytes.unwrap_or_else(|| record.to_string().len());
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        Ok(Record { place: self.store.place(), bytes, record: Some(record) })
    }

    async fn item(&self, presented: &Presented, key: &ItemKey, _: &Opening) -> Result<Option<Item>, Refusal> {
        let found = self.found(presented).await?;
        Ok(found.and_then(|(_, session)| session.item(key, self.clock.now()).cloned()))
    }

    /// A client without a valid session gets a fresh session id: an unknown id is never adopted, and an ended session is never revived.
    async fn put_item(&self, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        let now = self.clock.now();
        if let Some(id) = self.cookie.id(presented) {
            match self.store.change(&id, Change::Put(item.clone(), self.anonymous_room), now).await {
                Ok(Some(used)) if self.is_valid(&id, &used.session).await? => {
                    return Ok(self.cookie.set_if_prolonged(id, &used, now));
                }
                Err(refusal @ Refusal::Unavailable(_)) => return Err(refusal),
                Err(refusal) if self.found(presented).await?.is_some() => return Err(refusal),
                _ => {}
            }
        }
        let (id, mut session) = (SessionId::random(), Session::new(now, self.lifetimes.end(now, None)));
        session.put(item, self.anonymous_room, now)?;
        self.store.begin(&id, session.clone(), now).await?;
        Ok(self.cookie.set(id, &session, now))
    }

    async fn remove_items(&self, presented: &Presented, which: Which<'_>) -> Result<Handover, Refusal> {
        let now = self.clock.now();
        let Some(id) = self.cookie.id(presented) else { return Ok(Handover::nothing()) };
        let change = match which {
            Which::One(key) => Change::Remove(key.clone()),
            Which::All => Change::RemoveAll,
        };
        match self.store.change(&id, change, now).await? {
            Some(used) if self.is_valid(&id, &used.session).await? => Ok(self.cookie.set_if_prolonged(id, &used, now)),
            _ => Ok(Handover::nothing()),
        }
    }

    fn logins(&self) -> Result<&dyn Logins, Cannot> {
        Ok(self)
    }

    fn revocation(&self) -> Result<&dyn Revocation, Cannot> {
        Ok(self)
    }

    fn partial_logout(&self) -> Result<&dyn PartialLogout, Cannot> {
        Ok(self)
    }

    fn collectors(&self) -> Vec<Collector> {
        let endings = self.endings.as_ref().map(Endings::collectors).unwrap_or_default();
        self.store.collectors().into_iter().chain(endings).collect()
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        self.endings.as_ref().map_or(Ok(()), Endings::ready)?;
        self.store.ready().await
    }
}

#[cfg(test)]
mod tests {
    use std::convert::identity;

    use authlab_clock::Clock;
    use authlab_mechanism::{
        Mechanism as _,
        cookie_attributes::SecureCookies,
        handover::CookieChange,
        items::{NewItem, Sealing},
        login::{Account, Device, NewLogin},
        presented::Presented,
    };
    use authlab_service::settings::{LoginsAtMost, defaults};

    use super::StoredSessions;
    use crate::store::tests::every;

    /// A fourth store, made by the recipe of `CONTRIBUTING.md`, is among these.
    #[tokio::test]
    async fn the_mechanism_works_on_every_store() {
        let (stores, _folder) = every(LoginsAtMost(None)).await;
        for store in stores {
            let (settings, place, at_most) = (defaults(identity), store.place(), LoginsAtMost(None));
            let (clock, secure) = (Clock::manual(1_790_000_000), SecureCookies::Auto);
            let mechanism = StoredSessions::new(&settings, clock, secure, (store, at_most), None).unwrap();
            let alice = Account { id: 1, username: "alice".to_owned(), generation: 0 };
            let (nothing, device) = (Presented::default(), Device::default());
            let login = NewLogin::new(&nothing, &alice, &device);
            let mut cookies = mechanism.login(login).await.unwrap().handover.cookies;
            let Some(CookieChange::Set(cookie)) = cookies.pop() else { panic!("no cookie in {place:?}") };
            let browser = Presented::new(vec![(cookie.name, cookie.value)], None, None);
            let (key, sealing) = ("note".parse().unwrap(), Sealing::default());
            let item = NewItem { key, value: "kept".to_owned(), max_age: None, sealing };
            mechanism.put_item(&browser, item).await.unwrap();
            let recalled = mechanism.recall(&browser).await.unwrap();
            assert_eq!(recalled.login.map(|login| login.username), Ok(alice.username));
            assert_eq!(
                (recalled.items["note"].as_str(), mechanism.record(&browser).await.unwrap().place),
                ("kept", place)
            );
            mechanism.logout(&browser).await.unwrap();
            assert!(mechanism.recall(&browser).await.unwrap().login.is_err());
        }
    }
}
