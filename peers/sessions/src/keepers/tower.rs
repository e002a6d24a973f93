//! tower-sessions, through its `Session`, as its layer uses it.

use std::{io, sync::Arc};

use serde_json::json;
use tower_sessions::{Expiry, MemoryStore, Session, cookie::time::Duration, session::Id};
use tower_sessions_redis_store::{
    RedisStore,
    fred::prelude::{Builder, Client, ClientLike as _, Config},
};

use crate::payload::{ITEM, Payload, username};

const LOGIN: &str = "login";
const TWO_WEEKS: Duration = Duration::weeks(2);

pub enum TowerSessions {
    InMemory(Arc<MemoryStore>),
    InRedis(Arc<RedisStore<Client>>),
}

impl TowerSessions {
    pub fn in_memory() -> Self {
        Self::InMemory(Arc::default())
    }

    pub async fn in_redis(url: &str) -> io::Result<Self> {
        let config = Config::from_url(url).map_err(io::Error::other)?;
        let client = Builder::from_config(config).build().map_err(io::Error::other)?;
        client.init().await.map_err(io::Error::other)?;
        Ok(Self::InRedis(Arc::new(RedisStore::new(client))))
    }

    pub async fn log_in(&self, payload: Payload, account: usize) -> io::Result<String> {
        let session = self.session(None);
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
        let session = self.session(Some(id));
        Ok(session.get_value(LOGIN).await.map_err(io::Error::other)?.is_some())
    }

    fn session(&self, id: Option<Id>) -> Session {
        let expiry = Some(Expiry::OnInactivity(TWO_WEEKS));
        match self {
            Self::InMemory(store) => Session::new(id, Arc::clone(store), expiry),
            Self::InRedis(store) => Session::new(id, Arc::clone(store), expiry),
        }
    }
}
