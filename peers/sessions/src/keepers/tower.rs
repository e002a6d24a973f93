//! tower-sessions, by its `Session`, as its layer uses it.

use std::{io, sync::Arc};

use serde_json::json;
use tower_sessions::{Expiry, MemoryStore, Session, SessionStore, cookie::time::Duration};
use tower_sessions_redis_store::{
    RedisStore,
    fred::prelude::{Builder, ClientLike as _, Config},
};

use crate::payload::{ITEM, Payload, username};

const LOGIN: &str = "login";
const TWO_WEEKS: Duration = Duration::weeks(2);

pub struct TowerSessions(Arc<dyn SessionStore>);

impl TowerSessions {
    pub fn in_memory() -> Self {
        Self(Arc::new(MemoryStore::default()))
    }

    pub async fn in_redis(url: &str) -> io::Result<Self> {
        let config = Config::from_url(url).map_err(io::Error::other)?;
        let client = Builder::from_config(config).build().map_err(io::Error::other)?;
        client.init().await.map_err(io::Error::other)?;
        Ok(Self(Arc::new(RedisStore::new(client))))
    }

    pub async fn log_in(&self, payload: Payload, account: usize) -> io::Result<String> {
        let session = Session::new(None, Arc::clone(&self.0), Some(Expiry::OnInactivity(TWO_WEEKS)));
        let login = json!({"id": account, "username": username(account), "issued_at": 1_790_000_000});
        session.insert(LOGIN, login).await.map_err(io::Error::other)?;
        if payload == Payload::LoginAndItem {
            session.insert(ITEM.0, ITEM.1).await.map_err(io::Error::other)?;
        }
        session.save().await.map_err(io::Error::other)?;
        session.id().map(|id| id.to_string()).ok_or_else(|| io::Error::other("it was not saved"))
    }

    pub async fn recall(&self, id: &str) -> io::Result<bool> {
        let id = id.parse().map_err(io::Error::other)?;
        let session = Session::new(Some(id), Arc::clone(&self.0), Some(Expiry::OnInactivity(TWO_WEEKS)));
        Ok(session.get_value(LOGIN).await.map_err(io::Error::other)?.is_some())
    }
}
