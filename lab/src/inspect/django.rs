//! Django's signing formats: three parts, of which the last is the signature (`django/core/signing.py`).

use std::io::Read as _;

use authlab_django_signing::{Freshness, LegacySalt, Salt, SignedCookie, TimestampSigner, base62, cookie_value};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::read::ZlibDecoder;
use jiff::Timestamp;
use serde_json::Value;

use super::{Finding, Key, Signature, end, given::Given, instant};

/// The maximum size of a decompressed object, so that a small credential cannot fill the memory.
const MAX_READ: u64 = 64 * 1024;
/// Characters of a signature: SHA-256 in base64url.
const SIGNATURE: usize = 43;
/// Two weeks: the default of `LOGIN_MAX_AGE` and of Django's `SESSION_COOKIE_AGE`.
const TWO_WEEKS: i64 = 14 * 86_400;

/// Salts of signed objects, and their meaning.
const OBJECTS: [(&str, &str); 3] = [
    ("login", "made for a login of cookie-svc"),
    ("django.contrib.sessions.backends.signed_cookies", "made for a session in a signed cookie, as Django keeps it"),
    ("django.contrib.sessions.SessionStore", "made for a row of django_session"),
];

pub(super) fn inspect(given: &Given, key: Option<&Key>, now: Timestamp) -> Option<Finding> {
    let (stamped, signature) = given.value.rsplit_once(':')?;
    let (payload, stamp) = stamped.rsplit_once(':')?;
    let is_signature = signature.len() == SIGNATURE && URL_SAFE_NO_PAD.decode(signature).is_ok();
    let seconds = base62::decode(stamp).filter(|_| is_signature)?;
    let object = object(payload);
    let text = || ("value", cookie_value::reduce(payload).unwrap_or_else(|| payload.to_owned()));
    let readable = object.as_ref().map_or_else(text, |object| ("object", format!("{object:#}")));
    let made_at = instant(seconds);
    let two_weeks_on = end(seconds.checked_add(TWO_WEEKS).and_then(instant), now);
    Some(Finding {
        kind: match &object {
            Some(object) if is_login(object) => "a login cookie, as cookie-svc hands them out (Django's signing.dumps)",
            Some(_) => "a signed object (Django's signing.dumps), such as a session kept in a cookie",
            None => "a signed cookie (Django's set_signed_cookie), such as an item of cookie-svc",
        },
        readable: vec![readable],
        made_at,
        ends: match object {
            Some(_) => format!("{two_weeks_on}, if the service uses the default lifetime of two weeks"),
            None => "decided by the service that reads it: the format contains no expiry".to_owned(),
        },
        signature: key.map_or_else(unchecked, |key| check(given, key, object.is_some())),
        ..Finding::default()
    })
}

fn unchecked() -> Signature {
    Signature::Unchecked("HMAC-SHA256; give the key to check it".to_owned())
}

/// `u` is the username. One-letter members next to it order the login, distinguish it and give its expiry.
fn is_login(object: &Value) -> bool {
    let is_one_letter = |name: &String| name.len() == 1;
    object.as_object().is_some_and(|members| members.contains_key("u") && members.keys().all(is_one_letter))
}

/// The JSON of `signing.dumps`, which is compressed if it begins with a dot. Larger texts than the limit are no object.
fn object(payload: &str) -> Option<Value> {
    let bytes = match payload.strip_prefix('.') {
        Some(compressed) => {
            let mut json = Vec::new();
            let compressed = URL_SAFE_NO_PAD.decode(compressed).ok()?;
            ZlibDecoder::new(&*compressed).take(MAX_READ).read_to_end(&mut json).ok()?;
            json
        }
        None => URL_SAFE_NO_PAD.decode(payload).ok()?,
    };
    serde_json::from_slice(&bytes).ok().filter(|value: &Value| value.is_object() || value.is_array())
}

fn check(given: &Given, key: &Key, is_object: bool) -> Signature {
    let holds =
        |salt: &str| TimestampSigner::new([key.bytes()], Salt(salt)).unsign(&given.value, Freshness::ANY_TIME).is_ok();
    if let Some((_, made_for)) = OBJECTS.into_iter().find(|(salt, _)| is_object && holds(salt)) {
        return Signature::Holds(made_for.to_owned());
    }
    let Some(name) = &given.name else {
        return if is_object {
            Signature::Broken
        } else {
            Signature::Unchecked("the signature includes the cookie's name; give it as NAME=VALUE".to_owned())
        };
    };
    for legacy in [LegacySalt::Refused, LegacySalt::Read] {
        let signer = SignedCookie::new([key.bytes()], legacy);
        if signer.unsign(name, Salt(""), &given.value, Freshness::ANY_TIME).is_ok() {
            let form = if legacy == LegacySalt::Read { ", in the form of before June 2026" } else { "" };
            return Signature::Holds(format!("made for the cookie `{name}` without a salt{form}"));
        }
    }
    Signature::Broken
}
