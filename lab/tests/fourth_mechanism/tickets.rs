//! A fourth mechanism, as short as it can be: a random ticket in a cookie, and a table of tickets in memory.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use authlab_clock::{Clock, after};
use authlab_mechanism::{
    Logins, Mechanism, PartialLogout, Revocation,
    cookie_attributes::CookieAttributes,
    handover::{Handover, NewCookie},
    items::{Item, ItemKey, NewItem, Opening, Which},
    login::{
        Card, Carrier, Granted, Identity, Login, LoginId, NewLogin, Place, Recalled, Record, Scheme, StateLives,
        Verified,
    },
    presented::Presented,
    refusal::{Cannot, Denied, Refusal, Unavailable},
};
use authlab_secrets::{Secret, random};
use authlab_service::{Ground, Service, StartError};
use serde_json::json;

const COOKIE: &str = "ticket";
const LIFETIME: Duration = Duration::from_hours(1);
const MAX_ITEM_BYTES: usize = 64 * 1024;

/// The settings: there are none.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct TicketSettings {}

impl Service for TicketSettings {
    const NAME: &'static str = "ticket-svc";
    const ABOUT: &'static str = "A login as a ticket: the client carries a random text, the process keeps a table";
    const DEFAULT_PORT: u16 = 8004;
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    async fn mechanism(&self, ground: &Ground) -> Result<Arc<dyn Mechanism>, StartError> {
        Ok(Arc::new(Tickets::new(ground.clock.clone())))
    }
}

fn card() -> Card {
    Card {
        mechanism: "ticket",
        state_lives: StateLives::Server,
        store: Some(Place::Memory),
        carriers: &[Carrier::Cookie],
        scheme: Scheme::Cookie(COOKIE.into()),
        cookies: CookieAttributes::DEFAULT,
        lifetime: LIFETIME,
        login_lifetime: LIFETIME,
        logins_at_most: None,
        staleness: Duration::ZERO,
        anonymous_items: false,
        concurrent_item_writes: true,
    }
}

#[derive(Clone)]
struct Ticket {
    identity: Identity,
    items: BTreeMap<String, Item>,
}

pub(crate) struct Tickets {
    card: Card,
    clock: Clock,
    table: Mutex<HashMap<String, Ticket>>,
}

impl Tickets {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { card: card(), clock, table: Mutex::default() }
    }

    fn table(&self) -> MutexGuard<'_, HashMap<String, Ticket>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on the ticket that the client presents.
    fn with<T>(&self, presented: &Presented, work: impl FnOnce(&mut Ticket) -> T) -> Result<T, Denied> {
        let now = self.clock.now();
        let text = presented.credential(COOKIE).ok_or(Denied::Missing)?;
        let mut table = self.table();
        let ticket = table.get_mut(text).filter(|ticket| now < ticket.identity.login.expires_at);
        let ticket = ticket.ok_or(Denied::Ended)?;
        ticket.items.retain(|_, item| item.expires_at.is_none_or(|end| now < end));
        Ok(work(ticket))
    }

    fn begin(&self, new: NewLogin<'_>, items: BTreeMap<String, Item>) -> Granted {
        let (text, now) = (random::hex::<16>(), self.clock.now());
        let login = Login { username: new.account.username.clone(), issued_at: now, expires_at: after(now, LIFETIME) };
        let identity =
            Identity { login: login.clone(), login_id: LoginId(random::hex::<16>()), account: new.account.id };
        self.table().insert(text.clone(), Ticket { identity, items });
        let cookie = NewCookie { name: COOKIE.to_owned(), value: Secret::new(text), max_age: Some(LIFETIME) };
        Granted { login, handover: Handover::set_cookie(cookie) }
    }

    fn cannot(&self, what: &'static str) -> Cannot {
        let because = "a ticket says nothing but whose it is";
        Cannot { mechanism: self.card.mechanism, what, because, instead: "use session-svc" }
    }
}

#[async_trait]
impl Mechanism for Tickets {
    fn card(&self) -> &Card {
        &self.card
    }

    async fn recall(&self, presented: &Presented) -> Result<Recalled, Refusal> {
        let found = self.with(presented, |ticket| ticket.clone());
        let items = found.iter().flat_map(|ticket| &ticket.items).map(|(key, item)| (key.clone(), item.value.clone()));
        let items = items.collect();
        Ok(Recalled { login: found.map(|ticket| ticket.identity.login), items, handover: Handover::nothing() })
    }

    async fn verify(&self, presented: &Presented, _: bool) -> Result<Verified, Refusal> {
        let identity = self.with(presented, |ticket| ticket.identity.clone());
        Ok(Verified { identity, handover: Handover::nothing() })
    }

    async fn login(&self, new: NewLogin<'_>) -> Result<Granted, Refusal> {
        let former = self.with(new.presented, |ticket| ticket.clone()).ok();
        self.logout(new.presented).await?;
        let items =
            former.filter(|ticket| ticket.identity.login.username == new.account.username).map(|ticket| ticket.items);
        Ok(self.begin(new, items.unwrap_or_default()))
    }

    /// Copies of the former ticket go on, as `/about` says.
    async fn replace_login(&self, new: NewLogin<'_>) -> Result<Granted, Refusal> {
        let items = self.with(new.presented, |ticket| ticket.items.clone()).unwrap_or_default();
        Ok(self.begin(new, items))
    }

    async fn logout(&self, presented: &Presented) -> Result<Handover, Refusal> {
        for text in presented.credentials(COOKIE) {
            self.table().remove(text);
        }
        Ok(Handover::delete_cookie(COOKIE))
    }

    async fn record(&self, presented: &Presented) -> Result<Record, Refusal> {
        let username =
            self.with(presented, |ticket| ticket.identity.login.username.clone()).map_err(Refusal::NotLoggedIn)?;
        Ok(Record { place: Place::Memory, bytes: username.len() as u64, record: Some(json!({"username": username})) })
    }

    async fn item(&self, presented: &Presented, key: &ItemKey, _: &Opening) -> Result<Option<Item>, Refusal> {
        self.with(presented, |ticket| ticket.items.get(key.as_str()).cloned()).map_err(Refusal::NotLoggedIn)
    }

    async fn put_item(&self, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        let expires_at = item.max_age.map(|age| after(self.clock.now(), age));
        let (key, item) = (item.key.into_string(), Item { value: item.value, expires_at });
        let put = self.with(presented, |ticket| {
            let others = ticket.items.iter().filter(|(other, _)| **other != key);
            let bytes: usize = others.map(|(other, item)| other.len() + item.value.len()).sum();
            if bytes + key.len() + item.value.len() > MAX_ITEM_BYTES {
                return Err(Refusal::TooLarge { what: "the items of a login", limit: MAX_ITEM_BYTES });
            }
            ticket.items.insert(key, item);
            Ok(Handover::nothing())
        });
        put.map_err(Refusal::NotLoggedIn)?
    }

    async fn remove_items(&self, presented: &Presented, which: Which<'_>) -> Result<Handover, Refusal> {
        let removed = self.with(presented, |ticket| match which {
            Which::One(key) => drop(ticket.items.remove(key.as_str())),
            Which::All => ticket.items.clear(),
        });
        removed.map(|()| Handover::nothing()).map_err(Refusal::NotLoggedIn)
    }

    fn logins(&self) -> Result<&dyn Logins, Cannot> {
        Err(self.cannot("list logins or end one of them"))
    }

    fn revocation(&self) -> Result<&dyn Revocation, Cannot> {
        Err(self.cannot("end all logins of an account"))
    }

    fn partial_logout(&self) -> Result<&dyn PartialLogout, Cannot> {
        Err(self.cannot("log out partially"))
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}
