//! The text of opaque tokens and refresh tokens: a prefix, digits of base62, and a checksum.
//!
//! The prefix lets secret scanners find leaked tokens. The checksum lets the service refuse a mistyped or invented token without a
//! look-up.

use authlab_secrets::{Secret, random};

/// The prefix of an opaque access token.
pub(crate) const OPAQUE_PREFIX: &str = "authlab_u_";
/// The prefix of a refresh token.
pub(crate) const REFRESH_PREFIX: &str = "authlab_r_";

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digits of a number of 128 bits.
pub(crate) const BLOCK_LENGTH: usize = 22;
/// Digits of a number of 32 bits.
const CHECKSUM_LENGTH: usize = 6;

/// 128 random bits.
pub(crate) fn random_block() -> String {
    digits(u128::from_be_bytes(random::bytes()), BLOCK_LENGTH)
}

/// Writes the number with this many digits, leading zeros included.
pub(crate) fn digits(mut number: u128, length: usize) -> String {
    let mut text = vec![b'0'; length];
    for digit in text.iter_mut().rev() {
        *digit = DIGITS[usize::try_from(number % 62).expect("below 62")];
        number /= 62;
    }
    text.into_iter().map(char::from).collect()
}

/// Parses digits. `None` for other characters, and for a number of more than 128 bits.
pub(crate) fn number(digits: &str) -> Option<u128> {
    digits.bytes().try_fold(0_u128, |number, byte| {
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        number.checked_mul(62)?.checked_add(u128::try_from(digit).ok()?)
    })
}

/// Writes a token with this body.
pub(crate) fn token(prefix: &str, body: &str) -> Secret {
    Secret::new(format!("{prefix}{body}{}", checksum(prefix, body)))
}

/// The body of a token with this prefix. `None` if the prefix or the checksum is wrong.
pub(crate) fn body<'a>(prefix: &str, token: &'a str) -> Option<&'a str> {
    let rest = token.strip_prefix(prefix)?;
    let (body, sum) = rest.split_at_checked(rest.len().checked_sub(CHECKSUM_LENGTH)?)?;
    (sum == checksum(prefix, body)).then_some(body)
}

fn checksum(prefix: &str, body: &str) -> String {
    let mut sum = crc32fast::Hasher::new();
    sum.update(prefix.as_bytes());
    sum.update(body.as_bytes());
    digits(sum.finalize().into(), CHECKSUM_LENGTH)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BLOCK_LENGTH, DIGITS, OPAQUE_PREFIX, REFRESH_PREFIX, body, digits, number, random_block, token};

    proptest! {
        #[test]
        fn digits_are_read_back(any in any::<u128>()) {
            let text = digits(any, BLOCK_LENGTH);
            prop_assert_eq!(text.len(), BLOCK_LENGTH);
            prop_assert_eq!(number(&text), Some(any));
        }

        #[test]
        fn no_text_panics_and_a_number_has_one_spelling(text in "\\PC{0,30}") {
            prop_assert_eq!(body(OPAQUE_PREFIX, &text), None);
            if let Some(read) = number(&text) {
                prop_assert_eq!(digits(read, text.len()), text);
            }
        }

        #[test]
        fn a_token_has_one_spelling(at in 0_usize..60, byte in 0_usize..62) {
            let own = random_block() + &random_block();
            let text = token(OPAQUE_PREFIX, &own).expose().to_owned();
            prop_assert_eq!(text.len(), 60);
            prop_assert_eq!(body(OPAQUE_PREFIX, &text), Some(own.as_str()));
            prop_assert_eq!(body(REFRESH_PREFIX, &text), None);
            prop_assert_eq!(body(OPAQUE_PREFIX, &text[..at]), None);
            let mut other = text.clone().into_bytes();
            other[at] = DIGITS[byte];
            let other = String::from_utf8(other).unwrap();
            prop_assert_eq!(body(OPAQUE_PREFIX, &other).is_some(), other == text);
        }
    }

    #[test]
    fn a_block_holds_128_bits_and_no_more() {
        assert_eq!(number(&digits(u128::MAX, BLOCK_LENGTH)), Some(u128::MAX));
        assert_eq!(number(&"z".repeat(BLOCK_LENGTH)), None);
        assert_eq!(number(""), Some(0));
    }
}
