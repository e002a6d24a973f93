//! The text of a refresh token: its family, its generation, and a tag that authenticates both.
//!
//! The service stores no refresh token. It computes the text when it is needed, so that the same successor can be issued twice. The
//! tag is computed from the secret key and the seed in the family's row, so neither a stolen key nor a stolen row is enough.

use authlab_secrets::{Secret, keys::Keys};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::text::{self, BLOCK_LENGTH, REFRESH_PREFIX};

/// Digits of the generation.
const GENERATION_LENGTH: usize = 6;

/// The parts of a text that has the form of a refresh token. The tag is not verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ParsedRefreshToken<'a> {
    pub(super) family: &'a str,
    pub(super) generation: i64,
    tag: [u8; 16],
}

impl<'a> ParsedRefreshToken<'a> {
    pub(super) fn parse(token: &'a str) -> Option<Self> {
        let (family, rest) = text::body(REFRESH_PREFIX, token)?.split_at_checked(BLOCK_LENGTH)?;
        let (generation, tag) =
            rest.split_at_checked(GENERATION_LENGTH).filter(|(_, tag)| tag.len() == BLOCK_LENGTH)?;
        let generation = i64::try_from(text::number(generation)?).ok()?;
        let _is_base62 = text::number(family)?;
        Some(Self { family, generation, tag: text::number(tag)?.to_be_bytes() })
    }
}

#[derive(Debug)]
pub(super) struct RefreshTokenSigner {
    /// Derived from the secret key and its fallbacks. The first key signs, all of them verify.
    keys: Vec<Hmac<Sha256>>,
}

impl RefreshTokenSigner {
    pub(super) fn new(keys: &Keys) -> Self {
        let derived = keys.derived("refresh token").into_iter().map(Zeroizing::new);
        let prepared = derived.map(|key| Hmac::new_from_slice(&*key).expect("HMAC takes keys of any length"));
        Self { keys: prepared.collect() }
    }

    pub(super) fn sign(&self, family: &str, seed: &str, generation: i64) -> Secret {
        let tag = mac(&self.keys[0], family, seed, generation).finalize().into_bytes();
        let tag = tag.first_chunk().map(|tag| u128::from_be_bytes(*tag)).expect("a digest has 32 bytes");
        let number = text::digits(generation.unsigned_abs().into(), GENERATION_LENGTH);
        text::token(REFRESH_PREFIX, &format!("{family}{number}{}", text::digits(tag, BLOCK_LENGTH)))
    }

    pub(super) fn verifies(&self, parsed: &ParsedRefreshToken<'_>, seed: &str) -> bool {
        self.keys
            .iter()
            .any(|key| mac(key, parsed.family, seed, parsed.generation).verify_truncated_left(&parsed.tag).is_ok())
    }
}

/// Family and generation have fixed lengths, so no two lists of parts give the same message.
fn mac(key: &Hmac<Sha256>, family: &str, seed: &str, generation: i64) -> Hmac<Sha256> {
    key.clone().chain_update(family).chain_update(generation.to_be_bytes()).chain_update(seed)
}

#[cfg(test)]
mod tests {
    use authlab_secrets::{Secret, keys::Keys};
    use proptest::prelude::*;

    use super::{ParsedRefreshToken, RefreshTokenSigner};
    use crate::text::random_block;

    const OLD: &str = "an old secret key, as long as keys have to be";
    const NEW: &str = "a new secret key, as long as keys have to be!";

    fn signer(current: &str, former: &[&str]) -> RefreshTokenSigner {
        let former = former.iter().map(|key| Secret::new(*key)).collect();
        RefreshTokenSigner::new(&Keys::new(Secret::new(current), former).unwrap())
    }

    proptest! {
        #[test]
        fn a_token_contains_its_family_and_generation_and_verifies(generation in 1_i64..1_000_000_000) {
            let (family, seed, signer) = (random_block(), random_block(), signer(OLD, &[]));
            let token = signer.sign(&family, &seed, generation);
            let parsed = ParsedRefreshToken::parse(token.expose()).unwrap();
            prop_assert_eq!((parsed.family, parsed.generation), (family.as_str(), generation));
            prop_assert!(signer.verifies(&parsed, &seed));
            prop_assert!(!signer.verifies(&parsed, &random_block()), "with the seed of another family");
            let next = ParsedRefreshToken { generation: generation + 1, ..parsed };
            prop_assert!(!signer.verifies(&next, &seed), "with another generation");
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,80}", digits in "authlab_r_[0-9A-Za-z]{0,70}") {
            prop_assert_eq!(ParsedRefreshToken::parse(&text), None);
            prop_assert_eq!(ParsedRefreshToken::parse(&digits), None);
        }
    }

    #[test]
    fn a_former_key_verifies_until_it_is_removed() {
        let (family, seed) = (random_block(), random_block());
        let token = signer(OLD, &[]).sign(&family, &seed, 1);
        let parsed = ParsedRefreshToken::parse(token.expose()).unwrap();
        assert!(signer(NEW, &[OLD]).verifies(&parsed, &seed));
        assert!(!signer(NEW, &[]).verifies(&parsed, &seed));
    }
}
