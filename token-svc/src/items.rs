//! The items of a login, in a JWT or with an opaque token.

use std::{collections::BTreeMap, fmt};

use authlab_clock::{after, instant};
use authlab_mechanism::items::{Item, ItemKey, NewItem, Which};
use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, MapAccess, Visitor},
};

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
    /// Without a flattened member, serde would also accept an array.
    #[serde(flatten)]
    object: (),
}

impl Items {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
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
        self.0.insert(item.key.into_string(), CarriedItem { value: item.value, expires_at, object: () });
    }

    /// The items as a store outside of the database keeps them. One with a name that no request can ask for is left out.
    pub(crate) fn stored(&self) -> Vec<(ItemKey, Item)> {
        let stored = |item: &CarriedItem| Item { value: item.value.clone(), expires_at: item.expires_at.map(instant) };
        self.0.iter().filter_map(|(key, item)| Some((key.parse().ok()?, stored(item)))).collect()
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

impl FromIterator<(ItemKey, Item)> for Items {
    fn from_iter<I: IntoIterator<Item = (ItemKey, Item)>>(pairs: I) -> Self {
        let carried = |item: Item| {
            let expires_at = item.expires_at.map(Timestamp::as_second);
            CarriedItem { value: item.value, expires_at, object: () }
        };
        Self(pairs.into_iter().map(|(key, item)| (key.into_string(), carried(item))).collect())
    }
}

impl CarriedItem {
    fn is_live(&self, now: i64) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// Items by name. A name that occurs twice is refused, because two readers could take different ones (RFC 7519 §4).
fn by_unique_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, CarriedItem>, D::Error> {
    deserializer.deserialize_map(UniqueNames)
}

struct UniqueNames;

impl<'de> Visitor<'de> for UniqueNames {
    type Value = BTreeMap<String, CarriedItem>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with unique names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found = BTreeMap::new();
        while let Some((name, item)) = members.next_entry()? {
            if found.insert(name, item).is_some() {
                return Err(A::Error::custom("a name occurs twice"));
            }
        }
        Ok(found)
    }
}
