//! Partial logout: delete only the cookie, only the login, or all data except the session id.

use async_trait::async_trait;
use authlab_mechanism::{
    PartialLogout, handover::Handover, login::PartlyLoggedOut, presented::Presented, refusal::Refusal,
};

use crate::{mechanism::StoredSessions, session::Session, store::Change};

#[async_trait]
impl PartialLogout for StoredSessions {
    async fn delete_cookie(&self, presented: &Presented) -> Result<PartlyLoggedOut, Refusal> {
        let session = self.found(presented).await?.map(|(_, session)| session);
        Ok(left(session.as_ref(), self.forget(presented)))
    }

    async fn delete_login(&self, presented: &Presented) -> Result<PartlyLoggedOut, Refusal> {
        self.without(presented, Change::DeleteLogin).await
    }

    async fn clear(&self, presented: &Presented) -> Result<PartlyLoggedOut, Refusal> {
        self.without(presented, Change::Clear).await
    }
}

impl StoredSessions {
    /// The session is checked first: without its login, the session would no longer show that the login has ended.
    async fn without(&self, presented: &Presented, change: Change) -> Result<PartlyLoggedOut, Refusal> {
        let ending = self.cacheable(presented, self.cookie.id(presented).as_ref()).await?;
        let used = match self.found(presented).await? {
            Some((id, _)) => self.store.change(&id, change, self.clock.now()).await?,
            None => None,
        };
        self.tell(ending.as_slice()).await?;
        Ok(left(used.as_ref().map(|used| &used.session), Handover::nothing()))
    }
}

fn left(session: Option<&Session>, handover: Handover) -> PartlyLoggedOut {
    let login_left = session.is_some_and(|session| session.login.is_some());
    PartlyLoggedOut { handover, record_left: session.is_some(), login_left }
}
