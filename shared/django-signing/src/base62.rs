//! Base 62 as Django writes time stamps: digits, upper case, lower case; `-` before a negative number.

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

pub fn encode(number: i64) -> String {
    if number == 0 {
        return "0".to_owned();
    }
    let mut digits = Vec::with_capacity(11);
    let mut rest = number.unsigned_abs();
    while rest > 0 {
        digits.push(ALPHABET[usize::try_from(rest % 62).unwrap_or(0)]);
        rest /= 62;
    }
    if number < 0 {
        digits.push(b'-');
    }
    digits.iter().rev().copied().map(char::from).collect()
}

/// `None` for anything that [`encode`] does not write: a second spelling of one number would make signed texts malleable.
pub fn decode(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let sign = if digits.len() == text.len() { 1 } else { -1 };
    if digits.is_empty() || (digits.starts_with('0') && text != "0") {
        return None;
    }
    digits.bytes().try_fold(0_i64, |number, byte| number.checked_mul(62)?.checked_add(sign * digit(byte)?))
}

fn digit(letter: u8) -> Option<i64> {
    let (first, value) = match letter {
        b'0'..=b'9' => (b'0', 0),
        b'A'..=b'Z' => (b'A', 10),
        b'a'..=b'z' => (b'a', 36),
        _ => return None,
    };
    Some(i64::from(letter - first) + value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, encode};

    proptest! {
        #[test]
        fn every_number_comes_back(number: i64) {
            prop_assert_eq!(decode(&encode(number)), Some(number));
        }

        #[test]
        fn whatever_is_read_has_one_spelling(text in "-?[0-9A-Za-z]{0,14}") {
            if let Some(number) = decode(&text) {
                prop_assert_eq!(encode(number), text);
            }
        }
    }
}
