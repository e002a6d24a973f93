//! The session mechanism: the client carries only a random session id; the server keeps everything else.
//!
//! The cookie `sessionid` has 32 characters of `a-z0-9` from the system's generator: 165 random bits. The server keeps the login and the
//! client's items. A client that only reads gets no session.
//!
//! * [`mechanism`]: the methods of the mechanism; start here
//! * [`begin`]: how a login begins
//! * [`settings`], [`lifetime`], [`cookie`]: the settings, the lifetime of a session, the cookie with its id
//! * [`validity`]: which stored sessions are still valid
//! * [`cache`], [`ending`]: the setting `SESSION_CACHE`, and how endings reach what it caches
//! * [`logins`], [`partial_logout`]: an account's logins; partial logout
//! * [`id`]: session ids and their digests
//! * [`session`], [`items`], [`room`]: the content of a session, and its maximum size
//! * [`store`]: the stores
//!
//! # Limitations
//!
//! Every request with a session id costs a look-up. A session without a login is limited in size and lifetime. The memory store loses all
//! sessions at a restart, and does not share them between instances. Sessions in Redis are lost with Redis' data. Django's table contains
//! the session id itself, where memory and Redis contain only its digest.

mod begin;
mod cache;
mod cookie;
mod ending;
mod id;
mod items;
mod lifetime;
mod logins;
mod mechanism;
mod partial_logout;
mod room;
mod session;
mod settings;
mod store;
mod validity;

use std::sync::Arc;

use authlab_database::Database;
use authlab_endings::{Endings, Scope};
use authlab_mechanism::Mechanism;
use authlab_redis::{Access, SentinelLogin};
use authlab_service::{Errand, Ground, Service, StartError, purge_regularly};

use crate::cache::SessionCache;
use crate::store::{
    SessionStore,
    memory::MemoryStore,
    redis::{RedisStore, names},
    sql::{SqlStore, make_table},
};

pub use crate::{
    mechanism::StoredSessions,
    settings::{SessionSettings, Store},
};

const CLEARSESSIONS: &str = "clearsessions";
const PURGE_FAILED: &str = "cannot delete expired sessions; the next try follows in 10 minutes";

impl Service for SessionSettings {
    const NAME: &'static str = "session-svc";
    const ABOUT: &'static str = env!("CARGO_PKG_DESCRIPTION");
    const DEFAULT_PORT: u16 = 8002;
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    const ERRANDS: &'static [Errand] = &[Errand {
        name: CLEARSESSIONS,
        about: "Delete expired sessions from the store, as Django's command of this name does",
    }];

    async fn mechanism(&self, ground: &Ground) -> Result<Arc<dyn Mechanism>, StartError> {
        let store = self.open_store(ground).await?;
        let clock = ground.clock.clone();
        purge_regularly(&store, PURGE_FAILED, move |store| {
            let now = clock.unset_now();
            async move { store.purge(now).await.map(drop) }
        });
        let endings = ground.endings(Scope::Session, self.session_absolute_age).await?;
        let cache = self.cache(ground, &endings)?;
        let store = (store, ground.logins_at_most);
        let sessions = StoredSessions::new(self, ground.clock.clone(), ground.cookie_secure, store, Some(endings))?;
        Ok(Arc::new(sessions.with_cache(cache)))
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
                Some("sessions in memory end with their process, so this command finds none; set SESSION_STORE=sql")
            }
            Store::Redis(_) => Some("Redis itself deletes expired sessions; this command needs SESSION_STORE=sql"),
        };
        if let Some(problem) = why_not {
            return Err(StartError::Errand { name: name.to_owned(), problem: problem.to_owned() });
        }
        let removed = self.open_store(ground).await?.purge(ground.clock.now()).await?;
        Ok(format!("{removed} expired sessions were removed"))
    }
}

impl SessionSettings {
    /// An error if the endings do not reach the cache.
    fn cache(&self, ground: &Ground, endings: &Endings) -> Result<Option<SessionCache>, StartError> {
        if self.session_cache.is_zero() {
            return Ok(None);
        }
        let refused =
            |problem: &str| Err(StartError::Mechanism { setting: "SESSION_CACHE", problem: problem.to_owned() });
        if !endings.reach_copies() {
            return refused("with REVOCATION=off, no ending would reach the cache; set REVOCATION=feed");
        }
        // A store lists as many logins as the setting allows, and no more.
        if ground.logins_at_most.0.is_none() {
            return refused(
                "with LOGINS_AT_MOST=off, an account may have more logins than can be listed; set a number",
            );
        }
        if self.session_save_every_request {
            return refused("SESSION_SAVE_EVERY_REQUEST=on asks the store on every request; turn one of the two off");
        }
        let names = (ground.deployment.id.as_str(), self.session_cookie_name.as_str());
        let times = (self.session_cache, self.lifetimes().use_interval());
        Ok(Some(SessionCache::new(&ground.keys, names, times, ground.clock.seconds())))
    }

    async fn open_store(&self, ground: &Ground) -> Result<Arc<dyn SessionStore>, StartError> {
        let (lifetimes, at_most) = (self.lifetimes(), ground.logins_at_most);
        Ok(match self.store() {
            Store::Memory => Arc::new(MemoryStore::new(lifetimes, at_most, self.anonymous_memory)),
            Store::Sql => Arc::new(SqlStore::open(ground.database.clone(), &ground.keys, lifetimes, at_most).await?),
            Store::Redis(url) => {
                let setting = if self.session_store.is_some() { "SESSION_STORE" } else { "REDIS_URL" };
                let refused = |problem| StartError::Mechanism { setting, problem };
                let redis = &ground.redis;
                let sentinel = SentinelLogin::new(redis.sentinel_username.clone(), redis.sentinel_password.clone());
                let access = Access { url: &url, what: "session store", sentinel, authorities: redis.authorities()? };
                let prefix = self.session_prefix.as_ref();
                let names = names(&ground.deployment, prefix, lifetimes.idle, ground.clock.clone());
                Arc::new(RedisStore::open(access, names, lifetimes, at_most).await.map_err(refused)?)
            }
        })
    }
}
