//! The text of a refresh token: its family, its number in the family, and a tag that nobody else can make.
//!
//! It is made anew whenever it is needed, so no refresh token lies anywhere but with its client, and the successor that was
//! told once can be told again. The tag needs the secret key and the seed in the family's row: neither is enough.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use shared::{keys::Keys, secret::Secret};
use zeroize::Zeroizing;

use crate::text::{self, BLOCK, REFRESH};

/// Digits of the number.
const GENERATION: usize = 6;

/// A text that has the form of a refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown<'a> {
    pub(super) family: &'a str,
    pub(super) generation: i64,
    tag: [u8; 16],
}

impl<'a> Shown<'a> {
    pub(super) fn parse(token: &'a str) -> Option<Self> {
        let (family, rest) = text::body(REFRESH, token)?.split_at_checked(BLOCK)?;
        let (generation, tag) = rest.split_at_checked(GENERATION).filter(|(_, tag)| tag.len() == BLOCK)?;
        let generation = i64::try_from(text::number(generation)?).ok()?;
        let _is_base62 = text::number(family)?;
        Some(Self { family, generation, tag: text::number(tag)?.to_be_bytes() })
    }
}

/// Makes refresh tokens, and knows its own.
pub(super) struct Mint {
    /// Of the secret key and those before it; the first one signs.
    keys: Vec<Zeroizing<[u8; 32]>>,
}

impl Mint {
    pub(super) fn new(keys: &Keys) -> Self {
        Self { keys: keys.derived("refresh token").into_iter().map(Zeroizing::new).collect() }
    }

    pub(super) fn make(&self, family: &str, seed: &str, generation: i64) -> Secret {
        let tag = mac(&self.keys[0], family, seed, generation).finalize().into_bytes();
        let tag = tag.first_chunk().map(|tag| u128::from_be_bytes(*tag)).expect("a digest has 32 bytes");
        let number = text::digits(generation.unsigned_abs().into(), GENERATION);
        text::sealed(REFRESH, &format!("{family}{number}{}", text::digits(tag, BLOCK)))
    }

    pub(super) fn made(&self, shown: &Shown<'_>, seed: &str) -> bool {
        self.keys
            .iter()
            .any(|key| mac(key, shown.family, seed, shown.generation).verify_truncated_left(&shown.tag).is_ok())
    }
}

impl std::fmt::Debug for Mint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Mint({} keys)", self.keys.len())
    }
}

/// A family has one length and a number another, so no two lists of parts are one text.
fn mac(key: &[u8; 32], family: &str, seed: &str, generation: i64) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(family.as_bytes());
    mac.update(&generation.to_be_bytes());
    mac.update(seed.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use shared::{keys::Keys, secret::Secret};

    use super::{Mint, Shown};
    use crate::text::random_block;

    const OLD: &str = "an old secret key, as long as keys have to be";
    const NEW: &str = "a new secret key, as long as keys have to be!";

    fn mint(current: &str, former: &[&str]) -> Mint {
        let former = former.iter().map(|key| Secret::new(*key)).collect();
        Mint::new(&Keys::given(Secret::new(current), former).unwrap())
    }

    proptest! {
        #[test]
        fn a_token_says_its_family_and_its_number_and_is_known(generation in 1_i64..1_000_000_000) {
            let (family, seed, mint) = (random_block(), random_block(), mint(OLD, &[]));
            let token = mint.make(&family, &seed, generation);
            let shown = Shown::parse(token.expose()).unwrap();
            prop_assert_eq!((shown.family, shown.generation), (family.as_str(), generation));
            prop_assert!(mint.made(&shown, &seed));
            prop_assert!(!mint.made(&shown, &random_block()), "of another family's seed");
            let next = Shown { generation: generation + 1, ..shown };
            prop_assert!(!mint.made(&next, &seed), "under another number");
        }

        #[test]
        fn any_text_is_read_without_failing(text in "\\PC{0,80}", digits in "authlab_r_[0-9A-Za-z]{0,70}") {
            prop_assert_eq!(Shown::parse(&text), None);
            prop_assert_eq!(Shown::parse(&digits), None);
        }
    }

    #[test]
    fn a_former_key_knows_its_tokens_until_it_is_dropped() {
        let (family, seed) = (random_block(), random_block());
        let token = mint(OLD, &[]).make(&family, &seed, 1);
        let shown = Shown::parse(token.expose()).unwrap();
        assert!(mint(NEW, &[OLD]).made(&shown, &seed));
        assert!(!mint(NEW, &[]).made(&shown, &seed));
    }
}
