//! Sessions in Redis: a hash each, one field an item, so that parallel writes to different items all survive.
//!
//! The key is a digest of the id: whoever reads Redis can be nobody. Each method is one command, the scripts of `scripts/`
//! included; reading a session is one `HGETALL`, and only when a session is prolonged, or its last use is to be written down, is there
//! a second one. Redis removes what has expired by itself.
//!
//! What Redis lost, by a restart without persistence or by eviction, is logged out: run it with `appendonly yes` and
//! `maxmemory-policy noeviction`. Out of memory, it refuses new sessions (503), and logging out still works.
//!
//! * [`connection`]: how long is waited for it
//! * [`record`]: a session as fields
//! * [`scripts`]: what happens at once

mod connection;
mod record;
mod scripts;

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use redis::{Cmd, Script, ScriptInvocation, cmd};
use shared::{
    clock::after,
    items::Item,
    login::{LoginId, Place},
    refusal::{Refusal, Unavailable},
    secret::Secret,
    telemetry::Collector,
};

use self::{
    connection::{Connection, unreadable},
    record::Fields,
    scripts::{Scripts, lifetimes_as_arguments},
};
use super::{Begins, Change, SessionStore, Used};
use crate::{
    id::SessionId,
    lifetime::Lifetimes,
    session::{BIGGEST_SESSION, Session},
};

/// When a session was last seen is written down once in so many seconds.
const SEEN_EVERY: i64 = 60;
/// Bytes of the digest: as many as nobody can guess.
const DIGEST: usize = 16;

pub(crate) struct RedisStore {
    connection: Connection,
    scripts: Scripts,
    lifetimes: Lifetimes,
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RedisStore")
    }
}

impl RedisStore {
    /// Connects when it is first needed. Refuses an address that cannot be one.
    pub(crate) fn at(url: &Secret, lifetimes: Lifetimes) -> Result<Self, String> {
        Ok(Self { connection: Connection::to(url)?, scripts: Scripts::new(), lifetimes })
    }

    fn script<'s>(&self, script: &'s Script, key: &[u8], now: Timestamp) -> ScriptInvocation<'s> {
        let mut invocation = script.key(key);
        for argument in lifetimes_as_arguments(now.as_second(), self.lifetimes) {
            invocation.arg(argument);
        }
        invocation
    }

    /// Runs a script that changes a session, if there is one.
    async fn changed(&self, script: &ScriptInvocation<'_>) -> Result<Option<Used>, Refusal> {
        let (outcome, prolonged, fields): (String, bool, Fields) = self.connection.run(script).await?;
        match outcome.as_str() {
            "absent" => Ok(None),
            "full" => Err(Refusal::TooLarge { what: "a session", limit: BIGGEST_SESSION }),
            _ => Ok(Some(Used { session: record::session(&fields).ok_or_else(unreadable)?, prolonged })),
        }
    }
}

#[async_trait]
impl SessionStore for RedisStore {
    fn place(&self) -> Place {
        Place::Redis
    }

    async fn find(&self, id: &SessionId, now: Timestamp) -> Result<Option<Session>, Unavailable> {
        let fields: Fields = self.connection.ask(cmd("HGETALL").arg(key(id))).await?;
        if fields.is_empty() {
            return Ok(None);
        }
        let session = record::session(&fields).ok_or_else(unreadable)?;
        Ok(Some(session).filter(|session| now < session.expires_at))
    }

    async fn recall(&self, id: &SessionId, now: Timestamp) -> Result<Option<Used>, Unavailable> {
        let Some(mut session) = self.find(id, now).await? else { return Ok(None) };
        let seen_before = session.last_seen_at;
        let prolonged = session.used(self.lifetimes, now);
        if prolonged || now.as_second() - seen_before.as_second() >= SEEN_EVERY {
            let still_there: bool = self.connection.run(&self.script(&self.scripts.touch, &key(id), now)).await?;
            return Ok(still_there.then_some(Used { session, prolonged }));
        }
        Ok(Some(Used { session, prolonged }))
    }

    async fn begin(&self, id: &SessionId, session: Session, now: Timestamp) -> Result<(), Unavailable> {
        let mut begin = self.script(&self.scripts.begin, &key(id), now);
        begin.arg(session.expires_at.as_second()).arg(".s").arg(session.last_seen_at.as_second());
        for (key, item) in &session.items {
            begin.arg(key.as_str()).arg(record::stored_item(item));
        }
        self.connection.run(&begin).await
    }

    async fn change(&self, id: &SessionId, change: Change, now: Timestamp) -> Result<Option<Used>, Refusal> {
        let Scripts { put, remove, delete_login, clear, .. } = &self.scripts;
        let on = |script| self.script(script, &key(id), now);
        match change {
            Change::Put(item) => {
                let stored = Item { expires_at: item.max_age.map(|age| after(now, age)), value: item.value };
                let arguments = (item.key.as_str(), record::stored_item(&stored), BIGGEST_SESSION);
                self.changed(on(put).arg(arguments.0).arg(arguments.1).arg(arguments.2)).await
            }
            Change::Remove(item) => self.changed(on(remove).arg(item.as_str())).await,
            Change::RemoveAll => self.changed(&on(remove)).await,
            Change::DeleteLogin => self.changed(&on(delete_login)).await,
            Change::Clear => self.changed(&on(clear)).await,
        }
    }

    async fn log_in(&self, begins: Begins<'_>, now: Timestamp) -> Result<Session, Unavailable> {
        let mut log_in = self.script(&self.scripts.log_in, &key(begins.id), now);
        if let Some(former) = begins.former {
            log_in.key(key(former));
        }
        log_in
            .arg(begins.login.account.id)
            .arg(record::login(&begins.login))
            .arg(self.lifetimes.end(now, Some(now)).as_second())
            .arg(u8::from(begins.ends_others));
        let fields: Fields = self.connection.run(&log_in).await?;
        record::session(&fields).ok_or_else(unreadable)
    }

    async fn end(&self, id: &SessionId) -> Result<(), Unavailable> {
        self.connection.run(&self.script(&self.scripts.end, &key(id), Timestamp::UNIX_EPOCH)).await
    }

    async fn logins(&self, account: i64, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        let mut logins = self.script(&self.scripts.logins, index(account).as_bytes(), now);
        let found: Vec<Fields> = self.connection.run(logins.arg(account)).await?;
        found.iter().map(|fields| record::session(fields).ok_or_else(unreadable)).collect()
    }

    async fn end_login(&self, account: i64, login: &LoginId) -> Result<(), Unavailable> {
        let Some(login) = record::id(login) else { return Ok(()) };
        let index = index(account);
        let mut end = self.script(&self.scripts.end_logins, index.as_bytes(), Timestamp::UNIX_EPOCH);
        self.connection.run(end.arg(&login[..])).await
    }

    async fn end_logins(&self, account: i64) -> Result<(), Unavailable> {
        let index = index(account);
        self.connection.run(&self.script(&self.scripts.end_logins, index.as_bytes(), Timestamp::UNIX_EPOCH)).await
    }

    fn collectors(&self) -> Vec<Collector> {
        self.connection.collectors()
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        let _pong: String = self.connection.ask(&Cmd::ping()).await?;
        Ok(())
    }

    /// Redis does it.
    async fn purge(&self, _: Timestamp) -> Result<u64, Unavailable> {
        Ok(0)
    }
}

/// `s:` and a digest of the id.
fn key(id: &SessionId) -> Vec<u8> {
    [b"s:", &id.key().as_bytes()[..DIGEST]].concat()
}

/// The logins of an account: digests of ids, by when they end.
fn index(account: i64) -> String {
    format!("a:{account}")
}
