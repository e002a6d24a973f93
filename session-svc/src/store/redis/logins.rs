//! An account's logins in Redis: begun, listed, ended, and kept to their number.
//!
//! An account can have more logins than Redis can go through while others wait. Each script here looks at a bounded number of them
//! and says where the next one is to begin.

use std::num::NonZeroU32;

use jiff::Timestamp;
use shared::refusal::Unavailable;

use super::{
    Begins, RedisStore, Spared,
    connection::unreadable,
    record::{self, Fields},
    scripts::{Invocation, Script},
};
use crate::{
    id::{SessionId, SessionKey},
    session::Session,
    store::{MAX_LISTED, SessionStore as _},
};

/// A walk through an index begins here, and is over when it comes back to it.
const START: &str = "0";

impl RedisStore {
    /// The limit as scripts take it: 0 is none.
    fn at_most(&self) -> u32 {
        self.at_most.0.map_or(0, NonZeroU32::get)
    }

    /// Begins a login in one script, in which what the client had ends: its items go along where they may.
    pub(super) async fn log_in_at_once(
        &self,
        begins: Begins<'_>,
        items: &[(String, String)],
        now: Timestamp,
    ) -> Result<Session, Unavailable> {
        let mut log_in = self.on_session(&self.scripts.log_in, begins.id, now);
        if let Some(former) = begins.former {
            log_in.key(&self.names.session(former));
        }
        log_in
            .arg(begins.login.account.id)
            .arg(record::login(&begins.login))
            .arg(begins.login.account.generation)
            .arg(self.lifetimes.end(now, Some(now)).as_second())
            .arg(self.at_most());
        for (key, item) in items {
            log_in.arg(key).arg(item);
        }
        let (fields, surplus): (Fields, u64) = self.connection.run(&log_in).await?;
        self.end_surplus(&begins, surplus).await?;
        record::session(&fields).ok_or_else(unreadable)
    }

    /// What the client had lies in a part of the cluster that the script does not reach: it is read before, and ends after, so
    /// that whatever fails on the way, it is still there. What is written to it in between stays behind.
    pub(super) async fn log_in_from_afar(
        &self,
        former: &SessionId,
        begins: Begins<'_>,
        now: Timestamp,
    ) -> Result<Session, Unavailable> {
        let account = begins.login.account.id;
        let passed_on = self.find(former, now).await?.filter(|session| session.may_pass_to(account));
        let items = passed_on.map(|session| record::stored_items(&session)).unwrap_or_default();
        let session = self.log_in_at_once(Begins { former: None, ..begins }, &items, now).await?;
        self.end(former).await?;
        Ok(session)
    }

    /// Ends what a login has found to be too many and has not ended itself: this many logins are left by a higher limit, or by none.
    async fn end_surplus(&self, begun: &Begins<'_>, mut surplus: u64) -> Result<(), Unavailable> {
        while surplus > 0 {
            let mut end = self.on_index(&self.scripts.end_surplus, begun.login.account.id);
            end.arg(begun.id.key().as_bytes().as_slice()).arg(self.at_most());
            surplus = self.connection.run(&end).await?;
        }
        Ok(())
    }

    /// Moves what lies under the other names, if there are any, to where the account's logins are looked for.
    pub(super) async fn adopt_logins(&self, account: i64) -> Result<(), Unavailable> {
        if self.names.other_prefix().is_none() {
            return Ok(());
        }
        while self.connection.run::<u64>(&self.on_index(&self.scripts.adopt_logins, account)).await? > 0 {}
        Ok(())
    }

    pub(super) async fn list_logins(&self, account: i64, now: Timestamp) -> Result<Vec<Session>, Unavailable> {
        self.adopt_logins(account).await?;
        let (mut sessions, mut from) = (Vec::new(), 0);
        while from >= 0 && sessions.len() < MAX_LISTED {
            let mut page = self.script(&self.scripts.logins, self.names.index(account).as_bytes(), now);
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
        self.adopt_logins(account).await?;
        self.walk(|cursor| {
            let mut end = self.on_index(&self.scripts.end_login, account);
            end.arg(cursor).arg(login.as_bytes().as_slice());
            end
        })
        .await
    }

    pub(super) async fn end_all_logins(&self, account: i64, spared: Spared<'_>) -> Result<(), Unavailable> {
        self.adopt_logins(account).await?;
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
        self.script(script, self.names.index(account).as_bytes(), Timestamp::UNIX_EPOCH)
    }
}
