//! Session ids: what the client carries, and the digest of it under which the server keeps the session.

use sha2::{Digest as _, Sha256};
use shared::{login::LoginId, random, secret::Secret};

/// Characters in an id: 165 bits, as in Django.
const LENGTH: usize = 32;
/// Bytes of a digest that are kept: as many as nobody can guess.
const KEY: usize = 16;

/// The id that the client carries. Whoever has it is logged in.
#[derive(Clone, Debug)]
pub(crate) struct SessionId(Secret);

/// What the store knows of an id: a stolen copy of the store logs nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SessionKey([u8; KEY]);

impl SessionKey {
    pub(crate) const FIRST: Self = Self([0; KEY]);
    pub(crate) const LAST: Self = Self([u8::MAX; KEY]);

    pub(crate) fn as_bytes(&self) -> &[u8; KEY] {
        &self.0
    }

    /// The name of the login that begins in this session. Nobody finds the session id from it, and a store finds the session
    /// from it without a search.
    pub(crate) fn login_id(&self) -> LoginId {
        LoginId(random::to_hex(&self.0))
    }

    /// The key that a login's name stands for; `None` for a text that names no login.
    pub(crate) fn of_login(login: &LoginId) -> Option<Self> {
        let digits = login.0.as_bytes();
        if digits.len() != 2 * KEY || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let mut key = Self::FIRST;
        for (at, byte) in key.0.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&login.0[2 * at..2 * at + 2], 16).ok()?;
        }
        Some(key)
    }
}

impl SessionId {
    pub(crate) fn random() -> Self {
        Self(Secret::new(random::lower_alphanumeric(LENGTH)))
    }

    /// Random but for its first characters, which are no secret.
    pub(crate) fn beginning_with(letters: &str) -> Self {
        let random = random::lower_alphanumeric(LENGTH - letters.len());
        Self(Secret::new(format!("{letters}{random}")))
    }

    /// `None` for what cannot be an id of ours: it is not worth a look-up.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        (text.len() == LENGTH && text.bytes().all(allowed)).then(|| Self(Secret::new(text)))
    }

    pub(crate) fn key(&self) -> SessionKey {
        let digest: [u8; 32] = Sha256::digest(self.0.expose()).into();
        let mut key = SessionKey::FIRST;
        key.0.copy_from_slice(&digest[..KEY]);
        key
    }

    /// The id itself, for a store that has to keep it as it is.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }

    pub(crate) fn into_secret(self) -> Secret {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use shared::login::LoginId;

    use super::{SessionId, SessionKey};

    #[test]
    fn a_login_is_named_after_the_key_of_its_session_and_does_not_tell_the_id() {
        let id = SessionId::random();
        let name = id.key().login_id();
        assert_eq!(SessionKey::of_login(&name), Some(id.key()));
        assert!(!name.0.contains(&id.expose()[..8]));
    }

    #[test]
    fn ids_are_unlike_one_another_and_use_the_whole_alphabet() {
        let ids: std::collections::BTreeSet<String> =
            (0..10_000).map(|_| SessionId::random().into_secret().expose().to_owned()).collect();
        assert_eq!(ids.len(), 10_000);
        let mut counts = std::collections::BTreeMap::<char, u32>::new();
        for character in ids.iter().flat_map(|id| id.chars()) {
            *counts.entry(character).or_default() += 1;
        }
        assert_eq!(counts.len(), 36);
        // 320,000 characters over 36 letters: 8,889 each, with a standard deviation of 93.
        assert!(counts.values().all(|count| (8_200..9_600).contains(count)), "{counts:?}");
    }

    proptest! {
        #[test]
        fn only_what_could_be_an_id_is_looked_up(text in any::<String>()) {
            let plain = text.len() == 32 && text.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9'));
            prop_assert_eq!(SessionId::parse(&text).is_some(), plain);
        }

        #[test]
        fn only_what_names_a_login_is_looked_up(text in "\\PC{0,40}|[0-9a-fA-F]{32}") {
            let hexadecimal = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            prop_assert_eq!(SessionKey::of_login(&LoginId(text)).is_some(), hexadecimal);
        }
    }
}
