//! Writes the endings of logins to the feed, for the caches that answer without the store. Without `SESSION_CACHE`, every request asks the
//! store, and only password changes at other services come by the feed.
//!
//! Where the record goes with the login, the feed is told first: if the store then fails, the login has ended. Where the record stays or a
//! login begins, the feed is told last: if the store fails, nothing has changed.

use authlab_endings::Shown;
use authlab_mechanism::{
    handover::Handover,
    login::{Account, LoginId},
    presented::Presented,
    refusal::{Refusal, Unavailable},
};
use jiff::Timestamp;

use crate::{
    id::SessionId,
    mechanism::StoredSessions,
    session::{Session, SessionLogin},
};

impl StoredSessions {
    /// The caller's login as its cache cookie describes it, if it has a fresh one.
    pub(crate) fn cached(&self, presented: &Presented, id: &SessionId, now: Timestamp) -> Option<Session> {
        self.cache.as_ref()?.read(presented, id, now)
    }

    /// Adds the cache cookie to what the client gets, unless it holds a fresh one.
    pub(crate) fn add_cache(
        &self,
        handover: &mut Handover,
        presented: &Presented,
        (id, session): (&SessionId, &Session),
        now: Timestamp,
    ) {
        if let Some(cache) = &self.cache
            && cache.read(presented, id, now).is_none()
        {
            handover.cookies.extend(cache.set(session, now));
        }
    }

    /// Deletes the client's cookies.
    pub(crate) fn forget(&self, presented: &Presented) -> Handover {
        let mut handover = self.cookie.delete();
        handover.cookies.extend(self.cache.as_ref().and_then(|cache| cache.delete(presented)));
        handover
    }

    /// The login that ends with this session, if a cache may know it. A session that is no longer in the store may still be in a cache.
    pub(crate) async fn cacheable(
        &self,
        presented: &Presented,
        id: Option<&SessionId>,
    ) -> Result<Option<SessionLogin>, Unavailable> {
        let (Some(cache), Some(id)) = (&self.cache, id) else { return Ok(None) };
        let now = self.clock.now();
        let stored = self.store.find(id, now).await?.and_then(|session| session.login);
        Ok(stored.or_else(|| cache.read(presented, id, now)?.login))
    }

    /// Ends a session at every instance.
    pub(crate) async fn end_session(&self, presented: &Presented, id: &SessionId) -> Result<(), Unavailable> {
        if let Some(login) = self.cacheable(presented, Some(id)).await? {
            self.tell_of_login(login.account.id, &login.id).await?;
        }
        self.store.end(id).await
    }

    /// Tells the feed that a login has ended.
    pub(crate) async fn tell_of_login(&self, account: i64, login: &LoginId) -> Result<(), Unavailable> {
        let (Some(cache), Some(endings)) = (&self.cache, &self.endings) else { return Ok(()) };
        let shown = Shown { account: Some(account), generation: 0, login: &login.0, username: "", issued_at: 0 };
        endings.end_login(shown, cache.named_until(self.clock.seconds())).await
    }

    /// Tells the feed that all logins of the account have ended.
    pub(crate) async fn tell_of_all(&self, account: &Account) -> Result<(), Unavailable> {
        match &self.endings {
            Some(endings) if self.cache.is_some() => endings.end_account(account, None).await.map(drop),
            _ => Ok(()),
        }
    }

    /// Tells the feed that all logins of the account except this one have ended.
    pub(crate) async fn tell_of_others(&self, login: &SessionLogin) -> Result<(), Refusal> {
        match &self.endings {
            Some(endings) if self.cache.is_some() => {
                endings.end_others(&login.account, login.for_endings()).await.map(drop)
            }
            _ => Ok(()),
        }
    }
}
