//! An account's logins in Redis: begins, lists, ends and limits them.
//!
//! An account may have more logins than Redis can visit without blocking other requests. So each script here visits a limited number, and
//! returns where the next one begins.

use std::num::NonZeroU32;

use authlab_mechanism::{login::LoginId, refusal::Unavailable};
use authlab_redis::{Invocation, Script};
use authlab_secrets::random;
use jiff::Timestamp;

use super::{
    BeginLogin, RedisStore, Spared,
    record::{self, Fields},
};
use crate::{
    id::{SessionDigest, SessionId},
    session::Session,
    store::{Begun, MAX_LISTED, SessionStore as _},
};

/// Members of an index: digests of session ids.
type Members = Vec<Vec<u8>>;

/// A walk through an index begins here, and ends when the cursor returns to it.
const START: &str = "0";

impl RedisStore {
    /// The limit as an argument of scripts; 0 is unlimited.
    fn at_most(&self) -> u32 {
        self.at_most.0.map_or(0, NonZeroU32::get)
    }

    /// Begins a login in one script, which also ends the client's former session and takes over its items if allowed.
    pub(super) async fn log_in_atomically(
        &self,
        begins: BeginLogin<'_>,
        items: &[(String, String)],
        now: Timestamp,
    ) -> Result<Begun, Unavailable> {
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
        let (fields, surplus, mut ended): (Fields, u64, Members) = self.connection.run(&log_in).await?;
        ended.extend(self.end_surplus(&begins, surplus).await?);
        let session = record::session(&fields).ok_or_else(|| self.connection.unreadable())?;
        let ended = ended.iter().map(|member| LoginId(random::to_hex(member))).collect();
        Ok(Begun { session, ended })
    }

    /// For a former session in another slot, which the script cannot use. It is read first and ended last, so that a failure loses nothing.
    /// Items written to it in between are lost.
    pub(super) async fn log_in_across_slots(
        &self,
        former: &SessionId,
        begins: BeginLogin<'_>,
        now: Timestamp,
    ) -> Result<Begun, Unavailable> {
        let account = begins.login.account.id;
        let passed_on = self.find(former, now).await?.filter(|session| session.may_pass_to(account));
        let items = passed_on.map(|session| record::stored_items(&session)).unwrap_or_default();
        let begun = self.log_in_atomically(BeginLogin { former: None, ..begins }, &items, now).await?;
        self.end(former).await?;
        Ok(begun)
    }

    /// Ends the logins beyond the limit that the login's script left. There are so many only after a higher limit, or none.
    async fn end_surplus(&self, begun: &BeginLogin<'_>, mut surplus: u64) -> Result<Members, Unavailable> {
        let mut ended = Members::new();
        while surplus > 0 {
            let mut end = self.on_index(&self.scripts.end_surplus, begun.login.account.id);
            end.arg(begun.id.digest().as_bytes().as_slice()).arg(self.at_most());
            let (left, more): (u64, Members) = self.connection.run(&end).await?;
            surplus = left;
            ended.extend(more);
        }
        Ok(ended)
    }

    /// Moves the account's logins from keys with the other prefix, if there is one.
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
                sessions.push(record::session(fields).ok_or_else(|| self.connection.unreadable())?);
            }
            from = next;
        }
        sessions.truncate(MAX_LISTED);
        Ok(sessions)
    }

    pub(super) async fn end_one_login(&self, account: i64, login: SessionDigest) -> Result<(), Unavailable> {
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
        let session = spared.session.map(SessionId::digest);
        self.walk(|cursor| {
            let mut end = self.on_index(&self.scripts.end_logins, account);
            end.arg(cursor).arg(session.as_ref().map_or(&[][..], |key| key.as_bytes().as_slice())).arg(spared.since);
            end
        })
        .await
    }

    /// Runs a script over the whole index. A walk of several steps is repeated until it ends no further login: if another server took over
    /// during the walk, some logins were skipped.
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

    /// A script that only ends logins, and therefore needs no time.
    fn on_index<'s>(&self, script: &'s Script, account: i64) -> Invocation<'s> {
        self.script(script, self.names.index(account).as_bytes(), Timestamp::UNIX_EPOCH)
    }
}
