//! `set_signed_cookie` and `get_signed_cookie`, compared as header text.

use std::time::Duration;

use authlab_django_signing::{BadSignature, Freshness, LegacySalt, Salt, SignedCookie, TimestampSigner, cookie_value};
use serde_json::json;

use super::{
    CASES, FORMER, KEY, bytes,
    python::Django,
    texts::{Draws, tampered},
};

fn cookies(keys: &[&str]) -> SignedCookie {
    SignedCookie::new(bytes(keys), LegacySalt::Refused)
}

/// The `name=value` part of a `Set-Cookie` header, which a client sends back.
fn pair(set_cookie: &str) -> &str {
    set_cookie.split(';').next().unwrap()
}

#[test]
fn up_to_u_00ff_cookies_are_the_same_bytes_as_headers_and_read_by_both() {
    let Some(django) = Django::with(&[KEY]) else { return };
    let mut draws = Draws::from(7);
    for _ in 0..CASES {
        let (value, name, now) = (draws.latin1(2_000), draws.name(), draws.instant());
        // Salt lengths count code points; a salt beyond ASCII shows whether both sides count alike.
        let salt = draws.text(20);
        let asked = json!({"name": name, "salt": salt, "value": value});
        let theirs = django.text("set_signed_cookie", now, asked);
        let signed = cookies(&[KEY]).sign(&name, Salt(&salt), &value, now);
        let ours = format!("{name}={}", cookie_value::quote(&signed).unwrap());
        assert_eq!(pair(&theirs), ours);

        let unquoted = cookie_value::unquote(ours.split_once('=').unwrap().1);
        let opened = cookies(&[KEY]).unsign(&name, Salt(&salt), &unquoted, Freshness { now, max_age: None }).unwrap();
        assert_eq!((opened.value, opened.signed_at), (value.as_str(), now));
        let asked = json!({"name": name, "salt": salt, "header": format!("other=1; {ours}"), "max_age": 0});
        assert_eq!(django.text("get_signed_cookie", now, asked), value);
    }
}

#[test]
fn beyond_u_00ff_django_reads_the_extended_text_as_it_stands() {
    let Some(django) = Django::with(&[KEY]) else { return };
    let mut draws = Draws::from(8);
    for _ in 0..CASES {
        let (value, name, now) = (format!("{}☃", draws.text(2_000)), draws.name(), draws.instant());
        let extended = cookie_value::extend(&value);
        assert!(extended.starts_with("UTF-8''"), "{extended}");
        let signed = cookies(&[KEY]).sign(&name, Salt(""), &extended, now);
        let header = format!("{name}={}", cookie_value::quote(&signed).unwrap());
        let read = django.text("get_signed_cookie", now, json!({"name": name, "salt": "", "header": header}));
        assert_eq!(read, extended);
        assert_eq!(cookie_value::reduce(&read), Some(value.clone()));

        // Django signs the extended spelling to the same cookie.
        let asked = json!({"name": name, "salt": "", "value": extended});
        assert_eq!(pair(&django.text("set_signed_cookie", now, asked)), header);
    }
}

#[test]
fn the_signer_of_cookies_has_a_key_of_its_own() {
    let Some(django) = Django::with(&[KEY]) else { return };
    let mut draws = Draws::from(9);
    let key = [b"django.http.cookies", KEY.as_bytes()].concat();
    for _ in 0..CASES {
        let (value, salt, now) = (draws.text(2_000), draws.salt(), draws.instant());
        let theirs = django.text("cookie_signer", now, json!({"salt": salt, "value": value}));
        assert_eq!(TimestampSigner::new([key.as_slice()], Salt(&salt)).sign(&value, now), theirs);
        let fresh = Freshness { now, max_age: None };
        let without = TimestampSigner::new(bytes(&[KEY]), Salt(&salt)).unsign(&theirs, fresh);
        assert_eq!(without, Err(BadSignature::Forged), "the cookie signer uses its own key");
    }
}

#[test]
fn neither_takes_a_cookie_that_was_changed_renamed_or_is_too_old() {
    let Some(django) = Django::with(&[KEY]) else { return };
    let mut draws = Draws::from(10);
    let jar = cookies(&[KEY]);
    let verdicts = |name: &str, salt: &str, signed: &str, now: i64| {
        let ours = jar.unsign(name, Salt(salt), signed, Freshness { now, max_age: Some(Duration::from_mins(1)) });
        let header = format!("{name}={}", cookie_value::quote(signed).unwrap());
        let asked = json!({"name": name, "salt": salt, "header": header, "max_age": 60});
        (ours.map(|stamped| stamped.value.to_owned()), django.answers("get_signed_cookie", now, asked))
    };
    for _ in 0..CASES {
        let (value, name, salt, now) = (draws.latin1(60), draws.name(), draws.name(), draws.instant());
        let asked = json!({"name": name, "salt": salt, "value": value});
        let header = django.text("set_signed_cookie", now, asked);
        let signed = cookie_value::unquote(pair(&header).split_once('=').unwrap().1);
        assert_eq!(verdicts(&name, &salt, &signed, now + 60), (Ok(value.clone()), Ok(json!(value))));

        let refused = (Err(BadSignature::Expired), Err("SignatureExpired".to_owned()));
        assert_eq!(verdicts(&name, &salt, &signed, now + 61), refused);

        // With the salt used before CVE-2026-6873, the first of these was the same cookie.
        let shifted = (format!("{name}{}", &salt[..1]), salt[1..].to_owned());
        for (name, salt) in [shifted, (format!("{name}x"), salt.clone()), (name.clone(), format!("{salt}x"))] {
            let refused = (Err(BadSignature::Forged), Err("BadSignature".to_owned()));
            assert_eq!(verdicts(&name, &salt, &signed, now), refused, "as {name} with salt {salt}");
        }
        for changed in tampered(&signed, &mut draws).into_iter().filter(|changed| *changed != signed) {
            let (ours, theirs) = verdicts(&name, &salt, &changed, now);
            assert!(ours.is_err(), "{changed:?} was accepted for {signed:?}");
            assert_eq!(theirs, Err("BadSignature".to_owned()), "{changed:?} was accepted for {signed:?}");
        }
    }
}

#[test]
fn both_read_cookies_of_a_former_key_until_it_is_dropped() {
    let Some(rotated) = Django::with(&[KEY, FORMER]) else { return };
    let Some(after) = Django::with(&[KEY]) else { return };
    let mut draws = Draws::from(11);
    for _ in 0..CASES {
        let (value, name, now) = (draws.latin1(60), draws.name(), draws.instant());
        let signed = cookies(&[FORMER]).sign(&name, Salt(""), &value, now);
        let header = format!("{name}={}", cookie_value::quote(&signed).unwrap());
        let asked = json!({"name": name, "salt": "", "header": header});
        assert_eq!(rotated.text("get_signed_cookie", now, asked.clone()), value);
        assert!(after.answers("get_signed_cookie", now, asked).is_err());
        let fresh = Freshness { now, max_age: None };
        assert_eq!(cookies(&[KEY, FORMER]).unsign(&name, Salt(""), &signed, fresh).unwrap().value, value);
        assert_eq!(cookies(&[KEY]).unsign(&name, Salt(""), &signed, fresh), Err(BadSignature::Forged));
    }
}
