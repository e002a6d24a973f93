//! An account's logins in Redis: listed, ended, and kept to their number.
//!
//! An account can have more logins than Redis can go through while others wait. Each script here looks at a bounded number of them
//! and says where the next one is to begin.

use std::num::NonZeroU32;

use jiff::Timestamp;
use shared::refusal::Unavailable;

use super::{
    Begins, RedisStore, Spared,
    connection::unreadable,
    keys,
    record::{self, Fields},
    scripts::{Invocation, Script},
};
use crate::{
    id::{SessionId, SessionKey},
    session::Session,
    store::MAX_LISTED,
};

/// A walk through an index begins here, and is over when it comes back to it.
const START: &str = "0";

impl RedisStore {
    /// The limit as scripts take it: 0 is none.
    pub(super) fn at_most(&self) -> u32 {
        self.at_most.0.map_or(0, NonZeroU32::get)
    }

    /// Ends what a login has found to be too many and has not ended itself: this many logins are left by a higher limit, or by none.
    pub(super) async fn end_surplus(&self, begun: &Begins<'_>, mut surplus: u64) -> Result<(), Unavailable> {
        while surplus > 0 {
            let mut end = self.on_index(&self.scripts.end_surplus, begun.login.account.id);
            end.arg(begun.id.key().as_bytes().as_slice()).arg(self.at_most());
            surplus = self.connection.run(&end).await?;
        }
        Ok(())
    }

    pub(super) async fn list_logins(&self, account: i64, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        let (mut sessions, mut from) = (Vec::new(), 0);
        while from >= 0 && sessions.len() < MAX_LISTED {
            let mut page = self.script(&self.scripts.logins, keys::index(account).as_bytes(), now);
            let (found, next): (Vec<Fields>, i64) = self.connection.run(page.arg(account).arg(from)).await?;
            for fields in &found {
                sessions.push(record::session(fields).ok_or_else(unreadable)?);
            }
            from = next;
        }
        sessions.truncate(MAX_LISTED);
        Ok(sessions)
    }

    pub(super) async fn end_one_login(&self, account: i64, login: SessionKey) -> Result<(), Unavailable> {
        self.walk(|cursor| {
            let mut end = self.on_index(&self.scripts.end_login, account);
            end.arg(cursor).arg(login.as_bytes().as_slice());
            end
        })
        .await
    }

    pub(super) async fn end_all_logins(&self, account: i64, spared: Spared<'_>) -> Result<(), Unavailable> {
        let session = spared.session.map(SessionId::key);
        self.walk(|cursor| {
            let mut end = self.on_index(&self.scripts.end_logins, account);
            end.arg(cursor).arg(session.as_ref().map_or(&[][..], |key| key.as_bytes().as_slice())).arg(spared.since);
            end
        })
        .await
    }

    /// Goes through an index from its start to its end. A walk of several steps is done again until it ends nothing more: if another
    /// server took over in the middle of it, some logins were left out.
    async fn walk<'s>(&'s self, step: impl Fn(&str) -> Invocation<'s>) -> Result<(), Unavailable> {
        loop {
            let (mut cursor, mut ended, mut steps) = (START.to_owned(), 0, 0);
            while steps == 0 || cursor != START {
                let (next, more): (String, u64) = self.connection.run(&step(&cursor)).await?;
                cursor = next;
                ended += more;
                steps += 1;
            }
            if steps == 1 || ended == 0 {
                return Ok(());
            }
        }
    }

    /// A script that is told no time, for it only ends what is there.
    fn on_index<'s>(&self, script: &'s Script, account: i64) -> Invocation<'s> {
        self.script(script, keys::index(account).as_bytes(), Timestamp::UNIX_EPOCH)
    }
}
