//! Sessions in Redis, as [`entries`](authlab_redis::entries).
//!
//! Reading a session is one command; a second one follows only to prolong the session or to record its last use. In a cluster, a login
//! that takes over a former session needs three commands.
//!
//! * [`names`]: the prefix that separates deployments
//! * [`record`]: sessions as entries

mod names;
mod record;

use async_trait::async_trait;
use authlab_clock::after;
use authlab_mechanism::{
    items::Item,
    login::{LoginId, Place},
    refusal::{Refusal, Unavailable},
};
use authlab_redis::{
    Access,
    entries::{BUCKET_LENGTH, BeginEntry, ChangeEntry, Changed, Entries, EntryLifetimes, Names, bucket_of},
};
use authlab_service::settings::LoginsAtMost;
use authlab_telemetry::Collector;
use jiff::Timestamp;

pub(crate) use self::names::names;
use self::record::key;
use super::{BeginLogin, Begun, Change, MAX_LISTED, SessionStore, Spared, Used};
use crate::{
    id::{SessionDigest, SessionId},
    lifetime::{Lifetimes, SEEN_INTERVAL},
    room::{MAX_SESSION_BYTES, too_large},
    session::Session,
};

#[derive(Debug)]
pub(crate) struct RedisStore {
    entries: Entries,
    lifetimes: Lifetimes,
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
        let of_entries = EntryLifetimes {
            idle: lifetimes.idle_seconds(),
            absolute: lifetimes.absolute_seconds(),
            worth_prolonging: lifetimes.worth_prolonging(true),
            anonymous: lifetimes.idle_seconds_without_login(),
            anonymous_worth_prolonging: lifetimes.worth_prolonging(false),
        };
        Ok(Self { entries: Entries::open(access, names, of_entries, at_most.0).await?, lifetimes })
    }

    /// For a former session in another slot, which the script cannot use. It is read first and ended last, so that a failure loses nothing.
    /// Items written to it in between are lost.
    async fn log_in_across_slots(
        &self,
        former: &SessionId,
        begins: BeginEntry<'_>,
        now: Timestamp,
    ) -> Result<Begun, Unavailable> {
        let account = begins.login.account.id;
        let passed_on = self.entries.find(key(former), now).await?;
        let passed_on = passed_on.filter(|entry| entry.owner.is_none_or(|owner| owner == account));
        let items = passed_on.map(|entry| entry.items).unwrap_or_default();
        let begun = self.entries.log_in(BeginEntry { former: None, items, ..begins }, now).await?;
        self.end(former).await?;
        Ok(record::begun(begun))
    }
}

#[async_trait]
impl SessionStore for RedisStore {
    fn place(&self) -> Place {
        Place::Redis
    }

    /// A login's id begins with the bucket of its account; the other 30 characters are random, 155 bits.
    fn id_for(&self, account: i64) -> SessionId {
        SessionId::with_prefix(&bucket_of(account))
    }

    async fn find(&self, id: &SessionId, now: Timestamp) -> Result<Option<Session>, Unavailable> {
        Ok(self.entries.find(key(id), now).await?.map(record::session))
    }

    async fn recall(&self, id: &SessionId, now: Timestamp) -> Result<Option<Used>, Unavailable> {
        let Some(mut session) = self.find(id, now).await? else { return Ok(None) };
        let seen_before = session.last_seen_at;
        let prolonged = session.used(self.lifetimes, now);
        if prolonged || now.as_second() - seen_before.as_second() >= SEEN_INTERVAL {
            let still_there = self.entries.touch(key(id), now).await?;
            return Ok(still_there.then_some(Used { session, prolonged }));
        }
        Ok(Some(Used { session, prolonged }))
    }

    async fn begin(&self, id: &SessionId, session: Session, now: Timestamp) -> Result<(), Unavailable> {
        self.entries.begin(key(id), &record::anonymous(&session), now).await
    }

    async fn change(&self, id: &SessionId, change: Change, now: Timestamp) -> Result<Option<Used>, Refusal> {
        let change_entry = match &change {
            Change::Put(item, room) => {
                let expires_at = item.max_age.map(|age| after(now, age));
                let stored = Item { expires_at, value: item.value.clone() };
                ChangeEntry::Put { key: &item.key, item: stored, limit: [MAX_SESSION_BYTES, room.0] }
            }
            Change::Remove(item) => ChangeEntry::Remove(item),
            Change::RemoveAll => ChangeEntry::RemoveAll,
            Change::DeleteLogin => ChangeEntry::DeleteLogin,
            Change::Clear => ChangeEntry::Clear,
        };
        match self.entries.change(key(id), change_entry, now).await? {
            Changed::Absent => Ok(None),
            Changed::Full(limit) => Err(too_large(limit)),
            Changed::Done(entry, prolonged) => Ok(Some(Used { session: record::session(entry), prolonged })),
        }
    }

    async fn log_in(&self, begins: BeginLogin<'_>, now: Timestamp) -> Result<Begun, Unavailable> {
        let BeginLogin { former, id, login } = begins;
        let begins = BeginEntry {
            former: former.map(key),
            key: key(id),
            login: record::login(login),
            expires_at: self.lifetimes.end(now, Some(now)),
            items: Vec::new(),
        };
        match former {
            Some(former) if !self.entries.is_one_server() && bucket(former) != bucket(id) => {
                self.log_in_across_slots(former, begins, now).await
            }
            _ => Ok(record::begun(self.entries.log_in(begins, now).await?)),
        }
    }

    async fn end(&self, id: &SessionId) -> Result<(), Unavailable> {
        self.entries.end(key(id)).await
    }

    async fn logins(&self, account: i64, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        let entries = self.entries.logins(account, now, MAX_LISTED).await?;
        Ok(entries.into_iter().map(record::session).collect())
    }

    async fn end_login(&self, account: i64, login: &LoginId) -> Result<(), Unavailable> {
        match SessionDigest::from_login_id(login) {
            Some(login) => self.entries.end_login(account, *login.as_bytes()).await,
            None => Ok(()),
        }
    }

    async fn end_logins(&self, account: i64, spared: Spared<'_>) -> Result<(), Unavailable> {
        let session = spared.session.map(|id| *id.digest().as_bytes());
        self.entries.end_logins(account, session, spared.since).await
    }

    fn collectors(&self) -> Vec<Collector> {
        self.entries.collectors()
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        self.entries.ready().await
    }

    /// Redis itself deletes expired keys.
    async fn purge(&self, _: Timestamp) -> Result<u64, Unavailable> {
        Ok(0)
    }
}

/// A session's bucket is the beginning of its id.
fn bucket(id: &SessionId) -> &str {
    &id.expose()[..BUCKET_LENGTH]
}
