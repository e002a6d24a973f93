//! The content of a session.

use std::{collections::BTreeMap, time::Duration};

use authlab_clock::after;
use authlab_endings::Shown;
use authlab_mechanism::{
    items::{Item, ItemKey, NewItem},
    login::{Account, Device, Identity, Login, LoginId},
    refusal::Refusal,
};
use jiff::Timestamp;
use serde_json::json;

use crate::{id::SessionId, items::Items, lifetime::Lifetimes, room::AnonymousRoom};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Session {
    pub(crate) login: Option<SessionLogin>,
    /// The account that owns the items: the last one that was logged in. The items may outlive the login.
    pub(crate) owner: Option<i64>,
    pub(crate) items: Items,
    pub(crate) last_seen_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) expiry: Expiry,
    /// Names of the members that another program keeps in this session.
    pub(crate) others: Vec<String>,
    /// The size in the store in bytes, if it differs from the length of the record.
    pub(crate) stored_bytes: Option<usize>,
}

/// How the end of a session moves while it is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Expiry {
    /// By the settings.
    #[default]
    AsSet,
    /// By the settings; the cookie ends when the browser is closed.
    WithTheBrowser,
    /// By this session's own idle timeout, if it is shorter.
    AfterIdleness(Duration),
    /// Never: the end is fixed.
    Fixed,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SessionLogin {
    pub(crate) id: LoginId,
    pub(crate) account: Account,
    pub(crate) device: Device,
    pub(crate) issued_at: Timestamp,
}

/// A login that is about to end. The feed of endings names it until no cookie of it counts, whatever the clocks say.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) login: SessionLogin,
    pub(crate) expires_at: Timestamp,
}

impl Ending {
    pub(crate) fn of(session: Session) -> Option<Self> {
        let Session { login, expires_at, .. } = session;
        login.map(|login| Self { login, expires_at })
    }
}

impl SessionLogin {
    /// Begins a login in the session with this id.
    pub(crate) fn begin(id: &SessionId, account: &Account, device: &Device, now: Timestamp) -> Self {
        Self { id: id.digest().login_id(), account: account.clone(), device: device.clone(), issued_at: now }
    }

    /// The login in the contract's form, with its ids. `expires_at` is the session's end.
    pub(crate) fn identity(&self, expires_at: Timestamp) -> Identity {
        Identity { login: self.shown(expires_at), login_id: self.id.clone(), account: self.account.id }
    }

    /// The login in the contract's form.
    pub(crate) fn shown(&self, expires_at: Timestamp) -> Login {
        Login { username: self.account.username.clone(), issued_at: self.issued_at, expires_at }
    }

    /// What endings look up.
    pub(crate) fn for_endings(&self) -> Shown<'_> {
        Shown {
            account: Some(self.account.id),
            generation: self.account.generation,
            login: &self.id.0,
            username: &self.account.username,
            issued_at: self.issued_at.as_second(),
        }
    }
}

impl Session {
    pub(crate) fn new(now: Timestamp, expires_at: Timestamp) -> Self {
        Self {
            login: None,
            owner: None,
            items: Items::default(),
            last_seen_at: now,
            expires_at,
            expiry: Expiry::AsSet,
            others: Vec::new(),
            stored_bytes: None,
        }
    }

    /// This session without its content.
    pub(crate) fn cleared(&self) -> Self {
        Self::new(self.last_seen_at, self.expires_at)
    }

    /// Whether it has no login, and no data of another program.
    pub(crate) fn is_anonymous(&self) -> bool {
        self.login.is_none() && self.others.is_empty()
    }

    /// A copy without items, for the list of logins.
    pub(crate) fn without_items(&self) -> Self {
        Self { login: self.login.clone(), ..self.cleared() }
    }

    /// Whether the items may pass to this account: they have no owner yet, or this one.
    pub(crate) fn may_pass_to(&self, account: i64) -> bool {
        self.owner.is_none_or(|owner| owner == account)
    }

    /// The session of a new login. It takes over the client's former session, unless another account owns that one.
    pub(crate) fn passed_on(former: Option<Self>, login: SessionLogin, lifetimes: Lifetimes, now: Timestamp) -> Self {
        let own = former.filter(|former| former.may_pass_to(login.account.id));
        let end = lifetimes.end(now, Some(now));
        let mut session = own.unwrap_or_else(|| Self::new(now, end));
        session.expires_at = match session.expiry {
            Expiry::AsSet | Expiry::WithTheBrowser => end,
            Expiry::AfterIdleness(idle) => end.min(after(now, idle)),
            Expiry::Fixed => end.min(session.expires_at),
        };
        session.last_seen_at = now;
        session.begin_login(login);
        session
    }

    /// Records a use at `now`. Returns whether the end has moved.
    pub(crate) fn used(&mut self, lifetimes: Lifetimes, now: Timestamp) -> bool {
        self.last_seen_at = now;
        let lifetimes = match self.expiry {
            Expiry::AsSet | Expiry::WithTheBrowser => lifetimes,
            Expiry::AfterIdleness(idle) => Lifetimes { idle: idle.min(lifetimes.idle), ..lifetimes },
            Expiry::Fixed => return false,
        };
        // A session of another program may have a login that this service does not know.
        let anonymous = if self.is_anonymous() { lifetimes.anonymous } else { lifetimes.idle };
        let lifetimes = Lifetimes { anonymous, ..lifetimes };
        let login_began = self.login.as_ref().map(|login| login.issued_at);
        let end = lifetimes.prolonged(self.expires_at, now, login_began);
        self.expires_at = end.unwrap_or(self.expires_at);
        end.is_some()
    }

    pub(crate) fn begin_login(&mut self, login: SessionLogin) {
        self.owner = Some(login.account.id);
        self.login = Some(login);
    }

    /// The login in the contract's form.
    pub(crate) fn shown_login(&self) -> Option<Login> {
        self.login.as_ref().map(|login| login.shown(self.expires_at))
    }

    /// The login with its ids.
    pub(crate) fn identity(&self) -> Option<Identity> {
        self.login.as_ref().map(|login| login.identity(self.expires_at))
    }

    /// An item that has not expired.
    pub(crate) fn item(&self, key: &ItemKey, now: Timestamp) -> Option<&Item> {
        self.items.get(key).filter(|item| item.expires_at.is_none_or(|end| now < end))
    }

    pub(crate) fn live_items(&self, now: Timestamp) -> BTreeMap<String, String> {
        let live = self.items.iter().filter(|(_, item)| item.expires_at.is_none_or(|end| now < end));
        live.map(|(key, item)| (key.as_str().to_owned(), item.value.clone())).collect()
    }

    /// Stores the item. Changes nothing if the session would become too large.
    pub(crate) fn put(&mut self, item: NewItem, room: AnonymousRoom, now: Timestamp) -> Result<(), Refusal> {
        self.items.retain(|item| item.expires_at.is_none_or(|end| now < end));
        let others: usize = self
            .items
            .iter()
            .filter(|(key, _)| **key != item.key)
            .map(|(key, item)| key.as_str().len() + item.value.len())
            .sum();
        let size = others + item.key.as_str().len() + item.value.len();
        room.holds(size, self.is_anonymous())?;
        let expires_at = item.max_age.map(|max_age| after(now, max_age));
        self.items.insert(item.key, Item { value: item.value, expires_at });
        Ok(())
    }

    /// The answer of `/mine/record`: everything except the session id.
    pub(crate) fn record(&self, now: Timestamp) -> serde_json::Value {
        json!({
            "login": self.login.as_ref().map(|login| json!({
                "id": login.id,
                "account": login.account.id,
                "username": login.account.username,
                "generation": login.account.generation,
                "issued_at": login.issued_at,
                "user_agent": login.device.user_agent,
            })),
            "items": self.live_items(now),
            "last_seen_at": self.last_seen_at,
            "expires_at": self.expires_at,
            "others": self.others,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use authlab_mechanism::login::{Account, Device};
    use jiff::Timestamp;

    use super::{Expiry, Session, SessionLogin};
    use crate::{id::SessionId, lifetime::Lifetimes};

    const LIFETIMES: Lifetimes = Lifetimes {
        idle: Duration::from_secs(1_000),
        absolute: Duration::from_hours(1),
        anonymous: Duration::from_secs(1_000),
        save_every_request: true,
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn session(expiry: Expiry) -> Session {
        Session { expiry, ..Session::new(at(0), at(300)) }
    }

    fn login(account: i64, now: Timestamp) -> SessionLogin {
        let account = Account { id: account, username: "alice".to_owned(), generation: 0 };
        SessionLogin::begin(&SessionId::random(), &account, &Device::default(), now)
    }

    #[test]
    fn a_life_that_another_program_has_set_is_kept_to() {
        for (expiry, end) in [
            (Expiry::AsSet, 1_100),
            (Expiry::WithTheBrowser, 1_100),
            (Expiry::AfterIdleness(Duration::from_mins(5)), 400),
            (Expiry::AfterIdleness(Duration::from_hours(2)), 1_100),
            (Expiry::Fixed, 300),
        ] {
            let mut used = session(expiry);
            used.used(LIFETIMES, at(100));
            assert_eq!(used.expires_at, at(end), "{expiry:?}");
            let passed_on = Session::passed_on(Some(session(expiry)), login(1, at(100)), LIFETIMES, at(100));
            assert_eq!(passed_on.expires_at, at(end), "{expiry:?}");
        }
    }

    #[test]
    fn what_belongs_to_somebody_else_is_not_passed_on() {
        let mut of_alice = session(Expiry::Fixed);
        of_alice.begin_login(login(1, at(0)));
        of_alice.login = None;
        assert_eq!(Session::passed_on(Some(of_alice.clone()), login(1, at(9)), LIFETIMES, at(9)).expiry, Expiry::Fixed);
        let of_bob = Session::passed_on(Some(of_alice), login(2, at(9)), LIFETIMES, at(9));
        assert_eq!((of_bob.expiry, of_bob.owner), (Expiry::AsSet, Some(2)));
    }
}
