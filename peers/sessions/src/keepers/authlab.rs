//! session-svc, through its mechanism.

use std::{convert::identity, io, sync::Arc};

use authlab_clock::Clock;
use authlab_mechanism::{handover::{CookieChange, Handover}, items::{NewItem, Sealing}, login::{Account, Device, NewLogin}, Mechanism, presented::Presented};
use authlab_secrets::Secret;
use authlab_service::{Ground, Service as _, settings::{Settings, defaults}};
use session_svc::{SessionSettings, Store, StoredSessions};
use tempfile::TempDir;

use crate::payload::{ITEM, Payload, username};

pub struct SessionSvc {
    mechanism: Arc<dyn Mechanism>,
    /// Keeps the folder of the database for the accounts until the end.
    _folder: Option<TempDir>,
}

impl SessionSvc {
    pub fn in_memory() -> io::Result<Self> {
        let sessions = StoredSessions::in_memory(&defaults(identity), Clock::system()).map_err(io::Error::other)?;
        Ok(Self { mechanism: Arc::new(sessions), _folder: None })
    }

    pub async fn in_redis(url: &str) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let settings = SessionSettings { session_store: Some(Store::Redis(Secret::new(url))), ..defaults(identity) };
        let ground =
            Ground::open(&Settings::embedded(folder.path()), Clock::system()).await.map_err(io::Error::other)?;
        let mechanism = settings.mechanism(&ground).await.map_err(io::Error::other)?;
        Ok(Self { mechanism, _folder: Some(folder) })
    }

    pub async fn log_in(&self, payload: Payload, number: usize) -> io::Result<String> {
        let id = i64::try_from(number).map_err(io::Error::other)?;
        let account = Account { id, username: username(number), generation: 0 };
        let (presented, device) = (Presented::default(), Device::default());
        let login = self.mechanism.login(NewLogin::new(&presented, &account, &device)).await;
        let id = id_in(login.map_err(io::Error::other)?.handover)?;
        if payload == Payload::LoginAndItem {
            let key = ITEM.0.parse().map_err(io::Error::other)?;
            let item = NewItem { key, value: ITEM.1.to_owned(), max_age: None, sealing: Sealing::default() };
            self.mechanism.put_item(&presented(&id), item).await.map_err(io::Error::other)?;
        }
        Ok(id)
    }

    pub async fn recall(&self, id: &str) -> io::Result<bool> {
        let recalled = self.mechanism.recall(&presented(id)).await.map_err(io::Error::other)?;
        Ok(recalled.login.is_ok())
    }
}

fn presented(id: &str) -> Presented {
    Presented::new(vec![("sessionid".to_owned(), Secret::new(id))], None, None)
}

fn id_in(handover: Handover) -> io::Result<String> {
    let id = handover.cookies.into_iter().find_map(|change| match change {
        CookieChange::Set(cookie) => Some(cookie.value.expose().to_owned()),
        CookieChange::Delete(_) => None,
    });
    id.ok_or_else(|| io::Error::other("no cookie was set"))
}
