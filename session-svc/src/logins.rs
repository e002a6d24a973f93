//! Lists an account's logins; ends one, all, or all except the caller's.

use async_trait::async_trait;
use authlab_mechanism::{
    Logins, Revocation,
    handover::Handover,
    login::{ListedLogin, LoginId},
    presented::Presented,
    refusal::Refusal,
};

use crate::{
    id::SessionDigest,
    mechanism::StoredSessions,
    session::{Ending, Session},
    store::Spared,
};

#[async_trait]
impl Logins for StoredSessions {
    async fn list(&self, presented: &Presented) -> Result<Vec<ListedLogin>, Refusal> {
        let (_, own, current) = self.caller(presented).await?;
        let mut sessions = self.store.logins(current.account.id, self.clock.now()).await?;
        // A store lists a limited number, perhaps without the caller's own.
        sessions.push(own);
        let sessions = self.without_ended(sessions).await?;
        let mut logins: Vec<ListedLogin> =
            sessions.into_iter().filter_map(|session| listed(session, &current.id)).collect();
        logins.sort_by(|one, other| other.created_at.cmp(&one.created_at).then_with(|| one.id.cmp(&other.id)));
        logins.dedup_by(|one, other| one.id == other.id);
        Ok(logins)
    }

    async fn end(&self, presented: &Presented, login: &LoginId) -> Result<Handover, Refusal> {
        let (_, own, current) = self.caller(presented).await?;
        // Some stores find a login by its digits in any case, so the id is compared in one spelling.
        let Some(digest) = SessionDigest::from_login_id(login) else { return Ok(Handover::nothing()) };
        let (account, login) = (current.account.id, digest.login_id());
        if self.cache.is_some() {
            let mut sessions = self.store.logins(account, self.clock.now()).await?;
            sessions.push(own);
            let ended = sessions.into_iter().filter_map(Ending::of).find(|ending| ending.login.id == login);
            self.tell(ended.as_slice()).await?;
        }
        self.store.end_login(account, &login).await?;
        Ok(if login == current.id { self.forget(presented) } else { Handover::nothing() })
    }
}

#[async_trait]
impl Revocation for StoredSessions {
    async fn end_all(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let (_, _, current) = self.caller(presented).await?;
        let since = self.tell_of_all(&current.account).await?;
        self.store.end_logins(current.account.id, Spared { session: None, since }).await?;
        Ok(self.forget(presented))
    }

    async fn end_others(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let (id, _, current) = self.caller(presented).await?;
        let since = self.tell_of_others(&current).await?;
        self.store.end_logins(current.account.id, Spared { session: Some(&id), since }).await?;
        Ok(Handover::nothing())
    }
}

impl StoredSessions {
    /// The sessions whose logins have not ended.
    async fn without_ended(&self, sessions: Vec<Session>) -> Result<Vec<Session>, Refusal> {
        let mut live = Vec::with_capacity(sessions.len());
        for session in sessions {
            if let Some(login) = &session.login
                && !self.has_ended(login).await?
            {
                live.push(session);
            }
        }
        Ok(live)
    }
}

fn listed(session: Session, current: &LoginId) -> Option<ListedLogin> {
    let login = session.login?;
    Some(ListedLogin {
        current: login.id == *current,
        id: login.id,
        created_at: login.issued_at,
        last_seen_at: session.last_seen_at,
        expires_at: session.expires_at,
        user_agent: login.device.user_agent,
    })
}
