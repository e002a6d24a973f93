//! The items of one session, sorted by key.
//!
//! Most sessions have few items, so a vector without spare capacity takes the least memory. A `BTreeMap` allocates space for eleven with
//! the first item, and a growing vector for four.

use authlab_mechanism::items::{Item, ItemKey};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Items(Vec<(ItemKey, Item)>);

impl Items {
    pub(crate) fn get(&self, key: &ItemKey) -> Option<&Item> {
        self.place(key).ok().map(|at| &self.0[at].1)
    }

    pub(crate) fn insert(&mut self, key: ItemKey, item: Item) {
        match self.place(&key) {
            Ok(at) => self.0[at].1 = item,
            Err(at) => {
                self.0.reserve_exact(1);
                self.0.insert(at, (key, item));
            }
        }
    }

    pub(crate) fn remove(&mut self, key: &ItemKey) {
        if let Ok(at) = self.place(key) {
            self.0.remove(at);
        }
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&Item) -> bool) {
        self.0.retain(|(_, item)| keep(item));
    }

    pub(crate) fn clear(&mut self) {
        self.0 = Vec::new();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&ItemKey, &Item)> {
        self.0.iter().map(|(key, item)| (key, item))
    }

    fn place(&self, key: &ItemKey) -> Result<usize, usize> {
        self.0.binary_search_by(|(found, _)| found.cmp(key))
    }
}

/// Of two items with the same key, the later is kept.
impl FromIterator<(ItemKey, Item)> for Items {
    fn from_iter<I: IntoIterator<Item = (ItemKey, Item)>>(pairs: I) -> Self {
        let mut pairs: Vec<(ItemKey, Item)> = pairs.into_iter().collect();
        pairs.reverse();
        pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
        pairs.dedup_by(|(one, _), (other, _)| one == other);
        pairs.shrink_to_fit();
        Self(pairs)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use authlab_mechanism::items::{Item, ItemKey};
    use proptest::prelude::*;

    use super::Items;

    #[derive(Clone, Debug)]
    enum Step {
        Insert(ItemKey, Item),
        Remove(ItemKey),
        Retain,
        Clear,
    }

    fn key() -> impl Strategy<Value = ItemKey> {
        "[a-c]{1,2}".prop_map(|text| text.parse().unwrap())
    }

    fn item() -> impl Strategy<Value = Item> {
        "[a-z]{0,2}".prop_map(|value| Item { value, expires_at: None })
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            8 => (key(), item()).prop_map(|(key, item)| Step::Insert(key, item)),
            4 => key().prop_map(Step::Remove),
            1 => Just(Step::Retain),
            1 => Just(Step::Clear),
        ]
    }

    fn alike(items: &Items, map: &BTreeMap<ItemKey, Item>) -> bool {
        items.iter().eq(map.iter()) && map.iter().all(|(key, item)| items.get(key) == Some(item))
    }

    proptest! {
        #[test]
        fn they_are_a_map(start in prop::collection::vec((key(), item()), 0..8), steps in prop::collection::vec(step(), 0..40)) {
            let mut items: Items = start.iter().cloned().collect();
            let mut map: BTreeMap<ItemKey, Item> = start.into_iter().collect();
            prop_assert!(alike(&items, &map));
            for step in steps {
                match step {
                    Step::Insert(key, item) => {
                        items.insert(key.clone(), item.clone());
                        map.insert(key, item);
                    }
                    Step::Remove(key) => {
                        items.remove(&key);
                        map.remove(&key);
                    }
                    Step::Retain => {
                        items.retain(|item| item.value.len() > 1);
                        map.retain(|_, item| item.value.len() > 1);
                    }
                    Step::Clear => {
                        items.clear();
                        map.clear();
                    }
                }
                prop_assert!(alike(&items, &map), "{items:?} {map:?}");
            }
        }
    }
}
