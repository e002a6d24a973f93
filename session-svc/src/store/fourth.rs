//! The recipe "a store" of `CONTRIBUTING.md`, followed literally: a fourth store, as short as it can be.
//!
//! One map behind one mutex, compiled for tests only. It has no index and no limit of memory, so a call for an account visits all sessions.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use authlab_mechanism::{
    login::{LoginId, Place},
    refusal::{Refusal, Unavailable},
};
use authlab_service::settings::LoginsAtMost;
use jiff::Timestamp;

use super::{BeginLogin, Begun, Change, MAX_LISTED, SessionStore, Spared, Used};
use crate::{
    id::{SessionDigest, SessionId},
    lifetime::Lifetimes,
    session::Session,
};

type Sessions = BTreeMap<SessionDigest, Session>;

#[derive(Debug)]
pub(super) struct FourthStore {
    lifetimes: Lifetimes,
    at_most: LoginsAtMost,
    sessions: Mutex<Sessions>,
}

impl FourthStore {
    pub(super) fn new(lifetimes: Lifetimes, at_most: LoginsAtMost) -> Self {
        Self { lifetimes, at_most, sessions: Mutex::default() }
    }

    /// Each method locks once, so it is atomic.
    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn find<'s>(sessions: &'s mut Sessions, id: &SessionId, now: Timestamp) -> Option<&'s mut Session> {
    sessions.get_mut(&id.digest()).filter(|session| now < session.expires_at)
}

fn is_login_of(session: &Session, account: i64) -> bool {
    session.login.as_ref().is_some_and(|login| login.account.id == account)
}

/// The account's logins, the most recently used first.
fn logins_of(sessions: &Sessions, account: i64) -> Vec<SessionDigest> {
    let own = sessions.iter().filter(|(_, session)| is_login_of(session, account));
    let mut by_use: Vec<_> = own.map(|(digest, session)| (session.last_seen_at, *digest)).collect();
    by_use.sort_unstable_by(|one, other| other.cmp(one));
    by_use.into_iter().map(|(_, digest)| digest).collect()
}

#[async_trait]
impl SessionStore for FourthStore {
    fn place(&self) -> Place {
        Place::Memory
    }

    async fn find(&self, id: &SessionId, now: Timestamp) -> Result<Option<Session>, Unavailable> {
        Ok(find(&mut self.lock(), id, now).cloned())
    }

    async fn recall(&self, id: &SessionId, now: Timestamp) -> Result<Option<Used>, Unavailable> {
        let mut sessions = self.lock();
        let Some(session) = find(&mut sessions, id, now) else { return Ok(None) };
        Ok(Some(Used { prolonged: session.used(self.lifetimes, now), session: session.clone() }))
    }

    async fn begin(&self, id: &SessionId, session: Session, _now: Timestamp) -> Result<(), Unavailable> {
        self.lock().insert(id.digest(), session);
        Ok(())
    }

    async fn change(&self, id: &SessionId, change: Change, now: Timestamp) -> Result<Option<Used>, Refusal> {
        let mut sessions = self.lock();
        let Some(session) = find(&mut sessions, id, now) else { return Ok(None) };
        change.make(session, now)?;
        Ok(Some(Used { prolonged: session.used(self.lifetimes, now), session: session.clone() }))
    }

    async fn log_in(&self, begins: BeginLogin<'_>, now: Timestamp) -> Result<Begun, Unavailable> {
        let mut sessions = self.lock();
        sessions.retain(|_, session| now < session.expires_at);
        let (account, own) = (begins.login.account.id, begins.id.digest());
        let former = begins.former.and_then(|id| sessions.remove(&id.digest()));
        let (session, mut ended) = (Session::passed_on(former, begins.login, self.lifetimes, now), Vec::new());
        if let Some(at_most) = self.at_most.0 {
            let others = usize::try_from(at_most.get()).unwrap_or(usize::MAX) - 1;
            for surplus in logins_of(&sessions, account).into_iter().skip(others) {
                sessions.remove(&surplus);
                ended.push(surplus.login_id());
            }
        }
        sessions.insert(own, session.clone());
        Ok(Begun { session, ended })
    }

    async fn end(&self, id: &SessionId) -> Result<(), Unavailable> {
        self.lock().remove(&id.digest());
        Ok(())
    }

    async fn logins(&self, account: i64, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        let sessions = self.lock();
        let logins = logins_of(&sessions, account).into_iter().map(|digest| sessions[&digest].without_items());
        Ok(logins.filter(|session| now < session.expires_at).take(MAX_LISTED).collect())
    }

    async fn end_login(&self, account: i64, login: &LoginId) -> Result<(), Unavailable> {
        let digest = SessionDigest::from_login_id(login);
        self.lock().retain(|found, session| Some(*found) != digest || !is_login_of(session, account));
        Ok(())
    }

    async fn end_logins(&self, account: i64, spared: Spared<'_>) -> Result<(), Unavailable> {
        let own = spared.session.map(SessionId::digest);
        self.lock().retain(|digest, session| match &session.login {
            Some(login) if login.account.id == account => {
                own == Some(*digest) || spared.since.is_some_and(|since| login.account.generation >= since)
            }
            _ => true,
        });
        Ok(())
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn purge(&self, now: Timestamp) -> Result<u64, Unavailable> {
        let mut sessions = self.lock();
        let before = sessions.len();
        sessions.retain(|_, session| now < session.expires_at);
        Ok((before - sessions.len()) as u64)
    }
}
