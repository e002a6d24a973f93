//! An account's logins in Redis: begins, lists, ends and limits them.
//!
//! An account may have more logins than Redis can visit without blocking other requests. So each script here visits a limited number, and
//! returns where the next one begins.

use std::num::NonZeroU32;

use authlab_mechanism::{login::LoginId, refusal::Unavailable};
use authlab_secrets::random;
use jiff::Timestamp;

use super::{
    BeginEntry, BegunEntry, DIGEST_LENGTH, Entries, StoredEntry, add_items,
    record::{self, Fields},
};
use crate::{Invocation, Script};

/// Members of an index: digests of credentials.
type Members = Vec<Vec<u8>>;

/// A walk through an index begins here, and ends when the cursor returns to it.
const START: &str = "0";

impl Entries {
    /// The limit as an argument of scripts; 0 is unlimited.
    fn at_most(&self) -> u32 {
        self.at_most.map_or(0, NonZeroU32::get)
    }

    /// Begins a login in one script. The script also ends the client's former entry, takes over its items if the account owns them or
    /// no account does, and ends the logins beyond the limit.
    pub async fn log_in(&self, begins: BeginEntry<'_>, now: Timestamp) -> Result<BegunEntry, Unavailable> {
        let account = begins.login.account.id;
        self.adopt_logins(account).await?;
        let mut log_in = self.on(&self.scripts.log_in, begins.key, now);
        if let Some(former) = begins.former {
            log_in.key(&self.names.entry(former));
        }
        log_in
            .arg(account)
            .arg(record::login(&begins.login))
            .arg(begins.login.account.generation)
            .arg(begins.expires_at.as_second())
            .arg(self.at_most());
        add_items(&mut log_in, &begins.items);
        let (fields, surplus, mut ended): (Fields, u64, Members) = self.connection.run(&log_in).await?;
        ended.extend(self.end_surplus(&begins, surplus).await?);
        let ended = ended.iter().map(|member| LoginId(random::to_hex(member))).collect();
        Ok(BegunEntry { entry: self.read(&fields)?, ended })
    }

    /// Ends the logins beyond the limit that the login's script left. There are so many only after a higher limit, or none.
    async fn end_surplus(&self, begun: &BeginEntry<'_>, mut surplus: u64) -> Result<Members, Unavailable> {
        let mut ended = Members::new();
        while surplus > 0 {
            let mut end = self.on_index(&self.scripts.end_surplus, begun.login.account.id);
            end.arg(begun.key.digest.as_slice()).arg(self.at_most());
            let (left, more): (u64, Members) = self.connection.run(&end).await?;
            surplus = left;
            ended.extend(more);
        }
        Ok(ended)
    }

    /// Moves the account's logins from keys with the other prefix, if there is one.
    async fn adopt_logins(&self, account: i64) -> Result<(), Unavailable> {
        if self.names.other_prefix().is_none() {
            return Ok(());
        }
        while self.connection.run::<u64>(&self.on_index(&self.scripts.adopt_logins, account)).await? > 0 {}
        Ok(())
    }

    /// The entries of the account's logins, without items. At most this many, the latest end first.
    pub async fn logins(&self, account: i64, now: Timestamp, most: usize) -> Result<Vec<StoredEntry>, Unavailable> {
        self.adopt_logins(account).await?;
        let (mut entries, mut from) = (Vec::new(), 0);
        while from >= 0 && entries.len() < most {
            let mut page = self.script(&self.scripts.logins, self.names.index(account).as_bytes(), now);
            let (found, next): (Vec<Fields>, i64) = self.connection.run(page.arg(account).arg(from)).await?;
            for fields in &found {
                entries.push(self.read(fields)?);
            }
            from = next;
        }
        entries.truncate(most);
        Ok(entries)
    }

    /// Ends the login with this digest if it belongs to the account. Works in steps if the account has no such login.
    pub async fn end_login(&self, account: i64, login: [u8; DIGEST_LENGTH]) -> Result<(), Unavailable> {
        self.adopt_logins(account).await?;
        self.walk(|cursor| {
            let mut end = self.on_index(&self.scripts.end_login, account);
            end.arg(cursor).arg(login.as_slice());
            end
        })
        .await
    }

    /// Ends the account's logins, except the one with this digest, and those that began with this generation or a later one. Works in
    /// steps. After a failure some have ended, and the next call ends the rest.
    pub async fn end_logins(
        &self,
        account: i64,
        spared: Option<[u8; DIGEST_LENGTH]>,
        since: Option<i64>,
    ) -> Result<(), Unavailable> {
        self.adopt_logins(account).await?;
        self.walk(|cursor| {
            let mut end = self.on_index(&self.scripts.end_logins, account);
            end.arg(cursor).arg(spared.as_ref().map_or(&[][..], |digest| digest.as_slice())).arg(since);
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
