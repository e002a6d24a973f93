//! Credentials without readable content: random ids and encrypted values.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::{Finding, Key, Signature};

/// The bytes of a private item besides its text: key id, nonce, expiry and tag (`cookie-svc/src/private.rs`).
const AROUND_A_PRIVATE_ITEM: usize = 4 + 24 + 8 + 16;

pub(super) fn inspect(value: &str, key: Option<&Key>) -> Finding {
    session_id(value).or_else(|| token(value)).or_else(|| private_item(value, key)).unwrap_or_else(|| Finding {
        kind: "an unknown format: no token, no signed cookie, no session id",
        readable: vec![("length", format!("{} bytes", value.len()))],
        ends: "unknown".to_owned(),
        ..Finding::default()
    })
}

/// Prefix, base62 digits, and a checksum of both (`token-svc/src/text.rs`).
fn token(value: &str) -> Option<Finding> {
    let (kind, ends) = if value.starts_with("authlab_u_") {
        ("an opaque token of token-svc", "decided by the server, which stores the expiry")
    } else if value.starts_with("authlab_r_") {
        ("a refresh token of token-svc", "when it is used, or when the server decides")
    } else {
        return None;
    };
    let whole = if is_whole(value) { "right" } else { "wrong: no service has issued this text" };
    let readable = vec![("checksum", whole.to_owned())];
    Some(Finding { kind, readable, ends: ends.to_owned(), ..Finding::default() })
}

/// The last six digits are the CRC-32 of the text before them.
fn is_whole(token: &str) -> bool {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((text, sum)) = token.len().checked_sub(6).and_then(|at| token.split_at_checked(at)) else { return false };
    let value = |sum: u64, byte| Some(sum * 62 + u64::try_from(DIGITS.iter().position(|digit| *digit == byte)?).ok()?);
    sum.bytes().try_fold(0, value) == Some(u64::from(crc32fast::hash(text.as_bytes())))
}

fn session_id(value: &str) -> Option<Finding> {
    let is_id = value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    is_id.then(|| Finding {
        kind: "a session id, as session-svc and Django hand them out",
        ends: "decided by the server, which stores the expiry".to_owned(),
        ..Finding::default()
    })
}

/// Any text of this alphabet that is long enough could be a private item.
fn private_item(value: &str, key: Option<&Key>) -> Option<Finding> {
    let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
    let id = bytes.first_chunk::<4>().filter(|_| bytes.len() >= AROUND_A_PRIVATE_ITEM)?;
    let is_its_key = |key: &Key| key.derived("private item XChaCha20-Poly1305").is_some_and(|key| key_id(&key) == *id);
    let why = match key.map(is_its_key) {
        None => "XChaCha20-Poly1305; give the key to compare its id",
        Some(true) => "its key id is that of this key; cookie-svc can open it",
        Some(false) => "its key id is not that of this key",
    };
    Some(Finding {
        kind: "perhaps a private item of cookie-svc: encrypted, or only random",
        readable: vec![("length of the text", format!("{} bytes", bytes.len() - AROUND_A_PRIVATE_ITEM))],
        ends: "encrypted too".to_owned(),
        signature: Signature::Unchecked(why.to_owned()),
        ..Finding::default()
    })
}

fn key_id(key: &[u8; 32]) -> [u8; 4] {
    let digest = Sha256::new_with_prefix(b"authlab key id ").chain_update(key).finalize();
    digest.first_chunk().copied().expect("a digest has 32 bytes")
}
