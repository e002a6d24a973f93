//! Sessions in the memory of this process, behind one lock that is never held across a wait.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use shared::{login::LoginId, refusal::Unavailable};

use crate::{id::SessionKey, session::Session};

/// Sessions kept at most; when none of them has expired, new ones are refused (503) and nobody is logged out.
const MOST_SESSIONS: usize = 1_000_000;
/// Expired sessions are looked for when so many new ones have come since the last time.
const PURGE_EVERY: usize = 4_096;

/// Cheap to clone; clones share the sessions.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemoryStore(Arc<Mutex<Sessions>>);

/// The sessions, and each account's logins among them. Every change keeps both in step.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    by_key: HashMap<SessionKey, Session>,
    by_account: HashMap<i64, BTreeSet<SessionKey>>,
    since_purge: usize,
}

impl MemoryStore {
    /// Whatever is done with the sessions before the guard is dropped happens at once for everybody else.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sessions {
    /// A session that has not expired.
    pub(crate) fn find(&mut self, key: SessionKey, now: Timestamp) -> Option<&mut Session> {
        self.by_key.get_mut(&key).filter(|session| now < session.expires_at)
    }

    pub(crate) fn insert(&mut self, key: SessionKey, session: Session, now: Timestamp) -> Result<(), Unavailable> {
        self.since_purge += 1;
        if self.since_purge >= PURGE_EVERY || self.by_key.len() >= MOST_SESSIONS {
            self.purge(now);
        }
        if self.by_key.len() >= MOST_SESSIONS {
            return Err(Unavailable { what: "session store", source: "it is full".into() });
        }
        if let Some(login) = &session.login {
            self.by_account.entry(login.account.id).or_default().insert(key);
        }
        self.by_key.insert(key, session);
        Ok(())
    }

    pub(crate) fn remove(&mut self, key: SessionKey) -> Option<Session> {
        let session = self.by_key.remove(&key)?;
        if let Some(login) = &session.login
            && let Some(keys) = self.by_account.get_mut(&login.account.id)
        {
            keys.remove(&key);
            if keys.is_empty() {
                self.by_account.remove(&login.account.id);
            }
        }
        Some(session)
    }

    /// The account's logins that have not expired.
    pub(crate) fn of_account(&self, account: i64, now: Timestamp) -> impl Iterator<Item = (SessionKey, &Session)> {
        let keys = self.by_account.get(&account).into_iter().flatten();
        keys.filter_map(|key| Some((*key, self.by_key.get(key)?))).filter(move |(_, session)| now < session.expires_at)
    }

    /// The key of one of the account's logins.
    pub(crate) fn key_of(&self, account: i64, login: &LoginId) -> Option<SessionKey> {
        let keys = self.by_account.get(&account)?;
        let named = |key: &&SessionKey| {
            self.by_key.get(*key).and_then(|session| session.login.as_ref()).is_some_and(|found| found.id == *login)
        };
        keys.iter().find(named).copied()
    }

    /// Ends all of the account's logins but one.
    pub(crate) fn remove_account(&mut self, account: i64, but: Option<SessionKey>) {
        let keys: Vec<SessionKey> = self.by_account.get(&account).into_iter().flatten().copied().collect();
        for key in keys.into_iter().filter(|key| Some(*key) != but) {
            self.remove(key);
        }
    }

    fn purge(&mut self, now: Timestamp) {
        self.since_purge = 0;
        let expired: Vec<SessionKey> =
            self.by_key.iter().filter(|(_, session)| session.expires_at <= now).map(|(key, _)| *key).collect();
        for key in expired {
            self.remove(key);
        }
    }
}
