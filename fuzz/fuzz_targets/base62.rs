//! Base 62: whatever is read has one spelling, every number has one, and another way to reckon comes to the same.

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

/// By the rule and not by the spelling: no sign but `-`, no leading zero, no minus zero, nothing beyond 64 bits.
fn reckoned(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let plain = text == "0" || !digits.is_empty() && !digits.starts_with('0');
    // No number of 64 bits has more, and these do not overflow 128.
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
