//! The verbs of the session mechanism.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use shared::{
    clock::Clock,
    handover::Handover,
    items::{Item, ItemKey, NewItem, Opening, Which},
    login::{
        Account, Card, Carrier, Device, Granted, ListedLogin, Login, LoginId, Place, Recalled, Record, Scheme,
        StateLives,
    },
    mechanism::{Logins, Mechanism, PartialLogout, Revocation},
    presented::Presented,
    refusal::{Cannot, Denied, Refusal, Unavailable},
    service::{Ground, StartError},
};

use crate::{
    cookie::SessionCookie,
    id::{SessionId, SessionKey},
    lifetime::Lifetimes,
    session::{Session, SessionLogin},
    settings::SessionSettings,
    store::{MemoryStore, Sessions},
};

/// Logins and items in a store, found again by a random id.
#[derive(Debug)]
pub struct StoredSessions {
    card: Card,
    pub(crate) clock: Clock,
    pub(crate) cookie: SessionCookie,
    lifetimes: Lifetimes,
    pub(crate) store: MemoryStore,
}

impl StoredSessions {
    /// Refuses settings of the cookie that contradict one another.
    pub fn new(settings: &SessionSettings, ground: &Ground) -> Result<Self, StartError> {
        let (cookie, lifetimes) = (settings.cookie(), settings.lifetimes());
        let card = Card {
            mechanism: "session",
            state_lives: StateLives::Server,
            store: Some(Place::Memory),
            carriers: &[Carrier::Cookie],
            scheme: Scheme::Cookie(cookie.name.clone().into()),
            cookies: settings.attributes(ground.cookie_secure)?,
            lifetime: lifetimes.of_a_login(),
            anonymous_items: true,
            concurrent_item_writes: true,
        };
        Ok(Self { card, clock: ground.clock.clone(), cookie, lifetimes, store: MemoryStore::default() })
    }

    /// Keeps the session under a fresh id, which the client is told.
    fn hand_out(
        &self,
        sessions: &mut Sessions,
        session: Session,
        now: Timestamp,
    ) -> Result<(SessionKey, Handover), Unavailable> {
        let id = SessionId::random();
        let (key, handover) = (id.key(), self.cookie.hold(id, now, session.expires_at));
        sessions.insert(key, session, now)?;
        Ok((key, handover))
    }

    /// The session is in use: it lives on, and now and then its cookie is sent again so that the browser keeps it as long.
    fn prolong(&self, session: &mut Session, id: SessionId, now: Timestamp) -> Handover {
        session.last_seen_at = now;
        let login_began = session.login.as_ref().map(|login| login.issued_at);
        let Some(end) = self.lifetimes.prolonged(session.expires_at, now, login_began) else {
            return Handover::nothing();
        };
        session.expires_at = end;
        // A cookie that ends with the browser is as long as it can be.
        if self.cookie.until_browser_close { Handover::nothing() } else { self.cookie.hold(id, now, end) }
    }

    /// Begins a login under a fresh id. The items of the session that was there before are taken along, unless they
    /// belonged to somebody else.
    fn begin(
        &self,
        sessions: &mut Sessions,
        former: Option<SessionKey>,
        account: &Account,
        device: &Device,
    ) -> Result<(SessionKey, Granted), Refusal> {
        let now = self.clock.now();
        let former = former.filter(|key| sessions.find(*key, now).is_some()).and_then(|key| sessions.remove(key));
        let mut session = Session::new(now, self.lifetimes.end(now, Some(now)));
        if let Some(former) = former.filter(|former| former.owner.is_none_or(|owner| owner == account.id)) {
            session.items = former.items;
        }
        session.begin_login(SessionLogin::begin(account, device, now));
        let login = Login { username: account.username.clone(), issued_at: now, expires_at: session.expires_at };
        let (key, handover) = self.hand_out(sessions, session, now)?;
        Ok((key, Granted { login, handover }))
    }

    /// The caller's account and the key of its session, or 401.
    fn caller(&self, sessions: &mut Sessions, presented: &Presented) -> Result<(SessionKey, i64), Refusal> {
        let key = self.cookie.id(presented)?.ok_or(Refusal::NotLoggedIn(Denied::Missing))?.key();
        let session = sessions.find(key, self.clock.now());
        let account = session.and_then(|session| session.login.as_ref()).map(|login| login.account.id);
        Ok((key, account.ok_or(Refusal::NotLoggedIn(Denied::Ended))?))
    }
}

#[async_trait]
impl Mechanism for StoredSessions {
    fn card(&self) -> &Card {
        &self.card
    }

    async fn recall(&self, presented: &Presented) -> Result<Recalled, Refusal> {
        let now = self.clock.now();
        let nobody = |denied| Recalled { login: Err(denied), items: BTreeMap::new(), handover: Handover::nothing() };
        let Some(value) = self.cookie.text(presented)? else { return Ok(nobody(Denied::Missing)) };
        let Some(id) = SessionId::parse(value) else { return Ok(nobody(Denied::Malformed)) };
        let mut sessions = self.store.lock();
        let Some(session) = sessions.find(id.key(), now) else { return Ok(nobody(Denied::Ended)) };
        let handover = self.prolong(session, id, now);
        let login = session.shown_login().ok_or(Denied::Missing);
        Ok(Recalled { login, items: session.live_items(now), handover })
    }

    async fn login(&self, presented: &Presented, account: &Account, device: &Device) -> Result<Granted, Refusal> {
        // A cookie that was tossed in must not keep its victim from logging in: what is ambiguous is nobody's.
        let former = self.cookie.id(presented).ok().flatten().map(|id| id.key());
        Ok(self.begin(&mut self.store.lock(), former, account, device)?.1)
    }

    async fn renew(&self, presented: &Presented, account: &Account, device: &Device) -> Result<Granted, Refusal> {
        let mut sessions = self.store.lock();
        let former = self.cookie.id(presented)?.map(|id| id.key());
        let (key, granted) = self.begin(&mut sessions, former, account, device)?;
        sessions.remove_account(account.id, Some(key));
        Ok(granted)
    }

    async fn logout(&self, presented: &Presented) -> Result<Handover, Refusal> {
        if let Some(id) = self.cookie.id(presented)? {
            self.store.lock().remove(id.key());
        }
        Ok(self.cookie.forget())
    }

    async fn record(&self, presented: &Presented) -> Result<Record, Refusal> {
        let mut sessions = self.store.lock();
        let (key, _) = self.caller(&mut sessions, presented)?;
        let now = self.clock.now();
        let session = sessions.find(key, now).ok_or(Refusal::NotLoggedIn(Denied::Ended))?;
        let record = session.record(now);
        let bytes = u64::try_from(record.to_string().len()).unwrap_or(u64::MAX);
        Ok(Record { place: Place::Memory, bytes, record: Some(record) })
    }

    async fn item(&self, presented: &Presented, key: &ItemKey, _: &Opening) -> Result<Option<Item>, Refusal> {
        let now = self.clock.now();
        let Some(id) = self.cookie.id(presented)? else { return Ok(None) };
        let mut sessions = self.store.lock();
        Ok(sessions.find(id.key(), now).and_then(|session| session.item(key, now).cloned()))
    }

    /// A client without a session, or with one that has ended, gets a fresh one: an id is never adopted, and what was
    /// ended never comes back.
    async fn put_item(&self, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        let now = self.clock.now();
        let mut sessions = self.store.lock();
        if let Some(id) = self.cookie.id(presented)?
            && let Some(session) = sessions.find(id.key(), now)
        {
            session.put(item, now)?;
            return Ok(self.prolong(session, id, now));
        }
        let mut session = Session::new(now, self.lifetimes.end(now, None));
        session.put(item, now)?;
        Ok(self.hand_out(&mut sessions, session, now)?.1)
    }

    async fn remove_items(&self, presented: &Presented, which: Which<'_>) -> Result<Handover, Refusal> {
        let now = self.clock.now();
        let Some(id) = self.cookie.id(presented)? else { return Ok(Handover::nothing()) };
        let mut sessions = self.store.lock();
        let Some(session) = sessions.find(id.key(), now) else { return Ok(Handover::nothing()) };
        match which {
            Which::One(key) => drop(session.items.remove(key)),
            Which::All => session.items.clear(),
        }
        Ok(self.prolong(session, id, now))
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

    async fn ready(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}

#[async_trait]
impl Logins for StoredSessions {
    async fn list(&self, presented: &Presented) -> Result<Vec<ListedLogin>, Refusal> {
        let mut sessions = self.store.lock();
        let (current, account) = self.caller(&mut sessions, presented)?;
        let mut logins: Vec<ListedLogin> = sessions
            .of_account(account, self.clock.now())
            .filter_map(|(key, session)| listed(session, key == current))
            .collect();
        logins.sort_by(|one, other| other.created_at.cmp(&one.created_at).then_with(|| one.id.cmp(&other.id)));
        Ok(logins)
    }

    async fn end(&self, presented: &Presented, login: &LoginId) -> Result<Handover, Refusal> {
        let mut sessions = self.store.lock();
        let (current, account) = self.caller(&mut sessions, presented)?;
        let ended = sessions.key_of(account, login);
        if let Some(key) = ended {
            sessions.remove(key);
        }
        Ok(if ended == Some(current) { self.cookie.forget() } else { Handover::nothing() })
    }
}

#[async_trait]
impl Revocation for StoredSessions {
    async fn end_all(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let mut sessions = self.store.lock();
        let (_, account) = self.caller(&mut sessions, presented)?;
        sessions.remove_account(account, None);
        Ok(self.cookie.forget())
    }
}

fn listed(session: &Session, current: bool) -> Option<ListedLogin> {
    let login = session.login.as_ref()?;
    Some(ListedLogin {
        id: login.id.clone(),
        current,
        created_at: login.issued_at,
        last_seen_at: session.last_seen_at,
        expires_at: session.expires_at,
        user_agent: login.device.user_agent.clone(),
    })
}
