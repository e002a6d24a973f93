//! The session mechanism: the client carries a random id and nothing else; everything is kept on the server.
//!
//! The cookie `sessionid` is 32 characters of `a-z0-9` from the system's generator, 165 bits that mean nothing. The server
//! keeps who is logged in and the client's items. A client that only reads gets no session.
//!
//! * [`mechanism`]: the verbs, start here
//! * [`settings`], [`lifetime`], [`cookie`]: what can be set, how long a session lives, what carries its id
//! * [`belief`]: which sessions of the store are believed
//! * [`logins`], [`partial_logout`]: an account's logins; logging out by halves
//! * [`id`]: session ids and their digests
//! * [`session`], [`items`], [`room`]: what is kept, and how much
//! * [`store`]: where it is kept; [`purge`]: what has expired goes
//!
//! # Limitations
//!
//! Every request that carries an id costs a look-up. A client without a login gets a small and short-lived session. In the memory store
//! a restart logs everyone out, and two instances do not know each other's sessions. In Redis they end with what Redis loses. In Django's table the id stands as it is, where the memory has a digest of it.

mod belief;
mod cookie;
mod id;
mod items;
mod lifetime;
mod logins;
mod mechanism;
mod partial_logout;
mod purge;
mod room;
mod session;
mod settings;
mod store;

use std::sync::Arc;

use shared::{
    database::Database,
    endings::Scope,
    mechanism::Mechanism,
    service::{Errand, Ground, Service, StartError},
};

use crate::store::{
    SessionStore,
    memory::MemoryStore,
    redis::{Access, Names, RedisStore},
    sql::{SqlStore, make_table},
};

pub use crate::{
    mechanism::StoredSessions,
    settings::{SessionPrefix, SessionSettings, Store},
};

const CLEARSESSIONS: &str = "clearsessions";

impl Service for SessionSettings {
    const NAME: &'static str = "session-svc";
    const ABOUT: &'static str = env!("CARGO_PKG_DESCRIPTION");
    const DEFAULT_PORT: u16 = 8002;
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    const ERRANDS: &'static [Errand] = &[Errand {
        name: CLEARSESSIONS,
        about: "Remove expired sessions from the store, as Django's command of this name",
    }];

    async fn mechanism(&self, ground: &Ground) -> Result<Arc<dyn Mechanism>, StartError> {
        let store = self.open_store(ground).await?;
        purge::keep_clear(Arc::downgrade(&store), ground.clock.clone());
        let endings = Some(ground.endings(Scope::Session, self.session_absolute_age).await?);
        let store = (store, ground.logins_at_most);
        Ok(Arc::new(StoredSessions::new(self, ground.clock.clone(), ground.cookie_secure, store, endings)?))
    }

    async fn make_tables(&self, database: &Database) -> Result<(), StartError> {
        match self.store() {
            Store::Sql => Ok(make_table(database).await?),
            Store::Memory | Store::Redis(_) => Ok(()),
        }
    }

    async fn run_errand(&self, name: &str, ground: &Ground) -> Result<String, StartError> {
        let why_not = match self.store() {
            Store::Sql => None,
            Store::Memory => {
                Some("sessions in memory end with their process, and none are here; set SESSION_STORE=sql")
            }
            Store::Redis(_) => Some("Redis removes expired sessions by itself"),
        };
        if let Some(problem) = why_not {
            return Err(StartError::Errand { name: name.to_owned(), problem: problem.to_owned() });
        }
        let removed = self.open_store(ground).await?.purge(ground.clock.now()).await?;
        Ok(format!("{removed} expired sessions were removed"))
    }
}

impl SessionSettings {
    async fn open_store(&self, ground: &Ground) -> Result<Arc<dyn SessionStore>, StartError> {
        let (lifetimes, at_most) = (self.lifetimes(), ground.logins_at_most);
        Ok(match self.store() {
            Store::Memory => Arc::new(MemoryStore::new(lifetimes, at_most, self.anonymous_memory)),
            Store::Sql => Arc::new(SqlStore::open(ground.database.clone(), &ground.keys, lifetimes, at_most).await?),
            Store::Redis(url) => {
                let setting = if self.session_store.is_some() { "SESSION_STORE" } else { "REDIS_URL" };
                let refused = |problem| StartError::Mechanism { setting, problem };
                let authorities = self.redis_authorities()?;
                let access = Access { url: &url, sentinel: self.sentinel_login(), authorities };
                let prefix = self.session_prefix.as_ref();
                let names = Names::of(&ground.deployment, prefix, lifetimes.idle, ground.clock.clone());
                Arc::new(RedisStore::open(access, names, lifetimes, at_most).await.map_err(refused)?)
            }
        })
    }
}
