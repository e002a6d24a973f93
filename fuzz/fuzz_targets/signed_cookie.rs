//! Signed cookies; the fields are name, salt, choice and value. Each opens only unchanged, for its name and salt, and
//! has one spelling.

#![no_main]

use authlab_django_signing::{BadSignature, Freshness, LegacySalt, Salt, SignedCookie};
use fuzz::{DJANGO_KEY, NOW, altered, cuts, fields, number};
use libfuzzer_sys::fuzz_target;

const ANY_AGE: Freshness = Freshness { now: i64::MAX, max_age: None };

fuzz_target!(|input: &str| {
    let [name, salt, choice, value] = fields(input);
    let strict = SignedCookie::new([DJANGO_KEY], LegacySalt::Refused);
    let lenient = SignedCookie::new([DJANGO_KEY], LegacySalt::Read);

    let signed = strict.sign(name, Salt(salt), value, NOW);
    assert_eq!(lenient.sign(name, Salt(salt), value, NOW), signed, "the old salt is never written");
    for cookies in [&strict, &lenient] {
        let opened = cookies.unsign(name, Salt(salt), &signed, ANY_AGE).expect("ours");
        assert_eq!((opened.value, opened.signed_at), (value, NOW));
        if let Some(other) = altered(&signed, number(choice)) {
            assert!(cookies.unsign(name, Salt(salt), &other, ANY_AGE).is_err(), "{other:?} passed for {signed:?}");
        }
        let (one_way, other_way) = (format!("{name}{salt}"), format!("{salt}{name}"));
        let elsewhere = cuts(&one_way).chain(cuts(&other_way).map(|(salt, name)| (name, salt)));
        for (name2, salt2) in elsewhere.filter(|pair| *pair != (name, salt)).take(64) {
            let opened = cookies.unsign(name2, Salt(salt2), &signed, ANY_AGE);
            assert_eq!(opened, Err(BadSignature::Forged), "{name:?} {salt:?} opened as {name2:?} {salt2:?}");
        }
    }

    // The value as it came.
    let strictly = strict.unsign(name, Salt(salt), value, ANY_AGE);
    if let Ok(opened) = strictly {
        assert_eq!(strict.sign(name, Salt(salt), opened.value, opened.signed_at), value);
        assert_eq!(lenient.unsign(name, Salt(salt), value, ANY_AGE), Ok(opened));
    }
    let _ = lenient.unsign(name, Salt(salt), value, ANY_AGE);
});
