//! An account's logins: listed, ended one by one, ended all at once.

use async_trait::async_trait;
use shared::{
    handover::Handover,
    login::{ListedLogin, LoginId},
    mechanism::{Logins, Revocation},
    presented::Presented,
    refusal::Refusal,
};

use crate::{mechanism::StoredSessions, session::Session};

#[async_trait]
impl Logins for StoredSessions {
    async fn list(&self, presented: &Presented) -> Result<Vec<ListedLogin>, Refusal> {
        let (_, current) = self.caller(presented).await?;
        let sessions = self.store.logins(current.account.id, self.clock.now()).await?;
        let mut logins: Vec<ListedLogin> =
            sessions.into_iter().filter_map(|session| listed(session, &current.id)).collect();
        logins.sort_by(|one, other| other.created_at.cmp(&one.created_at).then_with(|| one.id.cmp(&other.id)));
        Ok(logins)
    }

    async fn end(&self, presented: &Presented, login: &LoginId) -> Result<Handover, Refusal> {
        let (_, current) = self.caller(presented).await?;
        self.store.end_login(current.account.id, login).await?;
        Ok(if *login == current.id { self.cookie.forget() } else { Handover::nothing() })
    }
}

#[async_trait]
impl Revocation for StoredSessions {
    async fn end_all(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let (_, current) = self.caller(presented).await?;
        self.store.end_logins(current.account.id).await?;
        Ok(self.cookie.forget())
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
