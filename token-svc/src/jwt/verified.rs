//! Tokens that were found good, so that a signature is verified, and what it signs is read, once and not with every request.
//!
//! What is remembered is what never changes: that these bytes are one of our tokens, and what they say. Whether the token is in
//! time and has not been revoked is asked again of every request, by whoever asks here.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest as _, Sha256};
use shared::refusal::Denied;

use crate::claims::Claims;

/// The SHA-256 of a whole token: the token itself is not kept, and no other has the same.
type Name = [u8; 32];

/// A token of hundreds of tiny items would take ten times its length in memory; one with more than this is verified each time.
const MOST_ITEMS: usize = 32;

/// A bounded number of tokens. Those that are shown again stay; whether they have expired is not looked at.
pub(super) struct Verified {
    generations: Mutex<Generations>,
    /// Tokens a generation.
    limit: usize,
}

/// The young one fills up and becomes the old one, whose former content is forgotten: each insertion costs the same, and what
/// was shown since the last change of generations survives the next.
#[derive(Default)]
struct Generations {
    young: Remembered,
    old: Remembered,
}

type Remembered = HashMap<Name, Arc<Claims>, BuildHasherDefault<Digested>>;

/// A digest is as good a hash as any: of the names that are kept nobody without the key can choose one.
#[derive(Default)]
struct Digested(u64);

impl Hasher for Digested {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.first_chunk().map_or(0, |first| u64::from_le_bytes(*first));
    }

    /// The length of a name, which is always the same.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Verified {
    /// Remembers up to `most` tokens; with fewer than 2, none.
    pub(super) fn new(most: usize) -> Self {
        Self { generations: Mutex::default(), limit: most / 2 }
    }

    /// What the token says: as it was found before, or as `verify` finds now. What is refused is not remembered.
    pub(super) fn get_or_verify(
        &self,
        token: &str,
        verify: impl FnOnce() -> Result<Claims, Denied>,
    ) -> Result<Arc<Claims>, Denied> {
        if self.limit == 0 {
            return verify().map(Arc::new);
        }
        let name = Sha256::digest(token).into();
        if let Some(found) = self.change(|generations| generations.get(&name, self.limit)) {
            return Ok(found);
        }
        // Not while holding the lock: others need not wait for a signature.
        let claims = Arc::new(verify()?);
        if claims.items.count() <= MOST_ITEMS {
            self.change(|generations| generations.insert(name, Arc::clone(&claims), self.limit));
        }
        Ok(claims)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Generations) -> T) -> T {
        change(&mut self.generations.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Generations {
    fn get(&mut self, name: &Name, limit: usize) -> Option<Arc<Claims>> {
        if let Some(found) = self.young.get(name) {
            return Some(Arc::clone(found));
        }
        let found = self.old.remove(name)?;
        self.insert(*name, Arc::clone(&found), limit);
        Some(found)
    }

    fn insert(&mut self, name: Name, claims: Arc<Claims>, limit: usize) {
        if self.young.len() >= limit {
            mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        self.young.insert(name, claims);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{Claims, Denied, Verified};
    use crate::items::{CarriedItem, Items};

    fn claims(username: &str) -> Claims {
        let text = |text: &str| text.to_owned();
        Claims {
            iss: text("authlab"),
            aud: text("authlab"),
            sub: text("1"),
            username: text(username),
            jti: text("0123456789abcdef0123456789abcdef"),
            auth_time: 0,
            iat: 0,
            nbf: 0,
            exp: 300,
            generation: 0,
            items: Items::default(),
        }
    }

    /// The token's claims, and whether it had to be verified for them.
    fn ask(verified: &Verified, token: &str) -> (String, bool) {
        let asked = Cell::new(false);
        let found = verified.get_or_verify(token, || {
            asked.set(true);
            Ok(claims(token))
        });
        (found.unwrap().username.clone(), asked.get())
    }

    #[test]
    fn a_token_is_verified_once_and_each_says_what_it_says() {
        let verified = Verified::new(100);
        for first in [true, false, false] {
            for token in ["one", "another", "one "] {
                assert_eq!(ask(&verified, token), (token.to_owned(), first));
            }
        }
    }

    #[test]
    fn what_is_refused_is_asked_again() {
        let verified = Verified::new(100);
        assert_eq!(verified.get_or_verify("token", || Err(Denied::Forged)).unwrap_err(), Denied::Forged);
        assert!(ask(&verified, "token").1);
    }

    #[test]
    fn no_more_are_remembered_than_was_said_and_those_in_use_stay() {
        let verified = Verified::new(100);
        ask(&verified, "in use");
        for token in 0..10_000 {
            ask(&verified, &token.to_string());
            assert!(!ask(&verified, "in use").1, "forgotten after {token} others");
            let remembered = verified.change(|generations| generations.young.len() + generations.old.len());
            assert!(remembered <= 100, "{remembered} are remembered");
        }
        assert!(ask(&verified, "0").1, "what nobody asks for is forgotten");
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
        let verified = Verified::new(100);
        for (items, remembered) in [(32, true), (33, false)] {
            let token = items.to_string();
            assert_eq!(verified.get_or_verify(&token, || with_items(items)).unwrap().items.count(), items);
            assert_ne!(ask(&verified, &token).1, remembered, "{items} items");
        }
    }

    #[test]
    fn none_are_remembered_where_none_are_to_be() {
        for verified in [Verified::new(0), Verified::new(1)] {
            assert!(ask(&verified, "token").1 && ask(&verified, "token").1);
            assert!(verified.change(|generations| generations.young.is_empty() && generations.old.is_empty()));
        }
    }
}
