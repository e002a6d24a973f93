//! The signing formats against vectors that Django 6.1.3 made (`vectors/django-6.1.3.json`).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::LazyLock, time::Duration};

use authlab_django_signing::{
    BadSignature, Freshness, LegacySalt, ObjectSigner, Salt, SignedCookie, Signer, TimestampSigner, base62,
    cookie_value,
};
use serde_json::Value;

static VECTORS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("vectors/django-6.1.3.json")).unwrap());

fn cases(group: &str) -> &'static [Value] {
    VECTORS[group].as_array().unwrap()
}

fn text<'v>(case: &'v Value, member: &str) -> &'v str {
    case[member].as_str().unwrap_or_else(|| panic!("{member} of {case}"))
}

fn secret_key() -> &'static str {
    text(&VECTORS["_meta"], "SECRET_KEY")
}

fn now() -> i64 {
    VECTORS["_meta"]["now"].as_i64().unwrap()
}

#[test]
fn base_62_is_written_and_read_alike() {
    for case in cases("base62") {
        let number = case["n"].as_i64().unwrap();
        assert_eq!(base62::encode(number), text(case, "b62"));
        assert_eq!(base62::decode(text(case, "b62")), Some(number));
    }
}

#[test]
fn values_are_signed_byte_for_byte() {
    for case in cases("signer").iter().filter(|case| case["sep"].is_null()) {
        let (key, salt) = ([text(case, "key").as_bytes()], Salt(text(case, "salt")));
        let (value, signed) = (text(case, "value"), text(case, "signed"));
        if case["algorithm"] == "sha1" {
            assert_eq!(Signer::new(key, salt).unsign(signed), Err(BadSignature::Forged), "SHA-1 is read no more");
            continue;
        }
        let is_stamped = signed.starts_with(&format!("{value}:{}:", base62::encode(now())));
        let made = if is_stamped {
            TimestampSigner::new(key, salt).sign(value, now())
        } else {
            Signer::new(key, salt).sign(value)
        };
        assert_eq!(made, signed, "{case}");
        assert!(Signer::new(key, salt).unsign(signed).is_ok(), "{case}");
    }
}

#[test]
fn what_django_rejects_is_rejected() {
    let signer = Signer::new([secret_key().as_bytes()], Salt("django.core.signing.Signer"));
    for case in cases("signer_reject") {
        assert!(signer.unsign(text(case, "input")).is_err(), "{case}");
    }
}

#[test]
fn stamps_expire_when_django_says_so() {
    let signer = TimestampSigner::new([secret_key().as_bytes()], Salt("django.core.signing.TimestampSigner"));
    for case in cases("timestamp_age") {
        let checked_at = case["checked_at"].as_f64().unwrap();
        let max_age = case["max_age"].as_u64().map(Duration::from_secs);
        // Whole seconds are all there is here: an instant within a second counts as its end.
        #[expect(clippy::cast_possible_truncation, reason = "the instants of the vectors are small")]
        let fresh = Freshness { now: checked_at.ceil() as i64, max_age };
        let opened = signer.unsign(text(case, "signed"), fresh);
        let ahead = case["signed_at"].as_i64().is_some_and(|signed_at| signed_at > fresh.now + 60);
        match case["ok"].as_str() {
            Some(_) if ahead => assert_eq!(opened, Err(BadSignature::FromTheFuture), "{case}"),
            Some(value) => assert_eq!(opened.map(|stamped| stamped.value), Ok(value), "{case}"),
            None => assert_eq!(opened, Err(BadSignature::Expired), "{case}"),
        }
    }
}

#[test]
fn objects_are_dumped_byte_for_byte_and_loaded_again() {
    for case in cases("dumps") {
        let key = case["key"].as_str().unwrap_or(secret_key());
        let salt = case["salt"].as_str().unwrap_or("django.core.signing");
        let signer = ObjectSigner::new([key.as_bytes()], Salt(salt));
        let token = text(case, "token");
        if text(case, "name") == "big int" {
            // No number of ours is as large; the signature over it is checked all the same.
            assert!(TimestampSigner::new([key.as_bytes()], Salt(salt)).unsign(token, Freshness::ANY_TIME).is_ok());
            continue;
        }
        let value: Value = serde_json::from_str(text(case, "json_bytes")).unwrap();
        assert_eq!(signer.loads::<Value>(token, Freshness::ANY_TIME), Ok((value.clone(), now())), "{case}");
        if case["compress"] == true {
            // What zlib makes of it depends on the zlib; that it is compressed at all does not.
            let dumped = signer.dumps_compressed(&value, now()).unwrap();
            assert_eq!(dumped.starts_with('.'), token.starts_with('.'), "{case}");
            assert_eq!(signer.loads::<Value>(&dumped, Freshness::ANY_TIME), Ok((value, now())), "{case}");
        } else {
            assert_eq!(signer.dumps(&value, now()).unwrap(), token, "{case}");
        }
    }
}

#[test]
fn rows_of_sessions_are_loaded() {
    for case in cases("sessions").iter().filter(|case| case["session"].is_object() && case["session_data"].is_string())
    {
        let Some(salt) = case["key_salt"].as_str() else { continue };
        let data = text(case, "session_data");
        let old = text(&VECTORS["_meta"], "OLD_SECRET_KEY").as_bytes();
        let signer = ObjectSigner::new([secret_key().as_bytes(), old], Salt(salt));
        assert_eq!(signer.loads::<Value>(data, Freshness::ANY_TIME), Ok((case["session"].clone(), now())), "{case}");
        let alone = ObjectSigner::new([secret_key().as_bytes()], Salt(salt)).loads::<Value>(data, Freshness::ANY_TIME);
        assert_eq!(alone.is_err(), case["decode_without_fallback"].is_object(), "{case}");
    }
}

#[test]
fn cookies_are_signed_for_their_name_and_salt() {
    let cookies = SignedCookie::new([secret_key().as_bytes()], LegacySalt::Refused);
    let lenient = SignedCookie::new([secret_key().as_bytes()], LegacySalt::Read);
    for case in cases("signed_cookie").iter().filter(|case| case["signed_value"].is_string()) {
        let (name, salt, value) = (text(case, "cookie"), text(case, "user_salt"), text(case, "value"));
        let signed = cookies.sign(name, Salt(salt), value, now());
        assert_eq!(signed, text(case, "signed_value"));
        let quoted = cookie_value::quote(&signed).unwrap();
        assert_eq!(format!("{name}={quoted}"), text(case, "cookie_header_pair"));
        assert_eq!(cookie_value::unquote(&quoted), signed);
        let opened = cookies.unsign(name, Salt(salt), &signed, Freshness::ANY_TIME).unwrap();
        assert_eq!((opened.value, opened.signed_at), (value, now()));
        // The salt of before CVE-2026-6873 let values of ("a", "bc") pass for ("ab", "c").
        let legacy = cookies.unsign(name, Salt(salt), text(case, "legacy_signed_value"), Freshness::ANY_TIME);
        assert_eq!(legacy, Err(BadSignature::Forged), "{case}");
        let legacy = lenient.unsign(name, Salt(salt), text(case, "legacy_signed_value"), Freshness::ANY_TIME);
        assert_eq!(legacy.map(|stamped| stamped.value), Ok(value), "read by setting alone: {case}");
    }
}
