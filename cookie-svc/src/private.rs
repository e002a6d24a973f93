//! Private items: encrypted and authenticated for one cookie name, one salt and one owner, with their end inside.
//!
//! Format: `base64url(key id, nonce, XChaCha20-Poly1305 of (end, text))`. The key id selects the key after a rotation. The nonce is 24
//! random bytes, enough never to repeat. Name, salt and owner are authenticated but not stored, so a value moved to another cookie does
//! not open. An item that an account sealed while logged in opens only for that account. An item sealed without a login has no owner,
//! and opens for every user.

use authlab_clock::instant;
use authlab_django_signing::BadSignature;
use authlab_mechanism::items::Item;
use authlab_secrets::{keys::Keys, random};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

const KEY_ID_LENGTH: usize = 4;
const NONCE_LENGTH: usize = 24;
/// The end of an item without expiry.
const NEVER: i64 = i64::MAX;

/// The keys, the current one first.
pub(crate) struct PrivateItems(Vec<Key>);

struct Key {
    id: [u8; KEY_ID_LENGTH],
    cipher: XChaCha20Poly1305,
}

impl PrivateItems {
    pub(crate) fn new(keys: &Keys) -> Self {
        Self(keys.derived("private item XChaCha20-Poly1305").iter().map(Key::new).collect())
    }

    pub(crate) fn seal(&self, purpose: Purpose<'_>, text: &str, expires_at: Option<Timestamp>) -> String {
        let key = &self.0[0];
        let nonce = random::bytes::<NONCE_LENGTH>();
        let end = expires_at.map_or(NEVER, Timestamp::as_second);
        let message = [&end.to_be_bytes()[..], text.as_bytes()].concat();
        let payload = Payload { msg: &message, aad: &purpose.text() };
        let sealed =
            key.cipher.encrypt(&XNonce::from(nonce), payload).expect("an item is shorter than the cipher's limit");
        URL_SAFE_NO_PAD.encode([&key.id[..], &nonce, &sealed].concat())
    }

    /// The item, if it was sealed for this purpose, with or without the owner, and has not ended at `now`, in seconds since the epoch.
    pub(crate) fn open(&self, purpose: Purpose<'_>, sealed: &str, now: i64) -> Result<Item, BadSignature> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| BadSignature::Malformed)?;
        let (id, rest) = bytes.split_first_chunk::<KEY_ID_LENGTH>().ok_or(BadSignature::Malformed)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LENGTH>().ok_or(BadSignature::Malformed)?;
        let key = self.0.iter().find(|key| key.id == *id).ok_or(BadSignature::Forged)?;
        let decrypt = |purpose: Purpose<'_>| {
            let payload = Payload { msg: sealed, aad: &purpose.text() };
            key.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| BadSignature::Forged)
        };
        let message = match purpose.owner {
            Some(_) => decrypt(purpose).or_else(|_| decrypt(Purpose { owner: None, ..purpose })),
            None => decrypt(purpose),
        }?;
        let (end, text) = message.split_first_chunk::<8>().ok_or(BadSignature::Malformed)?;
        let end = i64::from_be_bytes(*end);
        if now >= end {
            return Err(BadSignature::Expired);
        }
        let value = String::from_utf8(text.to_vec()).map_err(|_| BadSignature::Malformed)?;
        Ok(Item { value, expires_at: (end != NEVER).then(|| instant(end)) })
    }
}

/// The data that an item is bound to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purpose<'a> {
    pub(crate) name: &'a str,
    pub(crate) salt: &'a str,
    /// The username of the account that was logged in when the item was sealed.
    pub(crate) owner: Option<&'a str>,
}

impl Purpose<'_> {
    /// A text that is unique for this purpose.
    fn text(self) -> Vec<u8> {
        let Self { name, salt, owner } = self;
        match owner {
            None => format!("{}:{salt}{name}", salt.len()),
            Some(owner) => format!("of {}:{owner}{}:{salt}{name}", owner.len(), salt.len()),
        }
        .into_bytes()
    }
}

impl Key {
    fn new(bytes: &[u8; 32]) -> Self {
        // The id identifies a key without revealing anything about it.
        let digest = Sha256::new_with_prefix(b"authlab key id ").chain_update(bytes).finalize();
        let id = digest.first_chunk().copied().expect("a digest has 32 bytes");
        Self { id, cipher: XChaCha20Poly1305::new(bytes.into()) }
    }
}

impl std::fmt::Debug for PrivateItems {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "PrivateItems({} keys)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use authlab_secrets::{Secret, keys::Keys};
    use proptest::prelude::*;

    use super::{BadSignature, PrivateItems, Purpose, Timestamp};

    const OLD: &str = "0123456789abcdefghijklmnopqrstuvwxyzOLD";
    const NEW: &str = "0123456789abcdefghijklmnopqrstuvwxyzNEW";

    fn keys(current: &str, fallbacks: &[&str]) -> PrivateItems {
        let fallbacks = fallbacks.iter().copied().map(Secret::new).collect();
        PrivateItems::new(&Keys::new(Secret::new(current), fallbacks).unwrap())
    }

    const NOTE: Purpose<'static> = Purpose { name: "note", salt: "", owner: None };

    #[test]
    fn what_an_account_sealed_opens_for_it_and_for_nobody_else() {
        let items = keys(NEW, &[]);
        let of = |owner| Purpose { owner: Some(owner), ..NOTE };
        let sealed = items.seal(of("alice"), "text", None);
        assert_eq!(items.open(of("alice"), &sealed, 0).unwrap().value, "text");
        assert_eq!(items.open(of("bob"), &sealed, 0), Err(BadSignature::Forged));
        assert_eq!(items.open(NOTE, &sealed, 0), Err(BadSignature::Forged));
        let before_a_login = items.seal(NOTE, "text", None);
        assert_eq!(items.open(of("alice"), &before_a_login, 0).unwrap().value, "text", "it goes along");
    }

    #[test]
    fn an_item_opens_for_its_name_its_salt_and_its_time_alone() {
        let items = keys(NEW, &[]);
        let end = Timestamp::from_second(1_000).unwrap();
        let sealed = items.seal(Purpose { name: "ab", salt: "c", ..NOTE }, "text", Some(end));
        assert_eq!(items.open(Purpose { name: "ab", salt: "c", ..NOTE }, &sealed, 999).unwrap().expires_at, Some(end));
        assert_eq!(items.open(Purpose { name: "ab", salt: "c", ..NOTE }, &sealed, 1_000), Err(BadSignature::Expired));
        for (name, salt) in [("a", "bc"), ("ab", ""), ("", "abc"), ("abc", ""), ("AB", "c")] {
            assert_eq!(
                items.open(Purpose { name, salt, ..NOTE }, &sealed, 999),
                Err(BadSignature::Forged),
                "{name} {salt}"
            );
        }
    }

    #[test]
    fn a_former_key_opens_and_a_dropped_one_does_not() {
        let sealed = keys(OLD, &[]).seal(NOTE, "text", None);
        assert_eq!(keys(NEW, &[OLD]).open(NOTE, &sealed, 0).unwrap().value, "text");
        assert_eq!(keys(NEW, &[]).open(NOTE, &sealed, 0), Err(BadSignature::Forged));
    }

    #[test]
    fn one_text_is_never_sealed_the_same_twice() {
        let items = keys(NEW, &[]);
        assert_ne!(items.seal(NOTE, "text", None), items.seal(NOTE, "text", None));
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in any::<String>()) {
            let items = keys(NEW, &[]);
            let sealed = items.seal(NOTE, &text, None);
            prop_assert_eq!(items.open(NOTE, &sealed, 0).unwrap().value, text);
        }

        #[test]
        fn a_changed_character_is_found_out(at in 0_usize..80, letter in "[A-Za-z0-9_-]") {
            let items = keys(NEW, &[]);
            let sealed = items.seal(NOTE, "a text of some length", None);
            let at = at % sealed.len();
            let changed = format!("{}{letter}{}", &sealed[..at], &sealed[at + 1..]);
            prop_assume!(changed != sealed);
            prop_assert!(items.open(NOTE, &changed, 0).is_err());
        }

        #[test]
        fn any_cookie_can_be_read(text in any::<String>()) {
            prop_assert!(keys(NEW, &[]).open(NOTE, &text, 0).is_err());
        }
    }
}
