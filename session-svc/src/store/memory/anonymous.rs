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
    /// The turn of each session's last use, and its bytes.
    last_uses: HashMap<SessionDigest, (u64, usize)>,
    by_turn: BTreeMap<u64, SessionDigest>,
    next_turn: u64,
}

impl Anonymous {
    pub(super) fn new(budget: usize) -> Self {
        Self { budget, bytes: 0, last_uses: HashMap::new(), by_turn: BTreeMap::new(), next_turn: 0 }
    }

    /// Makes this session the most recently used.
    pub(super) fn note(&mut self, digest: SessionDigest, session: &Session) {
        self.forget(digest);
        let (turn, bytes) = (self.next_turn, weight(session));
        self.next_turn += 1;
        self.bytes += bytes;
        self.last_uses.insert(digest, (turn, bytes));
        self.by_turn.insert(turn, digest);
    }

    pub(super) fn forget(&mut self, digest: SessionDigest) {
        if let Some((turn, bytes)) = self.last_uses.remove(&digest) {
            self.bytes -= bytes;
            self.by_turn.remove(&turn);
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
