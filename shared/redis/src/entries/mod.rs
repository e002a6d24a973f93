//! Logins and their items in Redis: the sessions of session-svc, and the opaque tokens of token-svc. An *entry* is one of either.
//!
//! An entry is a hash with one field per item, so that parallel writes to different items all survive. Its key is a digest of the
//! credential: a leaked Redis dump contains no usable credential. Each method is one command or one script of `scripts/`, unless it says
//! otherwise. Reading an entry is one `HGETALL`. Redis itself deletes expired keys.
//!
//! An entry that Redis loses, by a restart without persistence or by eviction, is a login that has ended. Run Redis with `appendonly yes`
//! and `maxmemory-policy noeviction`. Without free memory, it then refuses new entries (503), while logout still works.
//!
//! * [`keys`]: the keys of entries and of indexes of logins; [`names`]: their prefix
//! * [`logins`]: an account's logins, processed in short steps
//! * [`record`]: an entry as fields of a hash
//! * [`scripts`]: atomic changes

mod keys;
mod logins;
mod names;
mod record;
mod scripts;

use std::{fmt, num::NonZeroU32};

use authlab_mechanism::{
    items::{Item, ItemKey},
    login::LoginId,
    refusal::Unavailable,
};
use authlab_telemetry::Collector;
use jiff::Timestamp;

pub use self::{
    keys::{BUCKET_LENGTH, DIGEST_LENGTH, EntryKey, bucket_of},
    names::Names,
    record::{EntryLogin, StoredEntry},
    scripts::EntryLifetimes,
};
use self::{record::Fields, scripts::Scripts};
use crate::{Access, Connection, Invocation, Script};

/// All entries of a service.
pub struct Entries {
    connection: Connection,
    names: Names,
    scripts: Scripts,
    lifetimes: EntryLifetimes,
    /// Maximum number of logins per account. `None`: unlimited.
    at_most: Option<NonZeroU32>,
}

/// A login that begins.
#[derive(Debug)]
pub struct BeginEntry<'a> {
    /// The client's former entry, which ends. It must be in the same slot, unless [one server](Entries::is_one_server) keeps all keys.
    pub former: Option<EntryKey<'a>>,
    pub key: EntryKey<'a>,
    pub login: EntryLogin,
    pub expires_at: Timestamp,
    /// Items that the login begins with, in addition to those of the former entry.
    pub items: Vec<(ItemKey, Item)>,
}

/// A login that has begun.
#[derive(Debug)]
pub struct BegunEntry {
    pub entry: StoredEntry,
    /// The logins beyond the limit, which ended.
    pub ended: Vec<LoginId>,
}

/// A change of one entry, which counts as a use.
#[derive(Debug)]
pub enum ChangeEntry<'a> {
    /// `limit` is the maximum size of all items in bytes, with a login and without.
    Put {
        key: &'a ItemKey,
        item: Item,
        limit: [usize; 2],
    },
    Remove(&'a ItemKey),
    RemoveAll,
    DeleteLogin,
    /// Deletes everything except the times.
    Clear,
}

/// The result of a change.
#[derive(Debug)]
pub enum Changed {
    /// There is no such entry, and nothing was changed.
    Absent,
    /// The items would exceed this limit, and nothing was changed.
    Full(usize),
    /// The entry without its items, and whether its end has moved.
    Done(StoredEntry, bool),
}

impl fmt::Debug for Entries {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Entries")
    }
}

impl Entries {
    /// Connects in the background, since Redis may start later. An error if the address is invalid, or if the server is a cluster node,
    /// which cannot keep all entries.
    pub async fn open(
        access: Access<'_>,
        names: Names,
        lifetimes: EntryLifetimes,
        at_most: Option<NonZeroU32>,
    ) -> Result<Self, String> {
        let connection = Connection::open(access, &names.apart())?;
        connection.refuse_node_of_cluster().await?;
        Ok(Self { connection, names, scripts: Scripts::new(), lifetimes, at_most })
    }

    /// Whether one server keeps all keys, so that a script can use any of them.
    pub fn is_one_server(&self) -> bool {
        self.connection.is_one_server()
    }

    /// The entry with this key, if it has not expired. Does not count as a use.
    pub async fn find(&self, key: EntryKey<'_>, now: Timestamp) -> Result<Option<StoredEntry>, Unavailable> {
        let mut fields: Fields = self.connection.fields(self.names.entry(key)).await?;
        if fields.is_empty() && self.names.other_prefix().is_some() {
            fields = self.connection.run(&self.on(&self.scripts.adopt, key, now)).await?;
        }
        if fields.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.read(&fields)?).filter(|entry| now < entry.expires_at))
    }

    /// Records a use of the entry, and prolongs it if worthwhile. Returns whether it is still there.
    pub async fn touch(&self, key: EntryKey<'_>, now: Timestamp) -> Result<bool, Unavailable> {
        self.connection.run(&self.on(&self.scripts.touch, key, now)).await
    }

    /// Stores a new entry without a login.
    pub async fn begin(&self, key: EntryKey<'_>, entry: &StoredEntry, now: Timestamp) -> Result<(), Unavailable> {
        let mut begin = self.on(&self.scripts.begin, key, now);
        begin.arg(entry.expires_at.as_second()).arg(".s").arg(entry.last_seen_at.as_second());
        add_items(&mut begin, &entry.items);
        self.connection.run(&begin).await
    }

    pub async fn change(
        &self,
        key: EntryKey<'_>,
        change: ChangeEntry<'_>,
        now: Timestamp,
    ) -> Result<Changed, Unavailable> {
        let Scripts { put, remove, delete_login, clear, .. } = &self.scripts;
        let on = |script| self.on(script, key, now);
        let mut script = match change {
            ChangeEntry::Put { .. } => on(put),
            ChangeEntry::Remove(_) | ChangeEntry::RemoveAll => on(remove),
            ChangeEntry::DeleteLogin => on(delete_login),
            ChangeEntry::Clear => on(clear),
        };
        match change {
            ChangeEntry::Put { key, item, limit: [with_login, without] } => {
                script.arg(key.as_str()).arg(record::stored_item(&item)).arg(with_login).arg(without);
            }
            ChangeEntry::Remove(item) => {
                script.arg(item.as_str());
            }
            ChangeEntry::RemoveAll | ChangeEntry::DeleteLogin | ChangeEntry::Clear => {}
        }
        let (outcome, number, fields): (String, usize, Fields) = self.connection.run(&script).await?;
        Ok(match outcome.as_str() {
            "absent" => Changed::Absent,
            "full" => Changed::Full(number),
            _ => Changed::Done(self.read(&fields)?, number == 1),
        })
    }

    /// Ends an entry. Succeeds if it has already ended.
    pub async fn end(&self, key: EntryKey<'_>) -> Result<(), Unavailable> {
        self.connection.run(&self.on(&self.scripts.end, key, Timestamp::UNIX_EPOCH)).await
    }

    pub fn collectors(&self) -> Vec<Collector> {
        self.connection.collectors()
    }

    /// An error if Redis does not serve requests. Checks as a request would: cluster nodes may answer and still not serve.
    pub async fn ready(&self) -> Result<(), Unavailable> {
        self.connection.serves().await
    }

    fn script<'s>(&self, script: &'s Script, key: &[u8], now: Timestamp) -> Invocation<'s> {
        let mut invocation = script.on(key);
        for argument in self.lifetimes.as_arguments(now.as_second()) {
            invocation.arg(argument);
        }
        invocation.arg(self.names.other_prefix().map_or_else(String::new, |prefix| format!("={prefix}")));
        invocation
    }

    fn on<'s>(&self, script: &'s Script, key: EntryKey<'_>, now: Timestamp) -> Invocation<'s> {
        self.script(script, &self.names.entry(key), now)
    }

    fn read(&self, fields: &Fields) -> Result<StoredEntry, Unavailable> {
        record::read(fields).ok_or_else(|| self.connection.unreadable())
    }
}

fn add_items(script: &mut Invocation<'_>, items: &[(ItemKey, Item)]) {
    for (key, item) in items {
        script.arg(key.as_str()).arg(record::stored_item(item));
    }
}
