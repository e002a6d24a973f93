//! How tokens are written that say nothing to their bearer: a prefix by which scanners for lost secrets know them, digits of
//! base62, and a checksum by which what was mistyped or made up is refused without asking anybody.

use shared::{random, secret::Secret};

/// An opaque access token: the `u_token` beside the user.
pub(crate) const OPAQUE: &str = "authlab_u_";
/// A refresh token.
pub(crate) const REFRESH: &str = "authlab_r_";

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digits that 128 bits take.
pub(crate) const BLOCK: usize = 22;
/// Digits that 32 bits take.
const CHECKSUM: usize = 6;

/// 128 random bits.
pub(crate) fn random_block() -> String {
    digits(u128::from_be_bytes(random::bytes()), BLOCK)
}

/// The number in so many digits, with leading zeros.
pub(crate) fn digits(mut number: u128, length: usize) -> String {
    let mut text = vec![b'0'; length];
    for digit in text.iter_mut().rev() {
        *digit = DIGITS[usize::try_from(number % 62).expect("below 62")];
        number /= 62;
    }
    text.into_iter().map(char::from).collect()
}

/// The number that these digits are; `None` for other characters, and for what 128 bits cannot hold.
pub(crate) fn number(digits: &str) -> Option<u128> {
    digits.bytes().try_fold(0_u128, |number, byte| {
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        number.checked_mul(62)?.checked_add(u128::try_from(digit).ok()?)
    })
}

/// A whole token.
pub(crate) fn sealed(prefix: &str, body: &str) -> Secret {
    Secret::new(format!("{prefix}{body}{}", checksum(prefix, body)))
}

/// What stands between this prefix and a checksum that is right.
pub(crate) fn body<'a>(prefix: &str, token: &'a str) -> Option<&'a str> {
    let rest = token.strip_prefix(prefix)?;
    let (body, sum) = rest.split_at_checked(rest.len().checked_sub(CHECKSUM)?)?;
    (sum == checksum(prefix, body)).then_some(body)
}

fn checksum(prefix: &str, body: &str) -> String {
    let mut sum = crc32fast::Hasher::new();
    sum.update(prefix.as_bytes());
    sum.update(body.as_bytes());
    digits(sum.finalize().into(), CHECKSUM)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BLOCK, DIGITS, OPAQUE, REFRESH, body, digits, number, random_block, sealed};

    proptest! {
        #[test]
        fn digits_are_read_back(any in any::<u128>()) {
            let text = digits(any, BLOCK);
            prop_assert_eq!(text.len(), BLOCK);
            prop_assert_eq!(number(&text), Some(any));
        }

        #[test]
        fn reading_never_fails_and_what_is_read_is_written_so(text in "\\PC{0,30}") {
            prop_assert_eq!(body(OPAQUE, &text), None);
            if let Some(read) = number(&text) {
                prop_assert_eq!(digits(read, text.len()), text);
            }
        }

        #[test]
        fn a_token_is_known_whole_and_in_no_other_spelling(at in 0_usize..60, byte in 0_usize..62) {
            let own = random_block() + &random_block();
            let token = sealed(OPAQUE, &own).expose().to_owned();
            prop_assert_eq!(token.len(), 60);
            prop_assert_eq!(body(OPAQUE, &token), Some(own.as_str()));
            prop_assert_eq!(body(REFRESH, &token), None);
            prop_assert_eq!(body(OPAQUE, &token[..at]), None);
            let mut other = token.clone().into_bytes();
            other[at] = DIGITS[byte];
            let other = String::from_utf8(other).unwrap();
            prop_assert_eq!(body(OPAQUE, &other).is_some(), other == token);
        }
    }

    #[test]
    fn a_block_holds_128_bits_and_no_more() {
        assert_eq!(number(&digits(u128::MAX, BLOCK)), Some(u128::MAX));
        assert_eq!(number(&"z".repeat(BLOCK)), None);
        assert_eq!(number(""), Some(0));
    }
}
