//! Sessions in Redis. Each is a hash with one field per item, so that parallel writes to different items all survive.
//!
//! The key is a digest of the session id: a leaked Redis dump contains no usable session ids. Each method is one command or one script of
//! `scripts/`. Reading a session is one `HGETALL`; a second command follows only to prolong the session or to record its last use. In a
//! cluster, a login that takes over a former session needs three commands. Redis itself deletes expired keys.
//!
//! Sessions that Redis loses, by a restart without persistence or by eviction, are logged out. Run it with `appendonly yes` and
//! `maxmemory-policy noeviction`. Without free memory, it then refuses new sessions (503), while logout still works.
//!
//! * [`keys`]: the keys of sessions and of indexes of logins; [`names`]: the prefix that separates deployments
//! * [`logins`]: an account's logins, processed in short steps
//! * [`record`]: a session as fields of a hash
//! * [`scripts`]: atomic changes

mod keys;
mod logins;
mod names;
mod record;
mod scripts;

use std::fmt;

use async_trait::async_trait;
use authlab_clock::after;
use authlab_mechanism::{
    items::Item,
    login::{LoginId, Place},
    refusal::{Refusal, Unavailable},
};
use authlab_redis::{Access, Connection, Invocation, Script};
use authlab_service::settings::LoginsAtMost;
use authlab_telemetry::Collector;
use jiff::Timestamp;

pub(crate) use self::names::Names;
use self::{
    keys::{id_for, share_a_bucket},
    record::Fields,
    scripts::{Scripts, lifetimes_as_arguments},
};
use super::{BeginLogin, Begun, Change, SessionStore, Spared, Used};
use crate::{
    id::{SessionDigest, SessionId},
    lifetime::Lifetimes,
    room::{MAX_SESSION_BYTES, too_large},
    session::Session,
};

/// Seconds between two writes of a session's last use.
const SEEN_INTERVAL: i64 = 60;

pub(crate) struct RedisStore {
    connection: Connection,
    names: Names,
    scripts: Scripts,
    lifetimes: Lifetimes,
    at_most: LoginsAtMost,
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RedisStore")
    }
}

impl RedisStore {
    /// Connects in the background, since Redis may start later. An error if the address is invalid, or if the server is a cluster node,
    /// which cannot keep all sessions.
    pub(crate) async fn open(
        access: Access<'_>,
        names: Names,
        lifetimes: Lifetimes,
        at_most: LoginsAtMost,
    ) -> Result<Self, String> {
        let connection = Connection::open(access, &names.apart())?;
        connection.refuse_node_of_cluster().await?;
        Ok(Self { connection, names, scripts: Scripts::new(), lifetimes, at_most })
    }

    fn script<'s>(&self, script: &'s Script, key: &[u8], now: Timestamp) -> Invocation<'s> {
        let mut invocation = script.on(key);
        for argument in lifetimes_as_arguments(now.as_second(), self.lifetimes) {
            invocation.arg(argument);
        }
        invocation.arg(self.names.other_prefix().map_or_else(String::new, |prefix| format!("={prefix}")));
        invocation
    }

    fn on_session<'s>(&self, script: &'s Script, id: &SessionId, now: Timestamp) -> Invocation<'s> {
        self.script(script, &self.names.session(id), now)
    }

    /// Runs a script that changes a session. `None` if there is none.
    async fn changed(&self, script: &Invocation<'_>) -> Result<Option<Used>, Refusal> {
        let (outcome, number, fields): (String, usize, Fields) = self.connection.run(script).await?;
        match outcome.as_str() {
            "absent" => Ok(None),
            "full" => Err(too_large(number)),
            _ => Ok(Some(Used {
                session: record::session(&fields).ok_or_else(|| self.connection.unreadable())?,
                prolonged: number == 1,
            })),
        }
    }
}

#[async_trait]
impl SessionStore for RedisStore {
    fn place(&self) -> Place {
        Place::Redis
    }

    fn id_for(&self, account: i64) -> SessionId {
        id_for(account)
    }

    async fn find(&self, id: &SessionId, now: Timestamp) -> Result<Option<Session>, Unavailable> {
        let mut fields: Fields = self.connection.fields(self.names.session(id)).await?;
        if fields.is_empty() && self.names.other_prefix().is_some() {
            fields = self.connection.run(&self.on_session(&self.scripts.adopt, id, now)).await?;
        }
        if fields.is_empty() {
            return Ok(None);
        }
        let session = record::session(&fields).ok_or_else(|| self.connection.unreadable())?;
        Ok(Some(session).filter(|session| now < session.expires_at))
    }

    async fn recall(&self, id: &SessionId, now: Timestamp) -> Result<Option<Used>, Unavailable> {
        let Some(mut session) = self.find(id, now).await? else { return Ok(None) };
        let seen_before = session.last_seen_at;
        let prolonged = session.used(self.lifetimes, now);
        if prolonged || now.as_second() - seen_before.as_second() >= SEEN_INTERVAL {
            let still_there: bool = self.connection.run(&self.on_session(&self.scripts.touch, id, now)).await?;
            return Ok(still_there.then_some(Used { session, prolonged }));
        }
        Ok(Some(Used { session, prolonged }))
    }

    async fn begin(&self, id: &SessionId, session: Session, now: Timestamp) -> Result<(), Unavailable> {
        let mut begin = self.on_session(&self.scripts.begin, id, now);
        begin.arg(session.expires_at.as_second()).arg(".s").arg(session.last_seen_at.as_second());
        for (key, item) in record::stored_items(&session) {
            begin.arg(key).arg(item);
        }
        self.connection.run(&begin).await
    }

    async fn change(&self, id: &SessionId, change: Change, now: Timestamp) -> Result<Option<Used>, Refusal> {
        let Scripts { put, remove, delete_login, clear, .. } = &self.scripts;
        let on = |script| self.on_session(script, id, now);
        match change {
            Change::Put(item, room) => {
                let stored = Item { expires_at: item.max_age.map(|age| after(now, age)), value: item.value };
                let mut put = on(put);
                put.arg(item.key.as_str()).arg(record::stored_item(&stored)).arg(MAX_SESSION_BYTES).arg(room.0);
                self.changed(&put).await
            }
            Change::Remove(item) => self.changed(on(remove).arg(item.as_str())).await,
            Change::RemoveAll => self.changed(&on(remove)).await,
            Change::DeleteLogin => self.changed(&on(delete_login)).await,
            Change::Clear => self.changed(&on(clear)).await,
        }
    }

    async fn log_in(&self, begins: BeginLogin<'_>, now: Timestamp) -> Result<Begun, Unavailable> {
        self.adopt_logins(begins.login.account.id).await?;
        match begins.former {
            Some(former) if !self.connection.is_one_server() && !share_a_bucket(former, begins.id) => {
                self.log_in_across_slots(former, begins, now).await
            }
            _ => self.log_in_atomically(begins, &[], now).await,
        }
    }

    async fn end(&self, id: &SessionId) -> Result<(), Unavailable> {
        self.connection.run(&self.on_session(&self.scripts.end, id, Timestamp::UNIX_EPOCH)).await
    }

    async fn logins(&self, account: i64, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        self.list_logins(account, now).await
    }

    async fn end_login(&self, account: i64, login: &LoginId) -> Result<(), Unavailable> {
        match SessionDigest::from_login_id(login) {
            Some(login) => self.end_one_login(account, login).await,
            None => Ok(()),
        }
    }

    async fn end_logins(&self, account: i64, spared: Spared<'_>) -> Result<(), Unavailable> {
        self.end_all_logins(account, spared).await
    }

    fn collectors(&self) -> Vec<Collector> {
        self.connection.collectors()
    }

    /// Checks as a request would: cluster nodes may answer and still not serve.
    async fn ready(&self) -> Result<(), Unavailable> {
        self.connection.serves().await
    }

    /// Redis itself deletes expired keys.
    async fn purge(&self, _: Timestamp) -> Result<u64, Unavailable> {
        Ok(0)
    }
}
