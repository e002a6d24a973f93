//! Sessions in the memory of this process, behind one lock that is never held across a wait.
//!
//! * [`sessions`]: what is behind the lock; [`anonymous`]: the share of those without a login

mod anonymous;
mod sessions;
#[cfg(test)]
mod tests;

use std::{
    cmp::Reverse,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use jiff::Timestamp;
use shared::{
    login::{LoginId, Place},
    refusal::{Refusal, Unavailable},
    settings::LoginsAtMost,
};

use self::sessions::Sessions;
use super::{Begins, Change, MAX_LISTED, SessionStore, Spared, Used};
use crate::{
    id::{SessionId, SessionKey},
    lifetime::Lifetimes,
    session::Session,
};

/// Logins of one account that are looked at before the lock is given to somebody else.
const STEP: usize = 1_000;

#[derive(Debug)]
pub(crate) struct MemoryStore {
    lifetimes: Lifetimes,
    at_most: LoginsAtMost,
    sessions: Mutex<Sessions>,
}

impl MemoryStore {
    /// All sessions without a login together may take `anonymous_memory` bytes.
    pub(crate) fn new(lifetimes: Lifetimes, at_most: LoginsAtMost, anonymous_memory: usize) -> Self {
        Self { lifetimes, at_most, sessions: Mutex::new(Sessions::new(anonymous_memory)) }
    }

    /// Whatever is done with the sessions before the guard is dropped happens at once for everybody else.
    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Visits the sessions of the account's logins, and lets others in between now and then.
    fn for_each_login(&self, account: i64, mut visit: impl FnMut(&mut Sessions, SessionKey)) {
        let mut after = None;
        loop {
            let mut sessions = self.lock();
            let keys: Vec<SessionKey> = sessions.keys_of(account, after).take(STEP).collect();
            for key in &keys {
                visit(&mut sessions, *key);
            }
            match keys.last() {
                Some(last) if keys.len() == STEP => after = Some(*last),
                _ => return,
            }
        }
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
        Ok(self.lock().recall(id.key(), self.lifetimes, now))
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
        sessions.insert(begins.id.key(), session.clone(), now)?;
        if let Some(at_most) = self.at_most.0 {
            sessions.remove_surplus(account, begins.id.key(), at_most, now);
        }
        Ok(session)
    }

    async fn end(&self, id: &SessionId) -> Result<(), Unavailable> {
        self.lock().remove(id.key());
        Ok(())
    }

    async fn logins(&self, account: i64, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        let mut by_use = Vec::new();
        self.for_each_login(account, |sessions, key| {
            by_use.extend(sessions.find(key, now).map(|session| (Reverse(session.last_seen_at), key)));
        });
        by_use.sort_unstable();
        by_use.truncate(MAX_LISTED);
        let mut sessions = self.lock();
        Ok(by_use
            .iter()
            .filter_map(|(_, key)| sessions.find(*key, now).map(|session| session.without_items()))
            .collect())
    }

    async fn end_login(&self, account: i64, login: &LoginId) -> Result<(), Unavailable> {
        if let Some(key) = SessionKey::of_login(login) {
            self.lock().remove_login(account, key);
        }
        Ok(())
    }

    async fn end_logins(&self, account: i64, spared: Spared<'_>) -> Result<(), Unavailable> {
        let own = spared.session.map(SessionId::key);
        self.for_each_login(account, |sessions, key| {
            let began_since = |since| sessions.generation(key) >= since;
            if own != Some(key) && !spared.since.is_some_and(began_since) {
                sessions.remove(key);
            }
        });
        Ok(())
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn purge(&self, now: Timestamp) -> Result<u64, Unavailable> {
        Ok(self.lock().purge(now))
    }
}
