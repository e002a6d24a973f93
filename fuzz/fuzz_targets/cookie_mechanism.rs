//! The cookie mechanism; the fields are name, salt, choice and text. The text is opened unchanged, as each kind of item
//! and as a login. Then the mechanism seals it, opens it and refuses changes. Last, it is the content of valid seals.

#![no_main]

use std::{sync::LazyLock, time::Duration};

use authlab_clock::Clock;
use authlab_django_signing::{LegacySalt, Salt, SignedCookie, TimestampSigner, cookie_value};
use authlab_mechanism::{handover::{CookieChange, Handover}, items::{Item, ItemKey, NewItem, Opening, Seal, Sealing}, login::{Account, Device, NewLogin}, Mechanism as _, refusal::{Denied, Refusal}};
use authlab_secrets::{keys::Keys, Secret};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce, aead::{Aead as _, Payload}};
use cookie_svc::{CookieSettings, SignedCookies};
use fuzz::{NOW, altered, cuts, fields, keys, number, wait, with_cookies};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

const MAX_AGE: Duration = Duration::from_secs(1_000);

static CLOCK: LazyLock<Clock> = LazyLock::new(|| Clock::manual(NOW));
static COOKIES: LazyLock<SignedCookies> = LazyLock::new(|| {
    let settings = CookieSettings { login_max_age: MAX_AGE, signed_cookie_legacy_salt_fallback: false };
    SignedCookies::new(&keys(), CLOCK.clone(), &settings, None)
});

fuzz_target!(|input: &str| {
    let [name, salt, choice, text] = fields(input);
    let choice = number(choice);
    login_as_it_came(text);
    login_with_anything_inside(text, choice);
    let Ok(key) = name.parse::<ItemKey>() else { return };
    item_as_it_came(&key, salt, text);
    private_item_with_anything_inside(&key, salt, text, choice);
    for seal in [Seal::Plain, Seal::Signed, Seal::Private] {
        item_of_ours(&key, salt, text, seal, choice);
    }
});

fn open(name: &ItemKey, salt: &str, value: &str, seal: Seal) -> Result<Option<Item>, Refusal> {
    let opening = Opening { max_age: None, sealing: Sealing { seal, salt: salt.to_owned() } };
    wait(COOKIES.item(&with_cookies([(name.as_str(), value)]), name, &opening))
}

fn refused(opened: &Result<Option<Item>, Refusal>) -> bool {
    matches!(opened, Err(Refusal::BadSignature(_)))
}

fn login_as_it_came(text: &str) {
    let recalled = wait(COOKIES.recall(&with_cookies([("login", text)]))).expect("one cookie");
    assert!(recalled.login.is_err(), "{text:?} logged somebody in");
    assert!(recalled.items.is_empty(), "the login was taken for an item");
}

/// The same logins after a key rotation.
static ROTATED: LazyLock<SignedCookies> = LazyLock::new(|| {
    let settings = CookieSettings { login_max_age: MAX_AGE, signed_cookie_legacy_salt_fallback: false };
    let former = keys().bytes().map(|key| Secret::new(String::from_utf8_lossy(key))).collect();
    let keys = Keys::new(Secret::new("DCBAzyxwvutsrqponmlkjihgfedcba9876543210NEXT"), former).expect("strong keys");
    SignedCookies::new(&keys, CLOCK.clone(), &settings, None)
});

/// The text as base64, signed. It is a login if it is an object with a username, is not from the future, and has not
/// expired.
fn login_with_anything_inside(text: &str, choice: i64) {
    let keys = keys();
    let signer = TimestampSigner::new(keys.bytes(), Salt("login"));
    let recalled = |body: &str, stamp| {
        let cookie = signer.sign(body, stamp);
        wait(COOKIES.recall(&with_cookies([("login", cookie.as_str())]))).expect("one cookie").login
    };
    let _ = recalled(text, NOW);
    let body = URL_SAFE_NO_PAD.encode(text);
    let _ = recalled(&format!(".{body}"), NOW);
    match recalled(&body, choice) {
        Ok(login) => {
            let value: Value = serde_json::from_str(text).expect("JSON");
            let named = value.get("u").and_then(Value::as_str);
            assert_eq!(named, Some(login.username.as_str()));
            assert_eq!(login.issued_at.as_second(), choice);
            assert!((NOW - 1_000..=NOW + 60).contains(&choice));
        }
        Err(Denied::FromTheFuture) => assert!(choice > NOW + 60),
        Err(Denied::Expired) => {
            let value: Value = serde_json::from_str(text).unwrap_or_default();
            let carried_end = value.get("e").and_then(Value::as_i64);
            assert!(choice < NOW - 1_000 || carried_end.is_some_and(|end| end < NOW));
        }
        Err(Denied::Malformed) => {}
        Err(other) => panic!("{other}"),
    }

    let account = Account { id: 1, username: text.to_owned(), generation: 0 };
    let (shown, device) = (with_cookies([("login", text)]), Device::default());
    let granted = wait(COOKIES.login(NewLogin::new(&shown, &account, &device))).expect("a login");
    let cookie = given(&granted.handover, "login");
    let recalled = |value: &str| wait(COOKIES.recall(&with_cookies([("login", value)]))).expect("one cookie").login;
    assert_eq!(recalled(&cookie), Ok(granted.login));
    if let Some(other) = altered(&cookie, choice) {
        assert!(recalled(&other).is_err(), "{other:?} passed for {cookie:?}");
    }
    after_a_rotation(&cookie);
}

/// The login goes on, and is signed again once.
fn after_a_rotation(cookie: &str) {
    let recalled = |mechanism: &SignedCookies, value: &str| {
        wait(mechanism.recall(&with_cookies([("login", value)]))).expect("one cookie")
    };
    let before = recalled(&COOKIES, cookie);
    let during = recalled(&ROTATED, cookie);
    assert_eq!(during.login, before.login);
    let again = given(&during.handover, "login");
    let after = recalled(&ROTATED, &again);
    assert_eq!(after.login, before.login);
    assert!(before.handover.cookies.is_empty() && after.handover.cookies.is_empty());
    assert!(recalled(&COOKIES, &again).login.is_err(), "a key that is not known signed it");
}

fn item_as_it_came(name: &ItemKey, salt: &str, text: &str) {
    if name.as_str() == "login" {
        for seal in [Seal::Plain, Seal::Signed, Seal::Private] {
            assert!(matches!(open(name, salt, text, seal), Ok(None)), "the login was taken for an item");
        }
        return;
    }
    match open(name, salt, text, Seal::Plain) {
        Ok(item) => assert_eq!(item.map(|item| item.value), cookie_value::reduce(text)),
        Err(_) => assert_eq!(cookie_value::reduce(text), None),
    }
    assert!(refused(&open(name, salt, text, Seal::Signed)), "{text:?} was opened");
    assert!(refused(&open(name, salt, text, Seal::Private)), "{text:?} was opened");
    // The names of cookies are not checked as item keys before.
    let cookies = text.lines().filter_map(|line| line.split_once('='));
    let presented = with_cookies(cookies.chain([(name.as_str(), text)]));
    let recalled = wait(COOKIES.recall(&presented));
    assert!(
        matches!(&recalled, Err(Refusal::Ambiguous(_))) || recalled.is_ok_and(|recalled| recalled.items.is_empty())
    );
}

/// The text as the encrypted bytes. The expiry takes the first eight bytes, so both the text and `choice` are tried as
/// the expiry. A byte that is not UTF-8 is added, which must be refused.
fn private_item_with_anything_inside(name: &ItemKey, salt: &str, text: &str, choice: i64) {
    if name.as_str() == "login" {
        return;
    }
    static KEY: LazyLock<[u8; 32]> = LazyLock::new(|| keys().derived("private item XChaCha20-Poly1305")[0]);
    let id = Sha256::new_with_prefix(b"authlab key id ").chain_update(*KEY).finalize();
    let seal = |message: &[u8]| {
        let aad = format!("{}:{salt}{name}", salt.len());
        let payload = Payload { msg: message, aad: aad.as_bytes() };
        let sealed = XChaCha20Poly1305::new((&*KEY).into()).encrypt(&XNonce::from([7; 24]), payload).expect("short");
        URL_SAFE_NO_PAD.encode([&id[..4], &[7; 24], &sealed].concat())
    };
    for message in [text.as_bytes(), &[&choice.to_be_bytes(), text.as_bytes()].concat()] {
        let opened = open(name, salt, &seal(message), Seal::Private);
        let expected = message.split_first_chunk::<8>().and_then(|(end, text)| {
            let end = i64::from_be_bytes(*end);
            let text = std::str::from_utf8(text).ok().filter(|_| end > NOW)?;
            Some((text.to_owned(), end))
        });
        match (opened, expected) {
            (Ok(Some(item)), Some((text, end))) => {
                assert_eq!(item.value, text);
                assert_eq!(item.expires_at.is_none(), end == i64::MAX);
                if let Some(shown) = item.expires_at {
                    let last = jiff::Timestamp::MAX.as_second();
                    assert_eq!(shown.as_second(), end.min(last));
                }
            }
            (Err(Refusal::BadSignature(_)), None) => {}
            (opened, expected) => panic!("{expected:?} was expected, not {opened:?}"),
        }
    }
    let no_text = [&i64::MAX.to_be_bytes()[..], text.as_bytes(), &[0xff]].concat();
    assert!(refused(&open(name, salt, &seal(&no_text), Seal::Private)));
}

fn item_of_ours(name: &ItemKey, salt: &str, text: &str, seal: Seal, choice: i64) {
    let max_age = (choice % 2 == 0).then(|| Duration::from_secs(choice.unsigned_abs() / 2));
    let sealing = Sealing { seal, salt: salt.to_owned() };
    let item = NewItem { key: name.clone(), value: text.to_owned(), max_age, sealing };
    let handover = match wait(COOKIES.put_item(&with_cookies([]), item)) {
        Ok(handover) => handover,
        Err(Refusal::InvalidInput(_)) => {
            return assert!(name.as_str() == "login" || salt.chars().count() > 128);
        }
        // The longest spelling has three characters per byte, before base64.
        Err(Refusal::TooLarge { limit, .. }) => return assert!(3 * text.len() + 256 > limit),
        Err(other) => panic!("{other}"),
    };
    assert_ne!(name.as_str(), "login");
    let cookie = given(&handover, name.as_str());
    let wire = cookie_value::quote(&cookie).expect("a cookie can hold it");
    assert_eq!(cookie_value::unquote(&wire), cookie);

    let opened = open(name, salt, &cookie, seal);
    if seal == Seal::Private && max_age.is_some_and(|max_age| max_age.is_zero()) {
        return assert!(refused(&opened), "it had ended");
    }
    let opened = opened.expect("ours").expect("there");
    assert_eq!(opened.value, text);
    assert_eq!(opened.expires_at.is_some(), seal == Seal::Private && max_age.is_some());
    if seal == Seal::Plain {
        return;
    }
    if let Some(other) = altered(&cookie, choice) {
        assert!(refused(&open(name, salt, &other, seal)), "{other:?} passed for {cookie:?}");
    }
    for other in [Seal::Signed, Seal::Private].into_iter().filter(|other| *other != seal) {
        assert!(refused(&open(name, salt, &cookie, other)), "{seal:?} opened as {other:?}");
    }
    let (one_way, other_way) = (format!("{name}{salt}"), format!("{salt}{name}"));
    let elsewhere = cuts(&one_way).chain(cuts(&other_way).map(|(salt, name)| (name, salt)));
    for (name2, salt2) in elsewhere.filter(|pair| *pair != (name.as_str(), salt)).take(16) {
        if let Ok(name2) = name2.parse::<ItemKey>()
            && name2.as_str() != "login"
        {
            assert!(refused(&open(&name2, salt2, &cookie, seal)), "{name:?} {salt:?} opened as {name2:?} {salt2:?}");
        }
    }
    let recalled = wait(COOKIES.recall(&with_cookies([(name.as_str(), cookie.as_str())]))).expect("one cookie");
    let shown = recalled.items.get(name.as_str()).map(String::as_str);
    assert_eq!(shown, salt.is_empty().then_some(text));
    if seal == Seal::Signed {
        let keys = keys();
        let same = SignedCookie::new(keys.bytes(), LegacySalt::Refused);
        assert_eq!(cookie, same.sign(name.as_str(), Salt(salt), &cookie_value::extend(text), NOW));
    }
}

/// The value of the only cookie that the handover sets.
fn given(handover: &Handover, name: &str) -> String {
    match handover.cookies.as_slice() {
        [CookieChange::Set(cookie)] if cookie.name == name => cookie.value.expose().to_owned(),
        other => panic!("one cookie was to be set: {other:?}"),
    }
}
