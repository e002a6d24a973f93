//! The keys in Redis, which place an account's logins in one slot.
//!
//! In a cluster a script can use only the keys of one slot, and the text in braces chooses the slot. A script that changes an entry and
//! the index of its account's logins atomically therefore needs both in one *bucket*:
//!
//! | key | content |
//! |---|---|
//! | `PREFIX{BB}` and 16 bytes | the entry whose credential names the bucket `BB`; the bytes are the digest of the credential |
//! | `PREFIX{BB}a:ACCOUNT` | the index of logins of an account in bucket `BB` |
//!
//! A credential for a login names the bucket of its account. A single server gets the same keys, so that its entries can move into a
//! cluster. The [prefix](super::names) separates deployments and services on one Redis.

use super::names::Names;

/// Number of characters that name a bucket.
pub const BUCKET_LENGTH: usize = 2;
/// Length of a digest in bytes: 128 bits cannot be guessed.
pub const DIGEST_LENGTH: usize = 16;
const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// By what an entry is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryKey<'a> {
    /// Two letters or digits of the credential, which are not secret.
    pub bucket: &'a str,
    /// The digest of the credential: a leaked Redis dump contains no usable credential.
    pub digest: [u8; DIGEST_LENGTH],
}

impl Names {
    pub(super) fn entry(&self, key: EntryKey<'_>) -> Vec<u8> {
        [self.prefix().as_bytes(), b"{", key.bucket.as_bytes(), b"}", &key.digest].concat()
    }

    /// The key of the index of an account's logins: digests of credentials, sorted by their ends.
    pub(super) fn index(&self, account: i64) -> String {
        format!("{}{{{}}}a:{account}", self.prefix(), bucket_of(account))
    }

    /// Two keys in different slots.
    pub(super) fn apart(&self) -> [String; 2] {
        [self.index(0), self.index(1)]
    }
}

/// The bucket of an account's logins. Each of their credentials must name it.
pub fn bucket_of(account: i64) -> String {
    let letter = |number: i64| char::from(LETTERS[usize::try_from(number.rem_euclid(36)).unwrap_or(0)]);
    [letter(account), letter(account.div_euclid(36))].iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::names::Names, BUCKET_LENGTH, DIGEST_LENGTH, EntryKey, bucket_of};

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
        fn a_login_lies_with_the_index_of_its_account(
            account in any::<i64>(),
            digests in any::<[[u8; DIGEST_LENGTH]; 2]>(),
            prefix in "[a-z0-9:._-]{0,20}",
        ) {
            let (names, bucket) = (Names::new(prefix.clone()), bucket_of(account));
            let [one, other] = digests.map(|digest| names.entry(EntryKey { bucket: &bucket, digest }));
            let keys = [one, other, names.index(account).into_bytes()];
            let tags = keys.each_ref().map(|key| tag(key).to_vec());
            prop_assert!(tags.iter().all(|tag| *tag == tags[0] && tag.len() == BUCKET_LENGTH), "{tags:?}");
            prop_assert!(keys.iter().all(|key| key.starts_with(prefix.as_bytes())));
            prop_assert_eq!(keys[0].len(), prefix.len() + 20);
        }
    }
}
