//! Attacks on the text of a token: changed, cut, extended, in another spelling, or in another format.

use std::fmt::Write as _;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use proptest::prelude::*;
use serde_json::json;

use super::forge::{Forge, encoded};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn replaced(token: &str, at: usize, by: u8) -> Option<String> {
    let mut bytes = token.as_bytes().to_vec();
    (bytes[at] != by).then(|| bytes[at] = by)?;
    String::from_utf8(bytes).ok()
}

#[tokio::test]
async fn tampering_with_each_byte() {
    for forge in Forge::each() {
        for at in 0..forge.genuine.len() {
            let byte = forge.genuine.as_bytes()[at];
            let next = ALPHABET[(ALPHABET.iter().position(|letter| *letter == byte).unwrap_or(0) + 1) % 64];
            for changed in [byte ^ 1, byte ^ 0x20, next, b'.', b'='] {
                if let Some(token) = replaced(&forge.genuine, at, changed) {
                    forge.refuses("a changed byte", &token).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn truncation() {
    for forge in Forge::each() {
        for end in 0..forge.genuine.len() {
            forge.refuses("a cut token", &forge.genuine[..end]).await;
        }
        for start in 1..forge.genuine.len() {
            forge.refuses("a token without its beginning", &forge.genuine[start..]).await;
        }
        let [header, claims, signature] = forge.parts();
        for token in [
            format!("{header}.{claims}."),
            format!("{header}.{claims}"),
            format!("{header}..{signature}"),
            format!(".{claims}.{signature}"),
            "..".to_owned(),
            String::new(),
        ] {
            forge.refuses("a part that is missing", &token).await;
        }
    }
}

#[tokio::test]
async fn extension_and_trailing_bytes() {
    for forge in Forge::each() {
        let genuine = &forge.genuine;
        for more in ["=", "==", ".", ".x", "..", ":x", " ", "\t", "\n", "\r\n", "\0", "%00", "A", "AA", "\u{feff}", "é"]
        {
            forge.refuses("something appended", &format!("{genuine}{more}")).await;
            forge.refuses("something put in front", &format!("{more}{genuine}")).await;
        }
        forge.refuses("a token twice", &genuine.repeat(2)).await;
        forge.refuses("two tokens", &format!("{genuine},{genuine}")).await;
    }
}

/// A token with a valid signature that is longer than any token of the service is refused.
#[tokio::test]
async fn an_oversize_token() {
    for forge in Forge::each() {
        let padded =
            |length: usize| forge.with_claims(|claims| drop(claims.insert("pad".into(), "x".repeat(length).into())));
        forge.accepts("a token with an unknown claim", &padded(1)).await;
        let mut length = 4_096 * 3 / 4;
        while padded(length).len() > 4_096 {
            length -= 1;
        }
        forge.accepts("the largest token", &padded(length)).await;
        forge.refuses("a token of more than 4,096 bytes", &padded(length + 2)).await;
        forge.refuses("a token of a megabyte", &padded(1_000_000)).await;
        forge.refuses("a megabyte of signature", &format!("{}{}", forge.genuine, "A".repeat(1_000_000))).await;
    }
}

/// A token has one spelling. Another spelling of the same bytes is refused.
#[tokio::test]
async fn base64_that_is_not_canonical() {
    for forge in Forge::each() {
        let [header, claims, signature] = forge.parts();
        for (name, part) in [("header", header), ("claims", claims), ("signature", signature)] {
            let spellings = other_spellings(part);
            assert!(spellings.len() > 5, "{name}");
            for spelling in spellings {
                let token = match name {
                    // The signature covers the text and not the bytes, so these signatures are valid.
                    "header" => forge.key.append_signature(&format!("{spelling}.{claims}")),
                    "claims" => forge.key.append_signature(&format!("{header}.{spelling}")),
                    _ => format!("{header}.{claims}.{spelling}"),
                };
                forge.refuses(name, &token).await;
            }
        }
    }
}

/// Spellings that lenient decoders decode to the same bytes.
fn other_spellings(part: &str) -> Vec<String> {
    let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
    let mut spellings = vec![
        format!("{part}="),
        format!("{part}=="),
        format!("{part}\n"),
        format!(" {part}"),
        format!("{}\n{}", &part[..8], &part[8..]),
        format!("{}\r\n {}", &part[..8], &part[8..]),
        format!("{part}A"),
        STANDARD.encode(&bytes),
        part.bytes().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "%{byte:02x}");
            text
        }),
    ];
    // The bits of the last character that are not part of a byte.
    let unused = [0, 0, 4, 2][part.len() % 4];
    let last = ALPHABET.iter().position(|letter| *letter == part.as_bytes()[part.len() - 1]).unwrap();
    spellings.extend(
        (1..1 << unused).map(|bits| format!("{}{}", &part[..part.len() - 1], char::from(ALPHABET[last | bits]))),
    );
    spellings.retain(|spelling| spelling != part);
    spellings
}

#[tokio::test]
async fn other_serialisations() {
    for forge in Forge::each() {
        let [header, claims, signature] = forge.parts();
        let general = json!({"payload": claims, "signatures": [{"protected": header, "signature": signature}]});
        let flattened = json!({"payload": claims, "protected": header, "signature": signature});
        for token in [
            general.to_string(),
            flattened.to_string(),
            encoded(flattened.to_string()),
            // A detached payload (RFC 7515 §F), and two, four and five parts.
            forge.key.append_signature(&format!("{header}.")),
            format!("{header}.{claims}"),
            format!("{header}.{claims}.{signature}.{signature}"),
            format!("{header}.{header}.{claims}.{signature}"),
            format!("{header}.{signature}.{signature}.{claims}.{signature}"),
        ] {
            forge.refuses("another serialisation", &token).await;
        }
    }
}

/// Text before, after and in place of the JSON, and JSON in other encodings (RFC 8725 §3.7).
#[tokio::test]
async fn json_that_is_not_an_object_in_utf_8() {
    for forge in Forge::each() {
        let [header, claims] = [forge.header(), forge.claims()].map(|object| json!(object).to_string());
        forge.accepts("the same JSON", &forge.signed(&header, &claims)).await;
        let values = |text: &str| {
            let object: serde_json::Map<_, _> = serde_json::from_str(text).unwrap();
            json!(object.values().collect::<Vec<_>>()).to_string()
        };
        let bent = |text: &str| {
            let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let cut = text[..text.len() - 1].to_owned();
            [
                format!("\u{feff}{text}").into_bytes(),
                utf_16,
                format!("{text}x").into_bytes(),
                format!("{text}{text}").into_bytes(),
                format!("{text}\0").into_bytes(),
                format!("[{text}]").into_bytes(),
                values(text).into_bytes(),
                json!(text).to_string().into_bytes(),
                format!("{cut},}}").into_bytes(),
                text.replace('"', "'").into_bytes(),
                [text.as_bytes(), b"\xff"].concat(),
                [cut.as_bytes(), b",\"x\":\"\xff\"}"].concat(),
                b"null".to_vec(),
                Vec::new(),
            ]
        };
        for bytes in bent(&header) {
            let token = forge.key.append_signature(&format!("{}.{}", encoded(&bytes), encoded(&claims)));
            forge.refuses("a header that is no object", &token).await;
        }
        for bytes in bent(&claims) {
            let token = forge.key.append_signature(&format!("{}.{}", encoded(&header), encoded(&bytes)));
            forge.refuses("claims that are no object", &token).await;
        }
    }
}

proptest! {
    #[test]
    fn no_text_is_a_token(text in any::<String>(), parts in proptest::collection::vec("[A-Za-z0-9_-]{0,60}", 3)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let forge = Forge::new(token_svc::Algorithm::Hs256);
            let [header, claims, _] = forge.parts();
            for token in [
                text.clone(),
                parts.join("."),
                format!("{header}.{text}"),
                format!("{header}.{claims}.{text}"),
                format!("{header}.{claims}.{}", parts[0]),
                forge.key.append_signature(&format!("{header}.{}", parts[0])),
                forge.key.append_signature(&format!("{}.{claims}", parts[0])),
                forge.key.append_signature(&format!("{header}.{}", encoded(&text))),
                forge.key.append_signature(&format!("{}.{claims}", encoded(&text))),
            ] {
                assert!(forge.username(&token).await.is_err(), "{token}");
            }
        });
    }
}
