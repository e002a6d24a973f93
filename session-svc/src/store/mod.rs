//! The seam of the stores: what it takes to keep sessions.
//!
//! Each method is one thing that happens at once for everybody, unless it says otherwise: a store never reads, waits and writes what it read. What
//! was ended is never written again: a change finds a session or changes nothing. That a store cannot be asked is an error;
//! that there is no such session is not.
//!
//! * [`memory`]: in this process
//! * [`redis`]: in Redis
//! * [`sql`]: in the database, in Django's table

pub(crate) mod memory;
pub(crate) mod redis;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use std::fmt::Debug;

use async_trait::async_trait;
use jiff::Timestamp;
use shared::{
    items::{ItemKey, NewItem},
    login::{LoginId, Place},
    refusal::{Refusal, Unavailable},
    telemetry::Collector,
};

use crate::{
    id::SessionId,
    room::AnonymousRoom,
    session::{Session, SessionLogin},
};

/// Logins of one account that are listed at most.
pub(crate) const MAX_LISTED: usize = 1_000;

#[async_trait]
pub(crate) trait SessionStore: Debug + Send + Sync {
    /// For `/about` and `/mine/record`.
    fn place(&self) -> Place;

    /// A fresh id for a login of this account.
    fn id_for(&self, _account: i64) -> SessionId {
        SessionId::random()
    }

    /// The session of this id, if it has not ended. This is not a use of it.
    async fn find(&self, id: &SessionId, now: Timestamp) -> Result<Option<Session>, Unavailable>;

    /// The session of this id, which is in use by that: it was seen now, and is prolonged if that is worth it.
    async fn recall(&self, id: &SessionId, now: Timestamp) -> Result<Option<Used>, Unavailable>;

    /// Keeps a session that is not there yet.
    async fn begin(&self, id: &SessionId, session: Session, now: Timestamp) -> Result<(), Unavailable>;

    /// Changes the session and uses it by that. `None`, and nothing is changed, if there is none.
    async fn change(&self, id: &SessionId, change: Change, now: Timestamp) -> Result<Option<Used>, Refusal>;

    /// Begins a login in a session of this new id. The session that the client had ends, and what it held goes along
    /// as far as [`Session::passed_on`] says. If the account then has more logins than it may have, the
    /// least recently used ones end. Logins that a password change has ended are among these: no use comes after their end.
    async fn log_in(&self, begins: Begins<'_>, now: Timestamp) -> Result<Session, Unavailable>;

    /// Ends a session, or finds that it has ended.
    async fn end(&self, id: &SessionId) -> Result<(), Unavailable>;

    /// The sessions in which the account is logged in, without their items, in any order. Of more than [`MAX_LISTED`], those that
    /// were used last, as far as the store knows without looking at all of them.
    async fn logins(&self, account: i64, now: Timestamp) -> Result<Vec<Session>, Unavailable>;

    /// Ends the session of one of the account's logins, or finds that it has ended.
    async fn end_login(&self, account: i64, login: &LoginId) -> Result<(), Unavailable>;

    /// Ends the sessions in which the account is logged in, but those that are spared. This is done in steps, so that nobody else
    /// waits for long: a login that begins meanwhile may end or go on. After a failure, some have ended, and the next call ends
    /// the rest.
    async fn end_logins(&self, account: i64, spared: Spared<'_>) -> Result<(), Unavailable>;

    /// What is measured of it, where the database's own figures do not tell.
    fn collectors(&self) -> Vec<Collector> {
        Vec::new()
    }

    /// Can it do its work right now?
    async fn ready(&self) -> Result<(), Unavailable>;

    /// Removes what has expired, and says how much that was. What has expired is not found in any case.
    async fn purge(&self, now: Timestamp) -> Result<u64, Unavailable>;
}

/// A session that is in use.
#[derive(Debug)]
pub(crate) struct Used {
    pub(crate) session: Session,
    /// Its end has moved, and the client is to know.
    pub(crate) prolonged: bool,
}

/// A login that is to begin.
#[derive(Debug)]
pub(crate) struct Begins<'a> {
    /// The id that the client had.
    pub(crate) former: Option<&'a SessionId>,
    /// The id that it gets.
    pub(crate) id: &'a SessionId,
    pub(crate) login: SessionLogin,
}

/// Which of an account's logins go on when the others end; without a word, none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spared<'a> {
    /// The login in this session.
    pub(crate) session: Option<&'a SessionId>,
    /// Logins that began when the account had this generation, or a later one.
    pub(crate) since: Option<i64>,
}

/// What can be done to a session.
#[derive(Debug)]
pub(crate) enum Change {
    Put(NewItem, AnonymousRoom),
    Remove(ItemKey),
    RemoveAll,
    DeleteLogin,
    Clear,
}

impl Change {
    /// On a refusal nothing has changed.
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
