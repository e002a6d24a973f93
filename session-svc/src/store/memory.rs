//! Sessions in the memory of this process, behind one lock that is never held across a wait.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use jiff::Timestamp;
use shared::{
    login::{LoginId, Place},
    refusal::{Refusal, Unavailable},
};

use super::{Begins, Change, SessionStore, Used};
use crate::{
    id::{SessionId, SessionKey},
    lifetime::Lifetimes,
    session::Session,
};

/// Sessions kept at most; when none of them has expired, new ones are refused (503) and nobody is logged out.
const MOST_SESSIONS: usize = 1_000_000;
/// Expired sessions are looked for when so many new ones have come since the last time.
const PURGE_EVERY: usize = 4_096;

#[derive(Debug)]
pub(crate) struct MemoryStore {
    lifetimes: Lifetimes,
    sessions: Mutex<Sessions>,
}

/// The sessions, and each account's logins among them. Every change keeps both in step. A map has room to spare, which a
/// pointer fills with less than a session.
#[derive(Debug, Default)]
struct Sessions {
    by_key: HashMap<SessionKey, Box<Session>>,
    by_account: BTreeSet<(i64, SessionKey)>,
    since_purge: usize,
}

impl MemoryStore {
    pub(crate) fn new(lifetimes: Lifetimes) -> Self {
        Self { lifetimes, sessions: Mutex::default() }
    }

    /// Whatever is done with the sessions before the guard is dropped happens at once for everybody else.
    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    fn place(&self) -> Place {
        Place::Memory
    }

    async fn find(&self, id: &SessionId, now: Timestamp) -> Result<Option<Session>, Unavailable> {
        Ok(self.lock().find(id.key(), now).cloned())
    }

    async fn recall(&self, id: &SessionId, now: Timestamp) -> Result<Option<Used>, Unavailable> {
        let mut sessions = self.lock();
        let found = sessions.find(id.key(), now);
        Ok(found.map(|session| Used { prolonged: session.used(self.lifetimes, now), session: session.clone() }))
    }

    async fn begin(&self, id: &SessionId, session: Session, now: Timestamp) -> Result<(), Unavailable> {
        self.lock().insert(id.key(), session, now)
    }

    async fn change(&self, id: &SessionId, change: Change, now: Timestamp) -> Result<Option<Used>, Refusal> {
        let mut sessions = self.lock();
        let Some(mut session) = sessions.find(id.key(), now).cloned() else { return Ok(None) };
        change.make(&mut session, now)?;
        let prolonged = session.used(self.lifetimes, now);
        sessions.remove(id.key());
        sessions.insert(id.key(), session.clone(), now)?;
        Ok(Some(Used { session, prolonged }))
    }

    async fn log_in(&self, begins: Begins<'_>, now: Timestamp) -> Result<Session, Unavailable> {
        let mut sessions = self.lock();
        let account = begins.login.account.id;
        let former = begins.former.map(SessionId::key).filter(|key| sessions.find(*key, now).is_some());
        let former = former.and_then(|key| sessions.remove(key));
        let session = Session::passed_on(former, begins.login, self.lifetimes, now);
        if begins.ends_others {
            sessions.remove_account(account);
        }
        sessions.insert(begins.id.key(), session.clone(), now)?;
        Ok(session)
    }

    async fn end(&self, id: &SessionId) -> Result<(), Unavailable> {
        self.lock().remove(id.key());
        Ok(())
    }

    async fn logins(&self, account: i64, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        Ok(self.lock().of_account(account, now).cloned().collect())
    }

    async fn end_login(&self, account: i64, login: &LoginId) -> Result<(), Unavailable> {
        let mut sessions = self.lock();
        if let Some(key) = sessions.key_of(account, login) {
            sessions.remove(key);
        }
        Ok(())
    }

    async fn end_logins(&self, account: i64) -> Result<(), Unavailable> {
        self.lock().remove_account(account);
        Ok(())
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn purge(&self, now: Timestamp) -> Result<u64, Unavailable> {
        Ok(self.lock().purge(now))
    }
}

impl Sessions {
    /// A session that has not expired.
    fn find(&mut self, key: SessionKey, now: Timestamp) -> Option<&mut Session> {
        self.by_key.get_mut(&key).map(Box::as_mut).filter(|session| now < session.expires_at)
    }

    fn insert(&mut self, key: SessionKey, session: Session, now: Timestamp) -> Result<(), Unavailable> {
        self.since_purge += 1;
        if self.since_purge >= PURGE_EVERY || self.by_key.len() >= MOST_SESSIONS {
            self.purge(now);
        }
        if self.by_key.len() >= MOST_SESSIONS {
            return Err(Unavailable { what: "session store", source: "it is full".into() });
        }
        if let Some(login) = &session.login {
            self.by_account.insert((login.account.id, key));
        }
        self.by_key.insert(key, Box::new(session));
        Ok(())
    }

    fn remove(&mut self, key: SessionKey) -> Option<Session> {
        let session = self.by_key.remove(&key)?;
        if let Some(login) = &session.login {
            self.by_account.remove(&(login.account.id, key));
        }
        Some(*session)
    }

    fn keys_of(&self, account: i64) -> impl Iterator<Item = SessionKey> {
        self.by_account.range((account, SessionKey::FIRST)..=(account, SessionKey::LAST)).map(|(_, key)| *key)
    }

    /// The sessions of the account's logins that have not expired.
    fn of_account(&self, account: i64, now: Timestamp) -> impl Iterator<Item = &Session> {
        let sessions = self.keys_of(account).filter_map(|key| self.by_key.get(&key));
        sessions.map(Box::as_ref).filter(move |session| now < session.expires_at)
    }

    /// The key of one of the account's logins.
    fn key_of(&self, account: i64, login: &LoginId) -> Option<SessionKey> {
        let is_it = |session: &Session| session.login.as_ref().is_some_and(|found| found.id == *login);
        self.keys_of(account).find(|key| self.by_key.get(key).is_some_and(|session| is_it(session)))
    }

    fn remove_account(&mut self, account: i64) {
        let keys: Vec<SessionKey> = self.keys_of(account).collect();
        for key in keys {
            self.remove(key);
        }
    }

    fn purge(&mut self, now: Timestamp) -> u64 {
        self.since_purge = 0;
        let expired: Vec<SessionKey> =
            self.by_key.iter().filter(|(_, session)| session.expires_at <= now).map(|(key, _)| *key).collect();
        for key in &expired {
            self.remove(*key);
        }
        expired.len() as u64
    }
}
