//! The trait of the session stores.
//!
//! Each method is atomic unless it says otherwise: a store never reads, waits and writes back what it read. An ended session is never
//! written again: a change finds a session or changes nothing. An unreachable store is an error; a missing session is not.
//!
//! * [`memory`]: in this process
//! * [`redis`]: in Redis
//! * [`sql`]: in the database, in Django's table

#[cfg(test)]
mod fourth;
pub(crate) mod memory;
#[cfg(test)]
mod promises;
pub(crate) mod redis;
pub(crate) mod sql;
#[cfg(test)]
pub(crate) mod tests;

use std::fmt::Debug;

use async_trait::async_trait;
use authlab_mechanism::{
    items::{ItemKey, NewItem},
    login::{LoginId, Place},
    refusal::{Refusal, Unavailable},
};
use authlab_telemetry::Collector;
use jiff::Timestamp;

use crate::{
    id::SessionId,
    room::AnonymousRoom,
    session::{Session, SessionLogin},
};

/// Maximum number of listed logins per account.
pub(crate) const MAX_LISTED: usize = 1_000;

#[async_trait]
pub(crate) trait SessionStore: Debug + Send + Sync {
    /// The kind of store, for `/about` and `/mine/record`.
    fn place(&self) -> Place;

    /// A fresh id for a login of this account.
    fn id_for(&self, _account: i64) -> SessionId {
        SessionId::random()
    }

    /// The session with this id, if it has not ended. Does not count as a use.
    async fn find(&self, id: &SessionId, now: Timestamp) -> Result<Option<Session>, Unavailable>;

    /// The session with this id, if it has not ended. Counts as a use: records it, and prolongs the session if worthwhile.
    async fn recall(&self, id: &SessionId, now: Timestamp) -> Result<Option<Used>, Unavailable>;

    /// Stores a new session.
    async fn begin(&self, id: &SessionId, session: Session, now: Timestamp) -> Result<(), Unavailable>;

    /// Changes the session, which counts as a use. `None`, with nothing changed, if there is none. The returned session may lack its items.
    async fn change(&self, id: &SessionId, change: Change, now: Timestamp) -> Result<Option<Used>, Refusal>;

    /// Begins a login in a session with a new id. The client's former session ends, and its content passes on as
    /// [`Session::passed_on`] says. If the account then exceeds its limit, the least recently used logins end. Logins that a password
    /// change has ended are among those, since they are not used any more.
    async fn log_in(&self, begins: BeginLogin<'_>, now: Timestamp) -> Result<Begun, Unavailable>;

    /// Ends a session. Succeeds if it has already ended.
    async fn end(&self, id: &SessionId) -> Result<(), Unavailable>;

    /// The sessions of the account's logins, without items, in any order. If there are more than [`MAX_LISTED`], the most recently used
    /// ones, as far as the store knows them without reading all.
    async fn logins(&self, account: i64, now: Timestamp) -> Result<Vec<Session>, Unavailable>;

    /// Ends one login of the account. Succeeds if it has already ended.
    async fn end_login(&self, account: i64, login: &LoginId) -> Result<(), Unavailable>;

    /// Ends the account's logins except the spared ones. Works in steps, so that other requests need not wait: a login that begins
    /// meanwhile may end or continue. After a failure some have ended, and the next call ends the rest.
    async fn end_logins(&self, account: i64, spared: Spared<'_>) -> Result<(), Unavailable>;

    /// The metrics of the store, if the database's own do not cover it.
    fn collectors(&self) -> Vec<Collector> {
        Vec::new()
    }

    /// An error if the store cannot do its work now.
    async fn ready(&self) -> Result<(), Unavailable>;

    /// Deletes expired sessions and returns their number. Expired sessions are never found in any case.
    async fn purge(&self, now: Timestamp) -> Result<u64, Unavailable>;
}

#[derive(Debug)]
pub(crate) struct Used {
    pub(crate) session: Session,
    /// Whether its end has moved, so that the cookie must be sent again.
    pub(crate) prolonged: bool,
}

#[derive(Debug)]
pub(crate) struct BeginLogin<'a> {
    /// The client's former session id.
    pub(crate) former: Option<&'a SessionId>,
    pub(crate) id: &'a SessionId,
    pub(crate) login: SessionLogin,
}

#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) session: Session,
    /// The logins that ended because the account exceeded its limit.
    pub(crate) ended: Vec<LoginId>,
}

/// The logins of an account that continue when the others end. The default spares none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spared<'a> {
    /// The login in this session.
    pub(crate) session: Option<&'a SessionId>,
    /// Logins that began with this generation of the account, or a later one.
    pub(crate) since: Option<i64>,
}

#[derive(Debug)]
pub(crate) enum Change {
    Put(NewItem, AnonymousRoom),
    Remove(ItemKey),
    RemoveAll,
    DeleteLogin,
    Clear,
}

impl Change {
    /// Applies the change. A refusal changes nothing.
    pub(crate) fn make(self, session: &mut Session, now: Timestamp) -> Result<(), Refusal> {
        match self {
            Self::Put(item, room) => session.put(item, room, now)?,
            Self::Remove(key) => session.items.remove(&key),
            Self::RemoveAll => session.items.clear(),
            Self::DeleteLogin => session.login = None,
            Self::Clear => *session = session.cleared(),
        }
        Ok(())
    }
}
