//! Checks whether a stored session is still valid: its login must not have been ended at another service.
//!
//! A password change at another service ends logins here as well, but no service writes into the store of another. So a login keeps its
//! account's generation, and [`Endings`](authlab_endings::Endings) knows which generations have ended. A session without a login belongs
//! to no account, and only its expiry ends it.

use authlab_endings::Shown;
use authlab_mechanism::{
    presented::Presented,
    refusal::{Denied, Refusal, Unavailable},
};

use crate::{
    id::SessionId,
    mechanism::StoredSessions,
    session::{Session, SessionLogin},
};

impl StoredSessions {
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
        let shown = Shown {
            account: Some(login.account.id),
            generation: login.account.generation,
            login: &login.id.0,
            username: &login.account.username,
            issued_at: login.issued_at.as_second(),
        };
        endings.has_ended(shown, self.clock.seconds()).await
    }
}
