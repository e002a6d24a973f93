//! Tokens that were verified before. A repeated token costs one digest instead of a signature and two passes over its JSON.
//!
//! An entry holds only what never changes: this text is a token of the service, and these are its claims. The caller checks at each
//! request whether the token is in time and its login has not ended.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use authlab_mechanism::refusal::Denied;
use sha2::{Digest as _, Sha256};

use crate::claims::Claims;

/// The SHA-256 of a whole token. The cache does not keep the token itself.
type TokenDigest = [u8; 32];

/// In memory, a token with hundreds of tiny items would take ten times its length. A token with more items than this is not cached.
const MAX_ITEMS: usize = 32;

/// A bounded number of tokens. Tokens in use stay, expired ones among them.
pub(super) struct VerifiedCache {
    generations: Mutex<Generations>,
    /// Tokens per generation.
    capacity: usize,
}

/// When the young generation is full, it becomes the old one, and the former old one is dropped. So each insertion costs the same,
/// and a token that was used since the last change of generations survives the next.
#[derive(Default)]
struct Generations {
    young: Entries,
    old: Entries,
}

type Entries = HashMap<TokenDigest, Arc<Claims>, BuildHasherDefault<DigestHasher>>;

/// Takes the first bytes of the digest as the hash. Nobody without the key can choose the digest of a cached token.
#[derive(Default)]
struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.first_chunk().map_or(0, |first| u64::from_le_bytes(*first));
    }

    /// Ignores the length of the digest, which is always the same.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

impl VerifiedCache {
    /// Holds up to `capacity` tokens, and none if `capacity` is less than 2.
    pub(super) fn new(capacity: usize) -> Self {
        Self { generations: Mutex::default(), capacity: capacity / 2 }
    }

    /// The claims of the token: from the cache, or from `verify`. A refused token is not cached.
    pub(super) fn get_or_verify(
        &self,
        token: &str,
        verify: impl FnOnce() -> Result<Claims, Denied>,
    ) -> Result<Arc<Claims>, Denied> {
        if self.capacity == 0 {
            return verify().map(Arc::new);
        }
        let digest = Sha256::digest(token).into();
        if let Some(found) = self.lock(|generations| generations.get(&digest, self.capacity)) {
            return Ok(found);
        }
        // Without the lock: other requests need not wait for a signature.
        let claims = Arc::new(verify()?);
        if claims.items.0.len() <= MAX_ITEMS {
            self.lock(|generations| generations.insert(digest, Arc::clone(&claims), self.capacity));
        }
        Ok(claims)
    }

    fn lock<T>(&self, change: impl FnOnce(&mut Generations) -> T) -> T {
        change(&mut self.generations.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Generations {
    fn get(&mut self, digest: &TokenDigest, capacity: usize) -> Option<Arc<Claims>> {
        if let Some(found) = self.young.get(digest) {
            return Some(Arc::clone(found));
        }
        let found = self.old.remove(digest)?;
        self.insert(*digest, Arc::clone(&found), capacity);
        Some(found)
    }

    fn insert(&mut self, digest: TokenDigest, claims: Arc<Claims>, capacity: usize) {
        if self.young.len() >= capacity {
            mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        self.young.insert(digest, claims);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde_json::json;

    use super::{Claims, Denied, VerifiedCache};
    use crate::items::{CarriedItem, Items};

    fn claims(username: &str) -> Claims {
        let claims = json!({
            "iss": "authlab", "aud": "authlab", "sub": "1", "username": username, "jti": "0123456789abcdef0123456789abcdef",
            "auth_time": 0, "iat": 0, "nbf": 0, "exp": 300,
        });
        serde_json::from_value(claims).unwrap()
    }

    /// The username in the token, and whether the token had to be verified.
    fn ask(cache: &VerifiedCache, token: &str) -> (String, bool) {
        let asked = Cell::new(false);
        let found = cache.get_or_verify(token, || {
            asked.set(true);
            Ok(claims(token))
        });
        (found.unwrap().username.clone(), asked.get())
    }

    #[test]
    fn a_token_is_verified_once_and_keeps_its_claims() {
        let cache = VerifiedCache::new(100);
        for first in [true, false, false] {
            for token in ["one", "another", "one "] {
                assert_eq!(ask(&cache, token), (token.to_owned(), first));
            }
        }
    }

    #[test]
    fn a_refused_token_is_verified_again() {
        let cache = VerifiedCache::new(100);
        assert_eq!(cache.get_or_verify("token", || Err(Denied::Forged)).unwrap_err(), Denied::Forged);
        assert!(ask(&cache, "token").1);
    }

    #[test]
    fn the_capacity_is_not_exceeded_and_tokens_in_use_stay() {
        let cache = VerifiedCache::new(100);
        ask(&cache, "in use");
        for token in 0..10_000 {
            ask(&cache, &token.to_string());
            assert!(!ask(&cache, "in use").1, "dropped after {token} others");
            let cached = cache.lock(|generations| generations.young.len() + generations.old.len());
            assert!(cached <= 100, "{cached} are cached");
        }
        assert!(ask(&cache, "0").1, "an unused token is dropped");
    }

    #[test]
    fn a_token_with_many_items_is_verified_each_time() {
        let with_items = |items: usize| {
            let item: CarriedItem = serde_json::from_str(r#"{"v":"x"}"#).unwrap();
            Ok(Claims {
                items: Items((0..items).map(|key| (key.to_string(), item.clone())).collect()),
                ..claims("alice")
            })
        };
        let cache = VerifiedCache::new(100);
        for (items, cached) in [(32, true), (33, false)] {
            let token = items.to_string();
            assert_eq!(cache.get_or_verify(&token, || with_items(items)).unwrap().items.0.len(), items);
            assert_ne!(ask(&cache, &token).1, cached, "{items} items");
        }
    }

    #[test]
    fn without_capacity_no_token_is_cached() {
        for cache in [VerifiedCache::new(0), VerifiedCache::new(1)] {
            assert!(ask(&cache, "token").1 && ask(&cache, "token").1);
            assert!(cache.lock(|generations| generations.young.is_empty() && generations.old.is_empty()));
        }
    }
}
