//! Writes the endings of logins to the feed, for the caches that answer without the store. Without `SESSION_CACHE`, every request asks the
//! store, and only password changes at other services come by the feed.
//!
//! Where the record goes with the login, the feed is told first: if the store then fails, the login has ended. Where the record stays or a
//! login begins, the feed is told last: if the store fails, nothing has changed.

use authlab_mechanism::{
    handover::Handover,
    login::Account,
    presented::Presented,
    refusal::{Refusal, Unavailable},
};

use crate::{
    id::SessionId,
    mechanism::StoredSessions,
    session::{Ending, SessionLogin},
};

impl StoredSessions {
    /// Deletes the client's cookies.
    pub(crate) fn forget(&self, presented: &Presented) -> Handover {
        let mut handover = self.cookie.delete();
        handover.cookies.extend(self.cache.as_ref().and_then(|cache| cache.delete(presented)));
        handover
    }

    /// The session whose login a cache may know, before it ends. A session that is no longer in the store may still be in a cache.
    pub(crate) async fn cacheable(
        &self,
        presented: &Presented,
        id: Option<&SessionId>,
    ) -> Result<Option<Ending>, Unavailable> {
        let (Some(cache), Some(id)) = (&self.cache, id) else { return Ok(None) };
        let stored = self.store.find(id, self.clock.now()).await?.and_then(Ending::of);
        let ending = stored.or_else(|| cache.read_at_any_time(presented, id).and_then(Ending::of));
        // A client that repeats its logout writes nothing more.
        match ending {
            Some(ending) if !self.has_ended(&ending.login).await? => Ok(Some(ending)),
            _ => Ok(None),
        }
    }

    /// Ends a session at every instance.
    pub(crate) async fn end_session(&self, presented: &Presented, id: &SessionId) -> Result<(), Unavailable> {
        let ending = self.cacheable(presented, Some(id)).await?;
        self.tell(ending.as_slice()).await?;
        self.store.end(id).await
    }

    /// Tells the feed that logins have ended.
    pub(crate) async fn tell(&self, endings: &[Ending]) -> Result<(), Unavailable> {
        let (Some(_), Some(feed)) = (&self.cache, &self.endings) else { return Ok(()) };
        for Ending { login, expires_at } in endings {
            feed.end_login(login.for_endings(), expires_at.as_second()).await?;
        }
        Ok(())
    }

    /// Tells the feed that all logins of the account have ended. Returns the generation of the logins that begin from now on.
    pub(crate) async fn tell_of_all(&self, account: &Account) -> Result<Option<i64>, Unavailable> {
        match &self.endings {
            Some(feed) if self.cache.is_some() => Ok(Some(feed.end_account(account, None).await?.generation)),
            _ => Ok(None),
        }
    }

    /// The same for all logins of the account except this one.
    pub(crate) async fn tell_of_others(&self, login: &SessionLogin) -> Result<Option<i64>, Refusal> {
        match &self.endings {
            Some(feed) if self.cache.is_some() => {
                Ok(Some(feed.end_others(&login.account, login.for_endings()).await?.generation))
            }
            _ => Ok(None),
        }
    }
}
