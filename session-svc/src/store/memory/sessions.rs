//! The sessions of the memory store, with an index of each account's logins.

use std::{
    collections::{BTreeSet, HashMap},
    num::NonZeroU32,
    ops::Bound::{Excluded, Included},
};

use authlab_mechanism::{login::LoginId, refusal::Unavailable};
use jiff::Timestamp;

use super::{Used, anonymous::Anonymous};
use crate::{id::SessionDigest, lifetime::Lifetimes, session::Session};

/// Maximum number of sessions. If none has expired, new sessions are refused (503) and no login is ended.
const MAX_SESSIONS: usize = 1_000_000;
/// New sessions between two purges of expired ones.
const INSERTS_PER_PURGE: usize = 4_096;

/// Every change updates map and index together. Sessions are boxed because a hash map has spare slots, and a pointer wastes less.
#[derive(Debug)]
pub(super) struct Sessions {
    by_digest: HashMap<SessionDigest, Box<Session>>,
    by_account: BTreeSet<(i64, SessionDigest)>,
    anonymous: Anonymous,
    since_purge: usize,
}

impl Sessions {
    /// `anonymous_memory` is the budget in bytes of sessions without a login.
    pub(super) fn new(anonymous_memory: usize) -> Self {
        Self {
            by_digest: HashMap::new(),
            by_account: BTreeSet::new(),
            anonymous: Anonymous::new(anonymous_memory),
            since_purge: 0,
        }
    }

    /// A session that has not expired.
    pub(super) fn find(&mut self, digest: SessionDigest, now: Timestamp) -> Option<&mut Session> {
        self.by_digest.get_mut(&digest).map(Box::as_mut).filter(|session| now < session.expires_at)
    }

    pub(super) fn insert(
        &mut self,
        digest: SessionDigest,
        session: Session,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        self.since_purge += 1;
        if self.since_purge >= INSERTS_PER_PURGE || self.by_digest.len() >= MAX_SESSIONS {
            self.purge(now);
        }
        if self.by_digest.len() >= MAX_SESSIONS {
            return Err(Unavailable { what: "session store", source: "it is full".into() });
        }
        match &session.login {
            Some(login) => drop(self.by_account.insert((login.account.id, digest))),
            None => self.anonymous.note(digest, &session),
        }
        self.by_digest.insert(digest, Box::new(session));
        while let Some(surplus) = self.anonymous.surplus() {
            self.remove(surplus);
        }
        Ok(())
    }

    /// Uses a session that has not expired.
    pub(super) fn recall(&mut self, digest: SessionDigest, lifetimes: Lifetimes, now: Timestamp) -> Option<Used> {
        let session = self.find(digest, now)?;
        let used = Used { prolonged: session.used(lifetimes, now), session: session.clone() };
        if used.session.login.is_none() {
            self.anonymous.note(digest, &used.session);
        }
        Some(used)
    }

    pub(super) fn remove(&mut self, digest: SessionDigest) -> Option<Session> {
        let session = self.by_digest.remove(&digest)?;
        match &session.login {
            Some(login) => drop(self.by_account.remove(&(login.account.id, digest))),
            None => self.anonymous.forget(digest),
        }
        Some(*session)
    }

    /// The digests of the account's logins in order, from the first, or after a given one.
    pub(super) fn digests_of(&self, account: i64, after: Option<SessionDigest>) -> impl Iterator<Item = SessionDigest> {
        let start = after.map_or(Included((account, SessionDigest::FIRST)), |digest| Excluded((account, digest)));
        self.by_account.range((start, Included((account, SessionDigest::LAST)))).map(|(_, digest)| *digest)
    }

    /// The account's generation when the login in this session began; 0 without a login.
    pub(super) fn generation(&self, digest: SessionDigest) -> i64 {
        let login = self.by_digest.get(&digest).and_then(|session| session.login.as_ref());
        login.map_or(0, |login| login.account.generation)
    }

    /// Deletes the session of this login, if the login belongs to the account.
    pub(super) fn remove_login(&mut self, account: i64, digest: SessionDigest) {
        if self.by_account.contains(&(account, digest)) {
            self.remove(digest);
        }
    }

    /// Ends the account's logins beyond the limit, expired ones first, then the least recently used; never `own`. Returns those.
    pub(super) fn remove_surplus(
        &mut self,
        account: i64,
        own: SessionDigest,
        at_most: NonZeroU32,
        now: Timestamp,
    ) -> Vec<LoginId> {
        let at_most = usize::try_from(at_most.get()).unwrap_or(usize::MAX);
        let surplus = self.digests_of(account, None).count().saturating_sub(at_most);
        if surplus == 0 {
            return Vec::new();
        }
        let others = self.digests_of(account, None).filter(|digest| *digest != own);
        let mut others: Vec<_> = others.map(|digest| (self.standing(digest, now), digest)).collect();
        others.sort_unstable();
        let ended: Vec<SessionDigest> = others.into_iter().take(surplus).map(|(_, digest)| digest).collect();
        for digest in &ended {
            self.remove(*digest);
        }
        ended.iter().map(SessionDigest::login_id).collect()
    }

    /// The order of ending: the smallest first.
    fn standing(&self, digest: SessionDigest, now: Timestamp) -> Option<(bool, Timestamp)> {
        let session = self.by_digest.get(&digest)?;
        Some((now < session.expires_at, session.last_seen_at))
    }

    pub(super) fn purge(&mut self, now: Timestamp) -> u64 {
        self.since_purge = 0;
        let expired: Vec<SessionDigest> =
            self.by_digest.iter().filter(|(_, session)| session.expires_at <= now).map(|(digest, _)| *digest).collect();
        for digest in &expired {
            self.remove(*digest);
        }
        expired.len() as u64
    }
}
