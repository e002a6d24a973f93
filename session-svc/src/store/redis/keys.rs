//! The keys in Redis, which place an account's sessions in one slot.
//!
//! In a cluster a script can use only the keys of one slot, and the text in braces chooses the slot. A script that changes a session and
//! the index of its account's logins atomically therefore needs both in one *bucket*:
//!
//! | key | content |
//! |---|---|
//! | `PREFIX{BB}` and 16 bytes | the session whose id begins with `BB`; the bytes are the digest of the id |
//! | `PREFIX{BB}a:ACCOUNT` | the index of logins of an account in bucket `BB` |
//!
//! A session's bucket is the first two characters of its id. A login's id begins with the bucket of its account; the other 30 characters
//! are random, 155 bits. A single server gets the same keys, so that its sessions can move into a cluster. The [prefix](super::names)
//! separates deployments on one Redis.

use super::names::Names;
use crate::id::SessionId;

/// Number of characters of an id that name its bucket.
const BUCKET: usize = 2;
const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// A fresh id for a login of this account.
pub(super) fn id_for(account: i64) -> SessionId {
    SessionId::with_prefix(&bucket_of(account))
}

pub(super) fn share_a_bucket(one: &SessionId, other: &SessionId) -> bool {
    bucket(one) == bucket(other)
}

impl Names {
    pub(super) fn session(&self, id: &SessionId) -> Vec<u8> {
        [self.prefix().as_bytes(), b"{", bucket(id).as_bytes(), b"}", id.digest().as_bytes()].concat()
    }

    /// The key of the index of an account's logins: digests of session ids, sorted by their ends.
    pub(super) fn index(&self, account: i64) -> String {
        format!("{}{{{}}}a:{account}", self.prefix(), bucket_of(account))
    }

    /// Two keys in different slots.
    pub(super) fn apart(&self) -> [String; 2] {
        [self.index(0), self.index(1)]
    }
}

fn bucket(id: &SessionId) -> &str {
    &id.expose()[..BUCKET]
}

fn bucket_of(account: i64) -> String {
    let letter = |number: i64| char::from(LETTERS[usize::try_from(number.rem_euclid(36)).unwrap_or(0)]);
    [letter(account), letter(account.div_euclid(36))].iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::names::Names, bucket_of, id_for, share_a_bucket};
    use crate::id::SessionId;

    /// The part of a key that a cluster hashes.
    fn tag(key: &[u8]) -> &[u8] {
        let opens = key.iter().position(|byte| *byte == b'{').unwrap();
        let closes = key[opens..].iter().position(|byte| *byte == b'}').unwrap();
        &key[opens + 1..opens + closes]
    }

    #[test]
    fn accounts_are_spread_over_all_buckets() {
        let buckets: std::collections::BTreeSet<String> = (1..=1_296).map(bucket_of).collect();
        assert_eq!(buckets.len(), 1_296);
    }

    proptest! {
        #[test]
        fn a_login_lies_with_the_index_of_its_account(account in any::<i64>(), prefix in "[a-z0-9:._-]{0,20}") {
            let names = Names::with_prefix(&prefix);
            let (id, other) = (id_for(account), id_for(account));
            prop_assert!(SessionId::parse(id.expose()).is_some(), "an id like any other");
            prop_assert!(share_a_bucket(&id, &other) && id.expose() != other.expose());
            let keys = [names.session(&id), names.session(&other), names.index(account).into_bytes()];
            let tags = keys.each_ref().map(|key| tag(key).to_vec());
            prop_assert!(tags.iter().all(|tag| *tag == tags[0] && tag.len() == 2), "{tags:?}");
            prop_assert!(keys.iter().all(|key| key.starts_with(prefix.as_bytes())));
            prop_assert_eq!(keys[0].len(), prefix.len() + 20);
        }
    }
}
