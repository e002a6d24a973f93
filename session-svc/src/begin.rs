//! How a login begins.

use authlab_clock::after;
use authlab_mechanism::{
    login::{Account, Device, Granted, Login, LoginId, NewLogin},
    refusal::{Refusal, Unavailable},
};
use jiff::Timestamp;

use crate::{
    id::SessionId,
    mechanism::StoredSessions,
    session::{Ending, SessionLogin},
    store::{BeginLogin, Begun},
};

impl StoredSessions {
    /// Begins a login with a fresh session id, then checks that the password was not changed meanwhile. A later change ends this login with
    /// the others of the account.
    pub(crate) async fn begin(&self, former: Option<&SessionId>, login: NewLogin<'_>) -> Result<Granted, Refusal> {
        let NewLogin { account, device, .. } = login;
        let (now, id) = (self.clock.now(), self.store.id_for(account.id));
        let replaced = self.cacheable(login.presented, former).await?;
        let begins = BeginLogin { former, id: &id, login: SessionLogin::begin(&id, account, device, now) };
        let Begun { session, ended } = self.store.log_in(begins, now).await?;
        let mut ended = self.beyond_the_limit(account, ended, now);
        ended.extend(replaced);
        let unchanged = self.tell_and_check(&ended, account).await;
        if !matches!(unchanged, Ok(true)) {
            self.store.end(&id).await?;
            unchanged?;
            return Err(Refusal::PasswordReplaced);
        }
        let granted = Login { username: account.username.clone(), issued_at: now, expires_at: session.expires_at };
        let cache = self.cache.as_ref().and_then(|cache| cache.set(login.presented, (&id, &session), now));
        let mut handover = self.cookie.set(id, &session, now);
        handover.cookies.extend(cache);
        Ok(Granted { login: granted, handover })
    }

    /// Tells the feed of the logins that a new one has ended. Then returns whether the password of the account is unchanged.
    async fn tell_and_check(&self, ended: &[Ending], account: &Account) -> Result<bool, Unavailable> {
        self.tell(ended).await?;
        match &self.endings {
            Some(endings) => endings.stands(account).await,
            None => Ok(true),
        }
    }

    /// The endings of the account's logins with these ids. No cookie of theirs counts for longer than a login can live.
    fn beyond_the_limit(&self, account: &Account, ended: Vec<LoginId>, now: Timestamp) -> Vec<Ending> {
        let expires_at = after(now, self.lifetimes.absolute);
        let login = |id| SessionLogin { id, account: account.clone(), device: Device::default(), issued_at: now };
        ended.into_iter().map(|id| Ending { login: login(id), expires_at }).collect()
    }
}
