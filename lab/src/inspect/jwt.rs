//! JSON Web Tokens (RFC 7519). Anybody can read their content.

use authlab_attacks::forge::{Hash, Token, sign};
use jiff::Timestamp;
use serde_json::Value;

use super::{Finding, Key, Signature, end, given::Given, instant};

pub(super) fn inspect(given: &Given, key: Option<&Key>, now: Timestamp) -> Option<Finding> {
    if given.value.split('.').count() != 3 {
        return None;
    }
    let token = Token::parse(&given.value)?;
    let seconds = |claim: &str| token.claims[claim].as_i64().and_then(instant);
    Some(Finding {
        kind: kind(&token),
        readable: vec![("header", format!("{:#}", token.header)), ("claims", format!("{:#}", token.claims))],
        made_at: seconds("iat"),
        ends: match &token.claims["exp"] {
            Value::Null => "never: it has no `exp`".to_owned(),
            exp => end(exp.as_i64().and_then(instant), now),
        },
        signature: signature(given, &token, key),
        ..Finding::default()
    })
}

fn kind(token: &Token) -> &'static str {
    let typ = token.header["typ"].as_str().unwrap_or_default().to_ascii_lowercase();
    match typ.strip_prefix("application/").unwrap_or(&typ) {
        "at+jwt" => "an access token (a JSON Web Token, RFC 9068), as token-svc hands them out",
        _ => "a JSON Web Token (RFC 7519)",
    }
}

fn signature(given: &Given, token: &Token, key: Option<&Key>) -> Signature {
    let alg = token.header["alg"].as_str().unwrap_or_default();
    let hash = match alg {
        "HS256" => Hash::S256,
        "HS384" => Hash::S384,
        "HS512" => Hash::S512,
        _ if alg.eq_ignore_ascii_case("none") => return Signature::None,
        _ => return Signature::Unchecked(format!("`{alg}` is checked with the public key at /.well-known/jwks.json")),
    };
    let Some(key) = key else {
        return Signature::Unchecked(format!("`{alg}`; give the key to check it"));
    };
    let holds =
        |key: &[u8]| given.value.rsplit_once('.').is_some_and(|(input, _)| sign(input, hash, key) == given.value);
    if key.derived("access token HS256").is_some_and(|derived| holds(&derived)) {
        Signature::Holds("signed by token-svc, with a key derived from this one".to_owned())
    } else if holds(key.bytes()) {
        Signature::Holds("signed with exactly this key".to_owned())
    } else {
        Signature::Broken
    }
}
