//! Base 62: every number has exactly one spelling, and a second implementation agrees.

#![no_main]

use authlab_django_signing::base62;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(text) = std::str::from_utf8(input) {
        assert_eq!(base62::decode(text), reckoned(text), "{text:?}");
    }
    let number = i64::from_be_bytes(std::array::from_fn(|at| input.get(at).copied().unwrap_or_default()));
    assert_eq!(base62::decode(&base62::encode(number)), Some(number));
});

/// The value by arithmetic: no sign except `-`, no leading zero, no minus zero, nothing beyond 64 bits.
fn reckoned(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let plain = text == "0" || !digits.is_empty() && !digits.starts_with('0');
    // A 64-bit number has at most 11 digits, and 11 digits do not overflow 128 bits.
    if !plain || digits.len() > 11 {
        return None;
    }
    let number = digits.chars().try_fold(0_i128, |number, digit| {
        let digit = match digit {
            '0'..='9' => u32::from(digit) - u32::from('0'),
            'A'..='Z' => u32::from(digit) - u32::from('A') + 10,
            'a'..='z' => u32::from(digit) - u32::from('a') + 36,
            _ => return None,
        };
        Some(number * 62 + i128::from(digit))
    })?;
    i64::try_from(sign * number).ok()
}
