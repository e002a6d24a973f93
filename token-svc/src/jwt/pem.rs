//! Keys as text: PEM (RFC 7468), one block of a known kind and nothing else.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use shared::secret::Secret;
use zeroize::Zeroizing;

/// What a block holds, in DER.
#[derive(Debug)]
pub(super) enum Block {
    /// PKCS#8 (RFC 5958), not encrypted.
    Private(Zeroizing<Vec<u8>>),
    /// `SubjectPublicKeyInfo` (RFC 5280 §4.1).
    Public(Vec<u8>),
}

const PRIVATE: (&str, &str) = ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----");
const PUBLIC: (&str, &str) = ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----");
/// Characters a line (RFC 7468 §2).
const LINE: usize = 64;

/// `None` for anything but one such block.
pub(super) fn read(text: &str) -> Option<Block> {
    let text = text.trim();
    let private = || content(text, PRIVATE).map(Block::Private);
    let public = || content(text, PUBLIC).map(|der| Block::Public(der.to_vec()));
    private().or_else(public)
}

fn content(text: &str, (begin, end): (&str, &str)) -> Option<Zeroizing<Vec<u8>>> {
    let lines = text.strip_prefix(begin)?.strip_suffix(end)?;
    let base64: Zeroizing<String> = Zeroizing::new(lines.split_ascii_whitespace().collect());
    STANDARD.decode(base64.as_bytes()).ok().map(Zeroizing::new)
}

/// A private key in DER as text.
pub(super) fn write_private(der: &[u8]) -> Secret {
    let base64 = Zeroizing::new(STANDARD.encode(der));
    let (begin, end) = PRIVATE;
    let mut text = String::from(begin);
    for (at, character) in base64.char_indices() {
        if at % LINE == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text.push('\n');
    text.push_str(end);
    Secret::new(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Block, read, write_private};

    proptest! {
        #[test]
        fn what_was_written_is_read(der in proptest::collection::vec(any::<u8>(), 0..400)) {
            let text = write_private(&der);
            prop_assert!(text.expose().lines().all(|line| line.len() <= 64));
            match read(text.expose()) {
                Some(Block::Private(read)) => prop_assert_eq!(&*read, &der),
                other => prop_assert!(false, "{other:?}"),
            }
        }

        #[test]
        fn no_text_is_too_strange(text in any::<String>()) {
            let _ = read(&text);
        }
    }

    #[test]
    fn two_keys_older_formats_and_broken_text_are_no_key() {
        let pem = |label: &str, base64: &str| format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n");
        assert!(matches!(read(&pem("PUBLIC KEY", "AAAA")), Some(Block::Public(der)) if der == [0, 0, 0]));
        for text in [
            String::new(),
            pem("PRIVATE KEY", "AAA"),
            pem("PRIVATE KEY", "AA=A"),
            pem("RSA PRIVATE KEY", "AAAA"),
            pem("EC PRIVATE KEY", "AAAA"),
            pem("ENCRYPTED PRIVATE KEY", "AAAA"),
            pem("CERTIFICATE", "AAAA"),
            pem("PRIVATE KEY", "AAAA").repeat(2),
            format!("{}{}", pem("EC PARAMETERS", "AAAA"), pem("PRIVATE KEY", "AAAA")),
        ] {
            assert!(read(&text).is_none(), "{text}");
        }
    }
}
