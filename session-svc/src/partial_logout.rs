//! Logging out by halves: the cookie without the record, the login without the rest, the data without the key.

use async_trait::async_trait;
use shared::{
    handover::Handover, login::PartlyLoggedOut, mechanism::PartialLogout, presented::Presented, refusal::Refusal,
};

use crate::{mechanism::StoredSessions, session::Session};

#[async_trait]
impl PartialLogout for StoredSessions {
    async fn delete_cookie(&self, presented: &Presented) -> Result<PartlyLoggedOut, Refusal> {
        let left = self.change(presented, |_| {})?;
        Ok(PartlyLoggedOut { handover: self.cookie.forget(), ..left })
    }

    async fn delete_login(&self, presented: &Presented) -> Result<PartlyLoggedOut, Refusal> {
        self.change(presented, |session| session.login = None)
    }

    async fn clear(&self, presented: &Presented) -> Result<PartlyLoggedOut, Refusal> {
        self.change(presented, |session| *session = Session::new(session.last_seen_at, session.expires_at))
    }
}

impl StoredSessions {
    /// What is left of the session once it is changed; nothing, if there was none.
    fn change(&self, presented: &Presented, change: impl FnOnce(&mut Session)) -> Result<PartlyLoggedOut, Refusal> {
        let now = self.clock.now();
        let key = self.cookie.id(presented)?.map(|id| id.key());
        let mut sessions = self.store.lock();
        let found = key.filter(|key| sessions.find(*key, now).is_some());
        let Some((key, mut session)) = found.and_then(|key| Some((key, sessions.remove(key)?))) else {
            return Ok(PartlyLoggedOut { handover: Handover::nothing(), record_left: false, login_left: false });
        };
        change(&mut session);
        let login_left = session.login.is_some();
        sessions.insert(key, session, now)?;
        Ok(PartlyLoggedOut { handover: Handover::nothing(), record_left: true, login_left })
    }
}
