//! What is kept for a client.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;
use shared::{
    items::{Item, ItemKey, NewItem},
    login::{Account, Device, Login, LoginId},
    random,
    refusal::Refusal,
};

/// Bytes that keys and values of the items may take together.
pub(crate) const BIGGEST_SESSION: usize = 64 * 1024;

#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// Who is logged in, if anybody is.
    pub(crate) login: Option<SessionLogin>,
    /// Whose items these are: the last account that was logged in. A login can leave and the items stay.
    pub(crate) owner: Option<i64>,
    pub(crate) items: BTreeMap<ItemKey, Item>,
    pub(crate) last_seen_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

#[derive(Clone, Debug)]
pub(crate) struct SessionLogin {
    pub(crate) id: LoginId,
    pub(crate) account: Account,
    pub(crate) device: Device,
    pub(crate) issued_at: Timestamp,
}

impl SessionLogin {
    pub(crate) fn begin(account: &Account, device: &Device, now: Timestamp) -> Self {
        Self { id: LoginId(random::hex::<16>()), account: account.clone(), device: device.clone(), issued_at: now }
    }
}

impl Session {
    pub(crate) fn new(now: Timestamp, expires_at: Timestamp) -> Self {
        Self { login: None, owner: None, items: BTreeMap::new(), last_seen_at: now, expires_at }
    }

    pub(crate) fn begin_login(&mut self, login: SessionLogin) {
        self.owner = Some(login.account.id);
        self.login = Some(login);
    }

    /// The login as the contract shows it.
    pub(crate) fn shown_login(&self) -> Option<Login> {
        self.login.as_ref().map(|login| Login {
            username: login.account.username.clone(),
            issued_at: login.issued_at,
            expires_at: self.expires_at,
        })
    }

    /// An item that has not expired.
    pub(crate) fn item(&self, key: &ItemKey, now: Timestamp) -> Option<&Item> {
        self.items.get(key).filter(|item| item.expires_at.is_none_or(|end| now < end))
    }

    pub(crate) fn live_items(&self, now: Timestamp) -> BTreeMap<String, String> {
        let live = self.items.keys().filter_map(|key| Some((key, self.item(key, now)?)));
        live.map(|(key, item)| (key.as_str().to_owned(), item.value.clone())).collect()
    }

    /// Keeps the item, or changes nothing if it does not fit beside the others.
    pub(crate) fn put(&mut self, item: NewItem, now: Timestamp) -> Result<(), Refusal> {
        self.items.retain(|_, item| item.expires_at.is_none_or(|end| now < end));
        let others: usize = self
            .items
            .iter()
            .filter(|(key, _)| **key != item.key)
            .map(|(key, item)| key.as_str().len() + item.value.len())
            .sum();
        if others + item.key.as_str().len() + item.value.len() > BIGGEST_SESSION {
            return Err(Refusal::TooLarge { what: "a session", limit: BIGGEST_SESSION });
        }
        let expires_at = item.max_age.map(|max_age| shared::clock::after(now, max_age));
        self.items.insert(item.key, Item { value: item.value, expires_at });
        Ok(())
    }

    /// For `/mine/record`: everything but the id.
    pub(crate) fn record(&self, now: Timestamp) -> serde_json::Value {
        json!({
            "login": self.login.as_ref().map(|login| json!({
                "id": login.id,
                "account": login.account.id,
                "username": login.account.username,
                "issued_at": login.issued_at,
                "user_agent": login.device.user_agent,
            })),
            "items": self.live_items(now),
            "last_seen_at": self.last_seen_at,
            "expires_at": self.expires_at,
        })
    }
}
