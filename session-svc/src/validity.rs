//! Checks whether a stored session is still valid: its login must not have been ended at another service.
//!
//! A password change at another service ends logins here as well, but no service writes into the store of another. Endings of this service are
//! in its store, and with `SESSION_CACHE` among the [endings](crate::ending) too. So a login keeps its
//! account's generation, and [`Endings`](authlab_endings::Endings) knows which generations have ended. A session without a login belongs
//! to no account, and only its expiry ends it.

use authlab_mechanism::{
    presented::Presented,
    refusal::{Denied, Refusal, Unavailable},
};
use jiff::Timestamp;

use crate::{
    id::SessionId,
    mechanism::StoredSessions,
    session::{Session, SessionLogin},
    store::Used,
};

impl StoredSessions {
    /// The client's session, if it is valid, or why there is none. With `counts`, this is a use of the session.
    pub(crate) async fn used(
        &self,
        presented: &Presented,
        counts: bool,
        now: Timestamp,
    ) -> Result<Result<(SessionId, Used), Denied>, Unavailable> {
        let Some(text) = self.cookie.text(presented) else { return Ok(Err(Denied::Missing)) };
        let Some(id) = SessionId::parse(text) else { return Ok(Err(Denied::Malformed)) };
        let used = if counts {
            self.store.recall(&id, now).await?
        } else {
            self.store.find(&id, now).await?.map(|session| Used { session, prolonged: false })
        };
        match used {
            Some(used) if self.is_valid(&id, &used.session).await? => Ok(Ok((id, used))),
            _ => Ok(Err(Denied::Ended)),
        }
    }

    /// The client's session, if it is valid.
    pub(crate) async fn found(&self, presented: &Presented) -> Result<Option<(SessionId, Session)>, Refusal> {
        let Some(id) = self.cookie.id(presented) else { return Ok(None) };
        match self.store.find(&id, self.clock.now()).await? {
            Some(session) if self.is_valid(&id, &session).await? => Ok(Some((id, session))),
            _ => Ok(None),
        }
    }

    /// The caller's session and its login, or 401.
    pub(crate) async fn caller(&self, presented: &Presented) -> Result<(SessionId, Session, SessionLogin), Refusal> {
        if self.cookie.id(presented).is_none() {
            return Err(Refusal::NotLoggedIn(Denied::Missing));
        }
        let ended = || Refusal::NotLoggedIn(Denied::Ended);
        let (id, session) = self.found(presented).await?.ok_or_else(ended)?;
        let login = session.login.clone().ok_or_else(ended)?;
        Ok((id, session, login))
    }

    /// Whether the session is valid. If its login has ended, the session is deleted, so that no later setting or use revives it.
    pub(crate) async fn is_valid(&self, id: &SessionId, session: &Session) -> Result<bool, Unavailable> {
        let ended = match &session.login {
            Some(login) => self.has_ended(login).await?,
            None => false,
        };
        if ended {
            self.store.end(id).await?;
        }
        Ok(!ended)
    }

    pub(crate) async fn has_ended(&self, login: &SessionLogin) -> Result<bool, Unavailable> {
        let Some(endings) = &self.endings else { return Ok(false) };
        endings.has_ended(login.for_endings(), self.clock.seconds()).await
    }
}
