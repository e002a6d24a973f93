//! White space in headers is SP and HTAB (`OWS`, RFC 9110 §5.6.3). Other white space of Unicode is part of the text: a name that
//! begins with it is another name.

/// Without the white space at both ends.
pub fn trimmed(bytes: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = bytes.iter().position(is_text).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(is_text).map_or(start, |last| last + 1);
    &bytes[start..end]
}

#[cfg(test)]
mod tests {
    use super::trimmed;

    #[test]
    fn spaces_and_tabs_go_and_nothing_else() {
        for (text, rest) in [("", ""), (" \t ", ""), ("\t a b ", "a b"), ("\u{a0}a\r", "\u{a0}a\r")] {
            assert_eq!(trimmed(text.as_bytes()), rest.as_bytes());
        }
    }
}
