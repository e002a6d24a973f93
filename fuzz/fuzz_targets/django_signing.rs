//! The signers; the fields are choice, time stamp, now, maximum age and text. The text is opened unchanged, and signed
//! and opened again.

#![no_main]

use std::{io::Write as _, time::Duration};

use authlab_django_signing::{BadSignature, Freshness, ObjectSigner, Salt, Signer, TimestampSigner};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, write::ZlibEncoder};
use fuzz::{DJANGO_KEY, altered, fields, number};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const ANY_AGE: Freshness = Freshness { now: i64::MAX, max_age: None };
/// An old key that only verifies.
const OLD_KEY: &[u8] = b"django-insecure-old-fedcba9876543210fedcba9876543210";

fuzz_target!(|input: &str| {
    let [choice, stamp, now, max_age, text] = fields(input);
    let (choice, stamp) = (number(choice), number(stamp));
    let max_age = Some(max_age).filter(|field| !field.is_empty()).map(|field| number(field).unsigned_abs() >> 1);
    let fresh = Freshness { now: number(now), max_age: max_age.map(Duration::from_secs) };
    plain(text, choice);
    stamped(text, stamp, fresh, choice);
    objects(text, stamp);
});

fn plain(text: &str, choice: i64) {
    // Django's default salts, which the vectors in the corpus use.
    let signer = Signer::new([DJANGO_KEY], Salt("django.core.signing.Signer"));
    if let Ok(value) = signer.unsign(text) {
        assert_eq!(signer.sign(value), text, "two spellings");
    }
    let signed = signer.sign(text);
    assert_eq!(signer.unsign(&signed), Ok(text));
    if let Some(other) = altered(&signed, choice) {
        assert!(signer.unsign(&other).is_err(), "{other:?} passed for {signed:?}");
    }
    let old = Signer::new([OLD_KEY], Salt("django.core.signing.Signer")).sign(text);
    let both = Signer::new([DJANGO_KEY, OLD_KEY], Salt("django.core.signing.Signer"));
    assert_eq!(signer.unsign(&old), Err(BadSignature::Forged));
    assert_eq!((both.unsign(&old), both.sign(text)), (Ok(text), signed));
    let salted = Signer::new([DJANGO_KEY], Salt(text)).sign(text);
    assert_eq!(signer.unsign(&salted).is_ok(), text == "django.core.signing.Signer");
}

fn stamped(text: &str, stamp: i64, fresh: Freshness, choice: i64) {
    let salt = Salt("django.core.signing.TimestampSigner");
    let signer = TimestampSigner::new([DJANGO_KEY], salt);
    if let Ok(opened) = signer.unsign(text, ANY_AGE) {
        assert_eq!(signer.sign(opened.value, opened.signed_at), text, "two spellings");
    }
    let signed = signer.sign(text, stamp);
    let age = i128::from(fresh.now) - i128::from(stamp);
    // Ages beyond 64 bits are treated alike.
    let too_old = |max_age: Duration| age.min(i64::MAX.into()) > i128::from(max_age.as_secs());
    let verdict = if age < -60 {
        Err(BadSignature::FromTheFuture)
    } else if fresh.max_age.is_some_and(too_old) {
        Err(BadSignature::Expired)
    } else {
        Ok((text, stamp))
    };
    assert_eq!(signer.unsign(&signed, fresh).map(|opened| (opened.value, opened.signed_at)), verdict);
    if let Some(other) = altered(&signed, choice) {
        assert!(signer.unsign(&other, ANY_AGE).is_err(), "{other:?} passed for {signed:?}");
    }
    // The time stamp may be any text if the signature is right.
    let inside = Signer::new([DJANGO_KEY], salt).sign(text);
    if let Ok(opened) = signer.unsign(&inside, ANY_AGE) {
        assert_eq!(signer.sign(opened.value, opened.signed_at), inside, "two spellings of a stamp");
    }
}

fn objects(text: &str, stamp: i64) {
    let salt = Salt("django.core.signing");
    let (objects, signer) = (ObjectSigner::new([DJANGO_KEY], salt), TimestampSigner::new([DJANGO_KEY], salt));
    if objects.loads::<Value>(text, ANY_AGE).is_ok() {
        assert!(signer.unsign(text, ANY_AGE).is_ok(), "decoded without a signature");
    }
    let encoded = URL_SAFE_NO_PAD.encode(text);
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::new(1));
    zlib.write_all(text.as_bytes()).expect("a Vec takes everything");
    let zlib = URL_SAFE_NO_PAD.encode(zlib.finish().expect("a Vec takes everything"));
    let read = |body: &str| objects.loads::<Value>(&signer.sign(body, stamp), ANY_AGE);
    // The text, its base64, base64 that may be zlib, and zlib that contains it.
    let (_, direct, _, inflated) =
        (read(text), read(&encoded), read(&format!(".{encoded}")), read(&format!(".{zlib}")));
    assert_eq!(direct, inflated, "compression changes nothing");
    assert_eq!(direct.is_ok(), serde_json::from_str::<Value>(text).is_ok());
    if let Ok((value, signed_at)) = direct {
        assert_eq!(signed_at, stamp);
        if let Ok(number) = text.parse::<f64>() {
            assert!(value.is_i64() || value.is_u64() || value.as_f64() == Some(number), "{text} became {value}");
        }
        // An object signed with an old key is signed again, with the same body and time stamp.
        let former = TimestampSigner::new([OLD_KEY], salt).sign(&encoded, stamp);
        let loaded = ObjectSigner::new([DJANGO_KEY, OLD_KEY], salt).open::<Value>(&former, ANY_AGE).expect("ours");
        assert_eq!((&loaded.value, loaded.signed_at), (&value, stamp));
        assert_eq!(loaded.signed_again, Some(signer.sign(&encoded, stamp)));
        let dumped = objects.dumps(&value, stamp).expect("JSON");
        assert_eq!(objects.loads::<Value>(&dumped, ANY_AGE), Ok((value.clone(), stamp)), "dumped as {dumped}");
        let compressed = objects.dumps_compressed(&value, stamp).expect("JSON");
        assert!(compressed.len() <= dumped.len());
        assert_eq!(objects.loads::<Value>(&compressed, ANY_AGE), Ok((value, stamp)), "dumped as {compressed}");
    }
}
