//! session-svc without HTTP, on a clock that the test sets: for behaviour that takes minutes or depends on the order of
//! steps.

use std::{convert::identity, net::Ipv4Addr, sync::Arc, time::Duration};

use authlab_accounts::Accounts;
use authlab_client::visitor::{NEW_PASSWORD, PASSWORD};
use authlab_clock::Clock;
use authlab_endings::Reach;
use authlab_mechanism::{
    Mechanism,
    handover::{CookieChange, Handover},
    items::{ItemKey, NewItem, Sealing},
    login::{Account, Device, NewLogin},
    presented::Presented,
    refusal::{Denied, Refusal},
};
use authlab_secrets::Secret;
use authlab_service::{
    Ground, Service as _,
    settings::{LoginsAtMost, Settings, defaults},
};
use session_svc::SessionSettings;
use tempfile::TempDir;

use super::Kept;

/// A store keeps the last use of a login with a resolution of one minute.
pub(super) const A_MINUTE: Duration = Duration::from_mins(1);

pub(super) struct Service {
    pub(super) mechanism: Arc<dyn Mechanism>,
    pub(super) clock: Clock,
    accounts: Accounts,
    _folder: TempDir,
}

/// `at_most` is `LOGINS_AT_MOST`; 0 means no limit.
pub(super) async fn service(kept: &Kept, at_most: u32, revocation: Reach) -> Service {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::embedded(folder.path());
    settings.database_url = Some(kept.accounts.clone());
    settings.secret_key = Some(Secret::new(kept.key));
    settings.revocation = revocation;
    settings.redis.redis_ca.clone_from(&kept.redis_ca);
    settings.logins_at_most = LoginsAtMost(at_most.try_into().ok());
    // The clock starts at the real time, since Redis expires keys by its own clock.
    let clock = Clock::manual(Clock::system().seconds());
    let ground = Ground::open(&settings, clock.clone()).await.unwrap();
    let sessions = SessionSettings {
        session_store: Some(kept.sessions.clone()),
        session_prefix: kept.prefix.map(|prefix| prefix.parse().unwrap()),
        ..defaults(identity)
    };
    let accounts = Accounts::new(ground.database.clone(), clock.clone(), &settings.policy());
    Service { mechanism: sessions.mechanism(&ground).await.unwrap(), clock, accounts, _folder: folder }
}

/// The credentials of a browser with this session id.
pub(super) fn holding(id: &str) -> Presented {
    Presented::new(vec![("sessionid".to_owned(), Secret::new(id))], None, None)
}

/// The session id that the answer sets, if any.
pub(super) fn told(handover: &Handover) -> Option<String> {
    match handover.cookies.as_slice() {
        [CookieChange::Set(cookie)] => Some(cookie.value.expose().to_owned()),
        _ => None,
    }
}

impl Service {
    pub(super) async fn register(&self, username: &str) -> Account {
        self.accounts.register(username, Secret::new(PASSWORD), Ipv4Addr::LOCALHOST.into()).await.unwrap()
    }

    /// Changes the password at another service, which knows no sessions.
    pub(super) async fn change_password(&self, account: &Account) -> Account {
        let passwords = (Secret::new(PASSWORD), Secret::new(NEW_PASSWORD));
        self.accounts.change_password(&account.username, passwords, Ipv4Addr::LOCALHOST.into()).await.unwrap()
    }

    /// Logs in from a browser without a session. Returns the session id.
    pub(super) async fn log_in(&self, account: &Account) -> Result<String, Refusal> {
        let (presented, device) = (Presented::default(), Device::default());
        let granted = self.mechanism.login(NewLogin::new(&presented, account, &device)).await?;
        Ok(told(&granted.handover).unwrap())
    }

    /// Replaces the login after a password change. Returns the new session id.
    pub(super) async fn replace_login(&self, id: &str, account: &Account) -> String {
        let (presented, device) = (holding(id), Device::default());
        let granted = self.mechanism.replace_login(NewLogin::new(&presented, account, &device)).await.unwrap();
        told(&granted.handover).unwrap()
    }

    /// Whether the login is active. This counts as a use of the session.
    pub(super) async fn lives(&self, id: &str) -> bool {
        match self.mechanism.recall(&holding(id)).await.unwrap().login {
            Ok(_) => true,
            Err(denied) => {
                assert_eq!(denied, Denied::Ended);
                false
            }
        }
    }

    pub(super) async fn that_live(&self, ids: &[String]) -> Vec<usize> {
        let mut live = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            if self.lives(id).await {
                live.push(at);
            }
        }
        live
    }

    /// How many logins the list of this login contains.
    pub(super) async fn listed(&self, id: &str) -> usize {
        let logins = self.mechanism.logins().unwrap().list(&holding(id)).await.unwrap();
        assert_eq!(logins.iter().filter(|login| login.current).count(), 1);
        logins.len()
    }

    pub(super) async fn put(&self, id: &str, value: &str) -> Handover {
        let item = NewItem { key: note(), value: value.to_owned(), max_age: None, sealing: Sealing::default() };
        self.mechanism.put_item(&holding(id), item).await.unwrap()
    }
}

pub(super) fn note() -> ItemKey {
    "note".parse().unwrap()
}
