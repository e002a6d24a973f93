//! `Signer`, `TimestampSigner` and `dumps`/`loads` in both directions.

use std::time::Duration;

use authlab_django_signing::{BadSignature, Freshness, ObjectSigner, Salt, SignedBy, Signer, TimestampSigner};
use serde_json::{Value, json};

use super::{
    CASES, FOREIGN, FORMER, KEY, bytes,
    python::Django,
    texts::{Draws, tampered},
};

const LONGEST: usize = 2_000;

#[test]
fn signed_texts_are_the_same_bytes_and_read_by_both() {
    let Some(django) = Django::with(&[KEY]) else { return };
    let mut draws = Draws::from(1);
    for _ in 0..CASES {
        let (value, salt, now) = (draws.text(LONGEST), draws.salt(), draws.instant());
        let here = Signer::new(bytes(&[KEY]), Salt(&salt));
        let signed = here.sign(&value);
        assert_eq!(signed, django.text("sign", now, json!({"value": value, "salt": salt})));
        assert_eq!(here.unsign(&signed), Ok(value.as_str()));
        assert_eq!(django.text("unsign", now, json!({"signed": signed, "salt": salt})), value);

        let here = TimestampSigner::new(bytes(&[KEY]), Salt(&salt));
        let signed = here.sign(&value, now);
        assert_eq!(signed, django.text("stamp", now, json!({"value": value, "salt": salt})));
        let age = draws.below(100_000);
        let later = now + i64::try_from(age).unwrap();
        let fresh = Freshness { now: later, max_age: Some(Duration::from_secs(age as u64)) };
        let opened = here.unsign(&signed, fresh).unwrap();
        assert_eq!((opened.value, opened.signed_at), (value.as_str(), now));
        assert_eq!(django.text("unstamp", later, json!({"signed": signed, "salt": salt, "max_age": age})), value);
    }
}

#[test]
fn dumped_objects_are_the_same_bytes_and_loaded_by_both() {
    let Some(django) = Django::with(&[KEY]) else { return };
    let mut draws = Draws::from(2);
    for _ in 0..CASES {
        let (object, salt, now) = (draws.object(LONGEST), draws.salt(), draws.instant());
        let here = ObjectSigner::new(bytes(&[KEY]), Salt(&salt));
        let fresh = Freshness { now, max_age: Some(Duration::ZERO) };
        let dumped = here.dumps(&object, now).unwrap();
        assert_eq!(dumped, django.text("dumps", now, json!({"value": object, "salt": salt})));
        assert_eq!(here.loads::<Value>(&dumped, fresh), Ok((object.clone(), now)));
        assert_eq!(django.makes("loads", now, json!({"signed": dumped, "salt": salt, "max_age": 0})), object);

        // The compressed bytes depend on the zlib version; the decompressed object does not.
        let ours = here.dumps_compressed(&object, now).unwrap();
        assert_eq!(django.makes("loads", now, json!({"signed": ours, "salt": salt})), object);
        let theirs = django.text("dumps", now, json!({"value": object, "salt": salt, "compress": true}));
        assert_eq!(here.loads::<Value>(&theirs, fresh), Ok((object, now)));
    }
}

#[test]
fn an_empty_salt_is_a_salt_here_and_none_in_django() {
    let Some(django) = Django::with(&[KEY]) else { return };
    let theirs = django.text("sign", 0, json!({"value": "text", "salt": ""}));
    assert_eq!(Signer::new(bytes(&[KEY]), Salt("django.core.signing.Signer")).sign("text"), theirs);
    assert_ne!(Signer::new(bytes(&[KEY]), Salt("")).sign("text"), theirs);
}

#[test]
fn neither_takes_what_was_changed() {
    let Some(django) = Django::with(&[KEY]) else { return };
    let mut draws = Draws::from(3);
    for _ in 0..CASES {
        let (value, salt, now) = (draws.text(200), draws.salt(), draws.instant());
        let genuine = django.text("stamp", now, json!({"value": value, "salt": salt}));
        let here = TimestampSigner::new(bytes(&[KEY]), Salt(&salt));
        for changed in tampered(&genuine, &mut draws).into_iter().filter(|changed| *changed != genuine) {
            let opened = here.unsign(&changed, Freshness { now, max_age: None });
            assert!(opened.is_err(), "{changed:?} was accepted for {genuine:?}");
            let refused = django.answers("unstamp", now, json!({"signed": changed, "salt": salt}));
            assert_eq!(refused, Err("BadSignature".to_owned()), "{changed:?} was accepted for {genuine:?}");
        }
    }
}

#[test]
fn neither_takes_what_was_signed_for_something_else_or_by_somebody_else() {
    let Some(django) = Django::with(&[KEY]) else { return };
    let Some(stranger) = Django::with(&[FOREIGN]) else { return };
    let mut draws = Draws::from(4);
    for _ in 0..CASES {
        let (value, now) = (draws.text(200), draws.instant());
        let fresh = Freshness { now, max_age: None };
        let (salt, other) = (draws.name(), format!("{}.", draws.name()));
        let signer = |key: &'static str, salt: &str| TimestampSigner::new([key.as_bytes()], Salt(salt));

        let theirs = django.text("stamp", now, json!({"value": value, "salt": salt}));
        assert_eq!(signer(KEY, &other).unsign(&theirs, fresh), Err(BadSignature::Forged), "under another salt");
        let foreign = stranger.text("stamp", now, json!({"value": value, "salt": salt}));
        assert_eq!(signer(KEY, &salt).unsign(&foreign, fresh), Err(BadSignature::Forged), "under another key");

        for (key, salt_of_ours) in [(KEY, &other), (FOREIGN, &salt)] {
            let ours = signer(key, salt_of_ours).sign(&value, now);
            let refused = django.answers("unstamp", now, json!({"signed": ours, "salt": salt}));
            assert_eq!(refused, Err("BadSignature".to_owned()));
        }
    }
}

#[test]
fn both_find_the_same_second_too_late() {
    let Some(django) = Django::with(&[KEY]) else { return };
    let mut draws = Draws::from(5);
    for _ in 0..CASES {
        let (value, now, max_age) = (draws.text(40), draws.instant(), draws.below(2_000_000));
        let here = TimestampSigner::new(bytes(&[KEY]), Salt("age"));
        let signed = here.sign(&value, now);
        for past in [-1, 0, 1, 1_000] {
            let later = now + i64::try_from(max_age).unwrap() + past;
            let ours =
                here.unsign(&signed, Freshness { now: later, max_age: Some(Duration::from_secs(max_age as u64)) });
            let theirs = django.answers("unstamp", later, json!({"signed": signed, "salt": "age", "max_age": max_age}));
            if past > 0 {
                assert_eq!(ours, Err(BadSignature::Expired));
                assert_eq!(theirs, Err("SignatureExpired".to_owned()));
            } else {
                assert_eq!(ours.map(|stamped| stamped.value), Ok(value.as_str()));
                assert_eq!(theirs, Ok(json!(value)));
            }
        }
    }
}

#[test]
fn a_stamp_from_the_future_is_taken_by_django_alone() {
    let Some(django) = Django::with(&[KEY]) else { return };
    let here = TimestampSigner::new(bytes(&[KEY]), Salt("age"));
    let signed = here.sign("early", 1_000);
    let fresh = |now| Freshness { now, max_age: Some(Duration::from_secs(10)) };
    assert!(here.unsign(&signed, fresh(940)).is_ok(), "a clock difference of one minute is allowed");
    assert_eq!(here.unsign(&signed, fresh(939)), Err(BadSignature::FromTheFuture));
    assert_eq!(django.text("unstamp", 0, json!({"signed": signed, "salt": "age", "max_age": 10})), "early");
}

#[test]
fn both_read_what_a_former_key_signed_and_sign_it_again_alike() {
    let Some(rotated) = Django::with(&[KEY, FORMER]) else { return };
    let Some(before) = Django::with(&[FORMER]) else { return };
    let Some(after) = Django::with(&[KEY]) else { return };
    let mut draws = Draws::from(6);
    for _ in 0..CASES {
        let (object, now) = (draws.object(200), draws.instant());
        let fresh = Freshness { now, max_age: None };
        let asked = json!({"value": object, "salt": "login"});
        let old = before.text("dumps", now, asked.clone());
        assert_eq!(rotated.makes("loads", now, json!({"signed": old, "salt": "login"})), object);
        assert!(after.answers("loads", now, json!({"signed": old, "salt": "login"})).is_err());

        let here = ObjectSigner::new(bytes(&[KEY, FORMER]), Salt("login"));
        let loaded = here.open::<Value>(&old, fresh).unwrap();
        assert_eq!((&loaded.value, loaded.signed_at), (&object, now));
        // The same text that Django's current key signs for this object and time.
        assert_eq!(loaded.signed_again, Some(after.text("dumps", now, asked)));
        let again = here.open::<Value>(&loaded.signed_again.unwrap(), fresh).unwrap();
        assert_eq!(again.signed_again, None, "the renewed text is not signed again");
        let alone = ObjectSigner::new(bytes(&[KEY]), Salt("login"));
        assert_eq!(alone.loads::<Value>(&old, fresh), Err(BadSignature::Forged));
    }
    let here = Signer::new(bytes(&[KEY, FORMER]), Salt("which"));
    let signed_by = |key| Signer::new(bytes(&[key]), Salt("which")).sign("text");
    assert_eq!(here.unsign_by(&signed_by(KEY)), Ok(("text", SignedBy::Current)));
    assert_eq!(here.unsign_by(&signed_by(FORMER)), Ok(("text", SignedBy::Former)));
}
