//! The sessions without a login, in the order of their last use, and the memory that they take together.
//!
//! Anybody can begin such sessions, any number of them. They get a share of the memory and no more: whoever begins one beyond it
//! ends the one least recently used, and never a login.

use std::{
    collections::{BTreeMap, HashMap},
    mem::size_of,
};

use shared::items::{Item, ItemKey};

use crate::{id::SessionKey, session::Session};

/// What the maps and the allocator take for a session besides what it holds.
const OVERHEAD: usize = 300;

#[derive(Debug)]
pub(super) struct Anonymous {
    budget: usize,
    bytes: usize,
    known: HashMap<SessionKey, Known>,
    by_turn: BTreeMap<u64, SessionKey>,
    next_turn: u64,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    turn: u64,
    bytes: usize,
}

impl Anonymous {
    pub(super) fn new(budget: usize) -> Self {
        Self { budget, bytes: 0, known: HashMap::new(), by_turn: BTreeMap::new(), next_turn: 0 }
    }

    /// It began, or was used: of all of them it is now the last to go.
    pub(super) fn note(&mut self, key: SessionKey, session: &Session) {
        self.forget(key);
        let known = Known { turn: self.next_turn, bytes: weight(session) };
        self.next_turn += 1;
        self.bytes += known.bytes;
        self.known.insert(key, known);
        self.by_turn.insert(known.turn, key);
    }

    pub(super) fn forget(&mut self, key: SessionKey) {
        if let Some(known) = self.known.remove(&key) {
            self.bytes -= known.bytes;
            self.by_turn.remove(&known.turn);
        }
    }

    /// The one that has to go, if they take too much together.
    pub(super) fn surplus(&self) -> Option<SessionKey> {
        (self.bytes > self.budget).then(|| self.by_turn.values().next().copied()).flatten()
    }
}

/// Bytes, about.
fn weight(session: &Session) -> usize {
    let items = session.items.iter().map(|(key, item)| key.as_str().len() + item.value.len());
    let held: usize = items.map(|held| held + size_of::<(ItemKey, Item)>()).sum();
    OVERHEAD + size_of::<Session>() + held
}
