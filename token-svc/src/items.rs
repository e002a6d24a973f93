//! The items of a login, in a JWT or in the row of an opaque token.

use std::collections::BTreeMap;

use authlab_clock::{after, instant};
use authlab_mechanism::items::{Item, NewItem, Which};
use serde::{Deserialize, Serialize};

use crate::object::by_unique_name;

/// Items by name, expired ones among them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Items(#[serde(deserialize_with = "by_unique_name")] pub(crate) BTreeMap<String, CarriedItem>);

/// The member names are short, because a JWT travels with every request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CarriedItem {
    #[serde(rename = "v")]
    value: String,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

impl Items {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// `None` also for an expired item.
    pub(crate) fn get(&self, key: &str, now: i64) -> Option<Item> {
        let found = self.0.get(key).filter(|item| item.is_live(now))?;
        Some(Item { value: found.value.clone(), expires_at: found.expires_at.map(instant) })
    }

    /// The values of the items that have not expired.
    pub(crate) fn live(&self, now: i64) -> BTreeMap<String, String> {
        let live = self.0.iter().filter(|(_, item)| item.is_live(now));
        live.map(|(key, item)| (key.clone(), item.value.clone())).collect()
    }

    /// Puts an item, and drops the expired ones.
    pub(crate) fn put(&mut self, item: NewItem, now: i64) {
        self.0.retain(|_, item| item.is_live(now));
        let expires_at = item.max_age.map(|max_age| after(instant(now), max_age).as_second());
        self.0.insert(item.key.into_string(), CarriedItem { value: item.value, expires_at });
    }

    pub(crate) fn remove(&mut self, which: Which<'_>) {
        match which {
            Which::One(key) => drop(self.0.remove(key.as_str())),
            Which::All => self.0.clear(),
        }
    }

    /// The bytes of all keys and values.
    pub(crate) fn bytes(&self) -> usize {
        self.0.iter().map(|(key, item)| key.len() + item.value.len()).sum()
    }
}

impl CarriedItem {
    fn is_live(&self, now: i64) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}
