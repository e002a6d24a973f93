//! Keys in PEM (RFC 7468): one block of a known kind, and nothing after it.

use authlab_secrets::Secret;
use pem_rfc7468::{Decoder, LineEnding, encode_string};
use zeroize::Zeroizing;

/// The DER inside a block.
#[derive(Debug)]
pub(super) enum Block {
    /// PKCS#8 (RFC 5958), not encrypted.
    Private(Zeroizing<Vec<u8>>),
    /// `SubjectPublicKeyInfo` (RFC 5280 §4.1).
    Public(Vec<u8>),
}

const PRIVATE: &str = "PRIVATE KEY";
const PUBLIC: &str = "PUBLIC KEY";

/// `None` for anything but one such block.
pub(super) fn parse(text: &str) -> Option<Block> {
    // The lines of other software may have other lengths than 64.
    let mut decoder = Decoder::new_detect_wrap(text.trim().as_bytes()).ok()?;
    let mut der = Zeroizing::new(Vec::with_capacity(text.len()));
    decoder.decode_to_end(&mut der).ok()?;
    match decoder.type_label() {
        PRIVATE => Some(Block::Private(der)),
        PUBLIC => Some(Block::Public(der.to_vec())),
        _ => None,
    }
}

/// Writes a private key in DER as PEM.
pub(super) fn write_private(der: &[u8]) -> Secret {
    Secret::new(encode_string(PRIVATE, LineEnding::LF, der).expect("a key is far from overflowing a length"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Block, parse, write_private};

    proptest! {
        /// No key is empty, and of an empty block the library finds no lines.
        #[test]
        fn what_was_written_is_read(der in proptest::collection::vec(any::<u8>(), 1..400)) {
            let text = write_private(&der);
            prop_assert!(text.expose().lines().all(|line| line.len() <= 64));
            match parse(text.expose()) {
                Some(Block::Private(read)) => prop_assert_eq!(&*read, &der),
                other => prop_assert!(false, "{other:?}"),
            }
        }

        #[test]
        fn no_text_is_too_strange(text in any::<String>()) {
            let _ = parse(&text);
        }
    }

    #[test]
    fn two_keys_older_formats_and_broken_text_are_no_key() {
        let pem = |label: &str, base64: &str| format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n");
        assert!(matches!(parse(&pem("PUBLIC KEY", "AAAA")), Some(Block::Public(der)) if der == [0, 0, 0]));
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
            assert!(parse(&text).is_none(), "{text}");
        }
    }
}
