//! The sessions without a login, in order of their last use, and the memory that they take together.
//!
//! Any client can begin any number of such sessions, so they share a limited budget of memory. A session beyond it ends the least recently
//! used one of them, and never a login.

use std::{
    collections::{BTreeMap, HashMap},
    mem::size_of,
};

use authlab_mechanism::items::{Item, ItemKey};

use crate::{id::SessionDigest, session::Session};

/// Bytes that the maps and the allocator take per session, without its content.
const OVERHEAD: usize = 300;

#[derive(Debug)]
pub(super) struct Anonymous {
    budget: usize,
    bytes: usize,
    last_uses: HashMap<SessionDigest, LastUse>,
    by_turn: BTreeMap<u64, SessionDigest>,
    next_turn: u64,
}

#[derive(Clone, Copy, Debug)]
struct LastUse {
    turn: u64,
    bytes: usize,
}

impl Anonymous {
    pub(super) fn new(budget: usize) -> Self {
        Self { budget, bytes: 0, last_uses: HashMap::new(), by_turn: BTreeMap::new(), next_turn: 0 }
    }

    /// Makes this session the most recently used.
    pub(super) fn note(&mut self, digest: SessionDigest, session: &Session) {
        self.forget(digest);
        let last_use = LastUse { turn: self.next_turn, bytes: weight(session) };
        self.next_turn += 1;
        self.bytes += last_use.bytes;
        self.last_uses.insert(digest, last_use);
        self.by_turn.insert(last_use.turn, digest);
    }

    pub(super) fn forget(&mut self, digest: SessionDigest) {
        if let Some(last_use) = self.last_uses.remove(&digest) {
            self.bytes -= last_use.bytes;
            self.by_turn.remove(&last_use.turn);
        }
    }

    /// The session to end, if the budget is exceeded.
    pub(super) fn surplus(&self) -> Option<SessionDigest> {
        (self.bytes > self.budget).then(|| self.by_turn.values().next().copied()).flatten()
    }
}

/// The approximate memory of a session in bytes.
fn weight(session: &Session) -> usize {
    let items = session.items.iter().map(|(key, item)| key.as_str().len() + item.value.len());
    let held: usize = items.map(|held| held + size_of::<(ItemKey, Item)>()).sum();
    OVERHEAD + size_of::<Session>() + held
}
