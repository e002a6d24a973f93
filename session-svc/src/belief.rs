//! Which session of the store is believed: one whose login has not ended with its account's others.
//!
//! A password that was changed at another service ends logins here as well, and no service writes into the store of another. So a
//! login keeps the generation that its account had, and [`Endings`](shared::endings::Endings) knows the generations that have ended.
//! A session without a login belongs to no account, and nothing can end it but its time.

use shared::{
    endings::Shown,
    login::Account,
    presented::Presented,
    refusal::{Denied, Refusal, Unavailable},
};

use crate::{
    id::SessionId,
    mechanism::StoredSessions,
    session::{Session, SessionLogin},
};

impl StoredSessions {
    /// The session that the client presents, if it is believed.
    pub(crate) async fn found(&self, presented: &Presented) -> Result<Option<(SessionId, Session)>, Refusal> {
        let Some(id) = self.cookie.id(presented) else { return Ok(None) };
        match self.store.find(&id, self.clock.now()).await? {
            Some(session) if self.believes(&id, &session).await? => Ok(Some((id, session))),
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

    /// Whether the session goes on. If its login has ended, the session leaves the store: no setting and no later use may bring
    /// it back.
    pub(crate) async fn believes(&self, id: &SessionId, session: &Session) -> Result<bool, Unavailable> {
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

    /// Refuses a login whose password was replaced while the login began, and ends its session.
    pub(crate) async fn must_stand(&self, id: &SessionId, account: &Account) -> Result<(), Refusal> {
        let Some(endings) = &self.endings else { return Ok(()) };
        let stands = endings.stands(account).await;
        if matches!(stands, Ok(true)) {
            return Ok(());
        }
        self.store.end(id).await?;
        stands?;
        Err(Refusal::PasswordReplaced)
    }
}
