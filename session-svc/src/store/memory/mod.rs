//! Sessions in the memory of this process, behind one lock that is never held across a wait.
//!
//! * [`sessions`]: the data behind the lock; [`anonymous`]: the memory budget of sessions without a login

mod anonymous;
mod sessions;
#[cfg(test)]
mod tests;

use std::{
    cmp::Reverse,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use authlab_mechanism::{
    login::{LoginId, Place},
    refusal::{Refusal, Unavailable},
};
use authlab_service::settings::LoginsAtMost;
use jiff::Timestamp;

use self::sessions::Sessions;
use super::{BeginLogin, Begun, Change, MAX_LISTED, SessionStore, Spared, Used};
use crate::{
    id::{SessionDigest, SessionId},
    lifetime::Lifetimes,
    session::Session,
};

/// Logins of one account that are visited before the lock is released for other requests.
const STEP: usize = 1_000;

#[derive(Debug)]
pub(crate) struct MemoryStore {
    lifetimes: Lifetimes,
    at_most: LoginsAtMost,
    sessions: Mutex<Sessions>,
}

impl MemoryStore {
    /// `anonymous_memory` is the budget in bytes for all sessions without a login.
    pub(crate) fn new(lifetimes: Lifetimes, at_most: LoginsAtMost, anonymous_memory: usize) -> Self {
        Self { lifetimes, at_most, sessions: Mutex::new(Sessions::new(anonymous_memory)) }
    }

    /// All changes under one guard are atomic for other requests.
    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Visits the sessions of the account's logins, and releases the lock between steps.
    fn for_each_login(&self, account: i64, mut visit: impl FnMut(&mut Sessions, SessionDigest)) {
        let mut after = None;
        loop {
            let mut sessions = self.lock();
            let digests: Vec<SessionDigest> = sessions.digests_of(account, after).take(STEP).collect();
            for digest in &digests {
                visit(&mut sessions, *digest);
            }
            match digests.last() {
                Some(last) if digests.len() == STEP => after = Some(*last),
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
        Ok(self.lock().find(id.digest(), now).cloned())
    }

    async fn recall(&self, id: &SessionId, now: Timestamp) -> Result<Option<Used>, Unavailable> {
        Ok(self.lock().recall(id.digest(), self.lifetimes, now))
    }

    async fn begin(&self, id: &SessionId, session: Session, now: Timestamp) -> Result<(), Unavailable> {
        self.lock().insert(id.digest(), session, now)
    }

    async fn change(&self, id: &SessionId, change: Change, now: Timestamp) -> Result<Option<Used>, Refusal> {
        let mut sessions = self.lock();
        let Some(mut session) = sessions.find(id.digest(), now).cloned() else { return Ok(None) };
        change.make(&mut session, now)?;
        let prolonged = session.used(self.lifetimes, now);
        sessions.remove(id.digest());
        sessions.insert(id.digest(), session.clone(), now)?;
        Ok(Some(Used { session, prolonged }))
    }

    async fn log_in(&self, begins: BeginLogin<'_>, now: Timestamp) -> Result<Begun, Unavailable> {
        let mut sessions = self.lock();
        let account = begins.login.account.id;
        let former = begins.former.map(SessionId::digest).filter(|digest| sessions.find(*digest, now).is_some());
        let former = former.and_then(|digest| sessions.remove(digest));
        let session = Session::passed_on(former, begins.login, self.lifetimes, now);
        sessions.insert(begins.id.digest(), session.clone(), now)?;
        let own = begins.id.digest();
        let ended = self.at_most.0.map(|at_most| sessions.remove_surplus(account, own, at_most, now));
        Ok(Begun { session, ended: ended.unwrap_or_default() })
    }

    async fn end(&self, id: &SessionId) -> Result<(), Unavailable> {
        self.lock().remove(id.digest());
        Ok(())
    }

    async fn logins(&self, account: i64, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        let mut by_use = Vec::new();
        self.for_each_login(account, |sessions, digest| {
            by_use.extend(sessions.find(digest, now).map(|session| (Reverse(session.last_seen_at), digest)));
        });
        by_use.sort_unstable();
        by_use.truncate(MAX_LISTED);
        let mut sessions = self.lock();
        Ok(by_use
            .iter()
            .filter_map(|(_, digest)| sessions.find(*digest, now).map(|session| session.without_items()))
            .collect())
    }

    async fn end_login(&self, account: i64, login: &LoginId) -> Result<(), Unavailable> {
        if let Some(digest) = SessionDigest::from_login_id(login) {
            self.lock().remove_login(account, digest);
        }
        Ok(())
    }

    async fn end_logins(&self, account: i64, spared: Spared<'_>) -> Result<(), Unavailable> {
        let own = spared.session.map(SessionId::digest);
        self.for_each_login(account, |sessions, digest| {
            let began_since = |since| sessions.generation(digest) >= since;
            if own != Some(digest) && !spared.since.is_some_and(began_since) {
                sessions.remove(digest);
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
