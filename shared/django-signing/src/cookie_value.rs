//! Encodes texts as cookie values, as Python's `http.cookies` does, which Django uses.
//!
//! A value of letters, digits and the signs of [`is_legal`] is written unchanged. Any other value is quoted: with `\"`, `\\` and, for
//! special characters, `\ooo` in octal. Python cannot encode characters beyond U+00FF. A text with such characters is written as in
//! RFC 8187: `UTF-8''` and percent-encoded bytes. So is a text that starts with `UTF-8''`.

use std::fmt::Write as _;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const EXTENDED: &str = "UTF-8''";

/// The text before quoting, as [`SignedCookie`](super::SignedCookie) signs it.
pub fn extend(text: &str) -> String {
    let beyond_latin1 = text.chars().any(|character| character > '\u{ff}');
    if beyond_latin1 || text.starts_with(EXTENDED) {
        format!("{EXTENDED}{}", utf8_percent_encode(text, NON_ALPHANUMERIC))
    } else {
        text.to_owned()
    }
}

/// Undoes [`extend`]; `None` if the text starts as an extended one and cannot be decoded.
pub fn reduce(text: &str) -> Option<String> {
    match text.strip_prefix(EXTENDED) {
        Some(encoded) => Some(percent_decode_str(encoded).decode_utf8().ok()?.into_owned()),
        None => Some(text.to_owned()),
    }
}

/// The text as written in `Set-Cookie`, quoted if necessary. `None` if it has characters beyond U+00FF.
pub fn quote(text: &str) -> Option<String> {
    if text.chars().all(is_legal) {
        return Some(text.to_owned());
    }
    let mut quoted = String::with_capacity(text.len() + 8);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            plain if is_legal(plain) || " ()/<=>?@[]{}".contains(plain) => quoted.push(plain),
            other if other <= '\u{ff}' => write!(quoted, "\\{:03o}", u32::from(other)).ok()?,
            _ => return None,
        }
    }
    quoted.push('"');
    Some(quoted)
}

/// Undoes [`quote`]. A text without quotes is unchanged. A backslash that escapes nothing is kept, as in Python.
pub fn unquote(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return text.to_owned();
    };
    let mut plain = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        let escaped = &rest[at + 1..];
        if let Some(character) = octal(escaped) {
            plain.push(character);
            rest = &escaped[3..];
        } else {
            let mut characters = escaped.chars();
            plain.push(characters.next().unwrap_or('\\'));
            rest = characters.as_str();
        }
    }
    plain.push_str(rest);
    plain
}

fn is_legal(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:".contains(character)
}

/// Three octal digits, the first at most 3: one character up to U+00FF.
fn octal(text: &str) -> Option<char> {
    // The parser of numbers accepts a sign.
    let digits = text.get(..3).filter(|digits| !digits.starts_with('+'))?;
    u8::from_str_radix(digits, 8).ok().map(char::from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{extend, quote, reduce, unquote};

    proptest! {
        #[test]
        fn any_text_comes_back(text in any::<String>()) {
            let written = quote(&extend(&text)).expect("an extended text has a spelling");
            prop_assert!(written.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{}", written);
            prop_assert!(!written.contains([';', ',']), "{}", written);
            prop_assert_eq!(reduce(&unquote(&written)), Some(text));
        }

        #[test]
        fn any_cookie_can_be_read(text in any::<String>()) {
            let _ = reduce(&unquote(&text));
        }
    }
}
