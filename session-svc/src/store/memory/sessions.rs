//! The sessions of the memory store, and each account's logins among them.

use std::{
    collections::{BTreeSet, HashMap},
    num::NonZeroU32,
    ops::Bound::{Excluded, Included},
};

use jiff::Timestamp;
use shared::refusal::Unavailable;

use super::{Used, anonymous::Anonymous};
use crate::{id::SessionKey, lifetime::Lifetimes, session::Session};

/// Sessions kept at most; when none of them has expired, new ones are refused (503) and nobody is logged out.
const MOST_SESSIONS: usize = 1_000_000;
/// Expired sessions are looked for when so many new ones have come since the last time.
const PURGE_EVERY: usize = 4_096;

/// Every change keeps the map and the index in step. A map has room to spare, which a pointer fills with less than a session.
#[derive(Debug)]
pub(super) struct Sessions {
    by_key: HashMap<SessionKey, Box<Session>>,
    by_account: BTreeSet<(i64, SessionKey)>,
    anonymous: Anonymous,
    since_purge: usize,
}

impl Sessions {
    /// Those without a login may take so many bytes.
    pub(super) fn new(anonymous_memory: usize) -> Self {
        Self {
            by_key: HashMap::new(),
            by_account: BTreeSet::new(),
            anonymous: Anonymous::new(anonymous_memory),
            since_purge: 0,
        }
    }

    /// A session that has not expired.
    pub(super) fn find(&mut self, key: SessionKey, now: Timestamp) -> Option<&mut Session> {
        self.by_key.get_mut(&key).map(Box::as_mut).filter(|session| now < session.expires_at)
    }

    pub(super) fn insert(&mut self, key: SessionKey, session: Session, now: Timestamp) -> Result<(), Unavailable> {
        self.since_purge += 1;
        if self.since_purge >= PURGE_EVERY || self.by_key.len() >= MOST_SESSIONS {
            self.purge(now);
        }
        if self.by_key.len() >= MOST_SESSIONS {
            return Err(Unavailable { what: "session store", source: "it is full".into() });
        }
        match &session.login {
            Some(login) => drop(self.by_account.insert((login.account.id, key))),
            None => self.anonymous.note(key, &session),
        }
        self.by_key.insert(key, Box::new(session));
        while let Some(surplus) = self.anonymous.surplus() {
            self.remove(surplus);
        }
        Ok(())
    }

    /// Uses a session that has not expired.
    pub(super) fn recall(&mut self, key: SessionKey, lifetimes: Lifetimes, now: Timestamp) -> Option<Used> {
        let session = self.find(key, now)?;
        let used = Used { prolonged: session.used(lifetimes, now), session: session.clone() };
        if used.session.login.is_none() {
            self.anonymous.note(key, &used.session);
        }
        Some(used)
    }

    pub(super) fn remove(&mut self, key: SessionKey) -> Option<Session> {
        let session = self.by_key.remove(&key)?;
        match &session.login {
            Some(login) => drop(self.by_account.remove(&(login.account.id, key))),
            None => self.anonymous.forget(key),
        }
        Some(*session)
    }

    /// The keys of the account's logins, in their order, from the first or from the one after this.
    pub(super) fn keys_of(&self, account: i64, after: Option<SessionKey>) -> impl Iterator<Item = SessionKey> {
        let start = after.map_or(Included((account, SessionKey::FIRST)), |key| Excluded((account, key)));
        self.by_account.range((start, Included((account, SessionKey::LAST)))).map(|(_, key)| *key)
    }

    /// The generation that the account had when the login in this session began; 0 if there is none.
    pub(super) fn generation(&self, key: SessionKey) -> i64 {
        let login = self.by_key.get(&key).and_then(|session| session.login.as_ref());
        login.map_or(0, |login| login.account.generation)
    }

    /// Removes the session of this login, if it is one of the account's.
    pub(super) fn remove_login(&mut self, account: i64, key: SessionKey) {
        if self.by_account.contains(&(account, key)) {
            self.remove(key);
        }
    }

    /// Removes the account's logins beyond so many, but never its `own`: expired ones first, then the least recently used.
    pub(super) fn remove_surplus(&mut self, account: i64, own: SessionKey, at_most: NonZeroU32, now: Timestamp) {
        let at_most = usize::try_from(at_most.get()).unwrap_or(usize::MAX);
        let surplus = self.keys_of(account, None).count().saturating_sub(at_most);
        if surplus == 0 {
            return;
        }
        let others = self.keys_of(account, None).filter(|key| *key != own);
        let mut others: Vec<_> = others.map(|key| (self.standing(key, now), key)).collect();
        others.sort_unstable();
        for (_, key) in others.into_iter().take(surplus) {
            self.remove(key);
        }
    }

    /// By what sessions are compared: the least of them goes first.
    fn standing(&self, key: SessionKey, now: Timestamp) -> Option<(bool, Timestamp)> {
        let session = self.by_key.get(&key)?;
        Some((now < session.expires_at, session.last_seen_at))
    }

    pub(super) fn purge(&mut self, now: Timestamp) -> u64 {
        self.since_purge = 0;
        let expired: Vec<SessionKey> =
            self.by_key.iter().filter(|(_, session)| session.expires_at <= now).map(|(key, _)| *key).collect();
        for key in &expired {
            self.remove(*key);
        }
        expired.len() as u64
    }
}
