//! What a token says (RFC 7519 §4.1, RFC 9068 §2.2).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::{
    clock::after,
    items::{Item, NewItem},
    login::{Account, Login},
    revocation::Shown,
};

use crate::object::by_unique_name;

/// The claims of an access token. Instants are seconds since the epoch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) aud: String,
    /// The account's id.
    pub(crate) sub: String,
    pub(crate) username: String,
    /// Names this login; every token of one login has the same.
    pub(crate) jti: String,
    /// When the password was given.
    pub(crate) auth_time: i64,
    pub(crate) iat: i64,
    pub(crate) nbf: i64,
    pub(crate) exp: i64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "by_unique_name")]
    pub(crate) items: BTreeMap<String, CarriedItem>,
}

/// An item inside a token. Short names: they travel with every request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CarriedItem {
    #[serde(rename = "v")]
    value: String,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

impl Claims {
    pub(crate) fn is_of(&self, account: &Account) -> bool {
        self.sub == account.id.to_string()
    }

    /// As the list of ended logins knows it: by its id, never by its text, which has several spellings.
    pub(crate) fn shown(&self) -> Shown<'_> {
        Shown { account: &self.sub, login: &self.jti, issued_at: self.iat }
    }

    pub(crate) fn login(&self) -> Login {
        Login { username: self.username.clone(), issued_at: instant(self.auth_time), expires_at: instant(self.exp) }
    }

    /// An item that has not expired.
    pub(crate) fn item(&self, key: &str, now: i64) -> Option<Item> {
        let found = self.items.get(key).filter(|item| item.is_live(now))?;
        Some(Item { value: found.value.clone(), expires_at: found.expires_at.map(instant) })
    }

    pub(crate) fn live_items(&self, now: i64) -> BTreeMap<String, String> {
        let live = self.items.iter().filter(|(_, item)| item.is_live(now));
        live.map(|(key, item)| (key.clone(), item.value.clone())).collect()
    }

    /// Expired items are left behind: they would only be carried about.
    pub(crate) fn put(&mut self, item: NewItem, now: i64) {
        self.items.retain(|_, item| item.is_live(now));
        let expires_at = item.max_age.map(|max_age| after(instant(now), max_age).as_second());
        self.items.insert(item.key.into_string(), CarriedItem { value: item.value, expires_at });
    }
}

impl CarriedItem {
    fn is_live(&self, now: i64) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// Whatever was signed is shown; what no calendar reaches is shown as its end.
fn instant(seconds: i64) -> Timestamp {
    let farthest = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(seconds).unwrap_or(farthest)
}
