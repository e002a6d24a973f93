//! Session ids, which the client carries, and their digests, under which the server keeps sessions.

use authlab_mechanism::login::LoginId;
use authlab_secrets::{Secret, random};
use sha2::{Digest as _, Sha256};

/// Length of an id in characters: 165 bits, as in Django.
const LENGTH: usize = 32;
/// Length of a digest in bytes: 128 bits cannot be guessed.
const DIGEST_LENGTH: usize = 16;

/// The session id that the client carries. Every client that sends it is logged in.
#[derive(Clone, Debug)]
pub(crate) struct SessionId(Secret);

/// The digest of a session id. Memory and Redis keep only the digest, so a leaked Redis dump contains no usable session ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SessionDigest([u8; DIGEST_LENGTH]);

impl SessionDigest {
    pub(crate) const FIRST: Self = Self([0; DIGEST_LENGTH]);
    pub(crate) const LAST: Self = Self([u8::MAX; DIGEST_LENGTH]);

    pub(crate) fn as_bytes(&self) -> &[u8; DIGEST_LENGTH] {
        &self.0
    }

    /// The id of the login that begins in this session. It does not reveal the session id, and a store finds the session by it without a
    /// search.
    pub(crate) fn login_id(&self) -> LoginId {
        LoginId(random::to_hex(&self.0))
    }

    /// The digest in a login's id; `None` if the text is not a login id.
    pub(crate) fn from_login_id(login: &LoginId) -> Option<Self> {
        random::from_hex(&login.0).map(Self)
    }
}

impl SessionId {
    pub(crate) fn random() -> Self {
        Self(Secret::new(random::lower_alphanumeric(LENGTH)))
    }

    /// A random id with a given prefix, which is not secret.
    pub(crate) fn with_prefix(letters: &str) -> Self {
        let random = random::lower_alphanumeric(LENGTH - letters.len());
        Self(Secret::new(format!("{letters}{random}")))
    }

    /// `None` for a malformed id, which needs no look-up.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        (text.len() == LENGTH && text.bytes().all(allowed)).then(|| Self(Secret::new(text)))
    }

    pub(crate) fn digest(&self) -> SessionDigest {
        let whole = Sha256::digest(self.0.expose());
        SessionDigest(*whole.first_chunk().expect("SHA-256 has 32 bytes"))
    }

    /// The id itself, for a store that must keep it as it is.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }

    pub(crate) fn into_secret(self) -> Secret {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use authlab_mechanism::login::LoginId;
    use proptest::prelude::*;

    use super::{SessionDigest, SessionId};

    #[test]
    fn a_login_is_named_after_the_key_of_its_session_and_does_not_tell_the_id() {
        let id = SessionId::random();
        let name = id.digest().login_id();
        assert_eq!(SessionDigest::from_login_id(&name), Some(id.digest()));
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
            prop_assert_eq!(SessionDigest::from_login_id(&LoginId(text)).is_some(), hexadecimal);
        }
    }
}
