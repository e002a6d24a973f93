//! Tokens; the fields are choice, header, claims and text. The text is opened unchanged. Header and claims are signed,
//! so that the code behind the signature check is reached. A genuine token is changed.

#![no_main]

use std::{convert::identity, sync::LazyLock, time::Duration};

use authlab_clock::Clock;
use authlab_mechanism::{handover::Token, items::{NewItem, Sealing, Which}, login::{Account, LoginId, Recalled}, presented::Presented, refusal::Refusal, cookie_attributes::MAX_COOKIE_SIZE};
use authlab_secrets::{random::to_hex, Secret};
use authlab_service::settings::defaults;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use fuzz::{NOW, altered, fields, keys, number, wait};
use hmac::{Hmac, KeyInit as _, Mac as _};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use token_svc::{AccessToken, Items, KeyRing, SignedTokens, TokenSettings};

const LIFETIME: i64 = 300;

static TOKENS: LazyLock<SignedTokens> = LazyLock::new(|| {
    let settings = TokenSettings {
        access_token_lifetime: Duration::from_secs(LIFETIME.unsigned_abs()),
        token_query: true,
        ..defaults(identity)
    };
    SignedTokens::new(KeyRing::from_secret_keys(&keys()), Clock::manual(NOW), &settings, None)
});

/// The signing key and its id, as the service derives them.
static KEY: LazyLock<([u8; 32], String)> = LazyLock::new(|| {
    let key = keys().derived("access token HS256")[0];
    let digest = Sha256::new_with_prefix(b"authlab key id ").chain_update(key).finalize();
    (key, to_hex(&digest[..4]))
});

fuzz_target!(|input: &str| {
    let [choice, header, claims, text] = fields(input);
    as_it_came(text);
    // The corpus cannot contain the key's id, so it contains `KID` instead.
    let header = header.replace("KID", &KEY.1);
    signed(&header, claims, text);
    altered_tokens_are_refused(text, number(choice));
});

fn recall(token: &str) -> Recalled {
    wait(TOKENS.recall(token)).expect("no store is asked")
}

fn mac(message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&KEY.0).expect("HMAC takes keys of any length");
    mac.update(message.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

fn as_it_came(text: &str) {
    if recall(text).login.is_ok() {
        let (message, signature) = text.rsplit_once('.').expect("three parts");
        assert_eq!(signature, mac(message), "accepted without a signature of the service");
    }
    // The carrier does not matter. A second, different token makes the request ambiguous.
    let cookie = || vec![(token_svc::COOKIES.access.to_owned(), Secret::new(text))];
    let is_found = |presented: Presented| {
        AccessToken::from_presented(&presented).map(|found| found == Some(AccessToken::parse(text)))
    };
    let beside = |other: &str| is_found(Presented::new(cookie(), Some(Secret::new(other)), None));
    assert!(is_found(Presented::new(cookie(), None, None)).expect("one token"));
    assert!(beside(text).expect("one token twice"));
    assert!(matches!(beside(&format!("{text}x")), Err(Refusal::Ambiguous(_))));
}

/// The mechanism may refuse the token. If it accepts the token, all checks must have passed.
fn signed(header: &str, claims: &str, text: &str) {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let token = format!("{message}.{}", mac(&message));
    let Recalled { login: Ok(login), items, .. } = recall(&token) else { return };
    assert!(token.len() <= MAX_COOKIE_SIZE);
    let header: Value = serde_json::from_str(header).expect("JSON");
    let claims: Value = serde_json::from_str(claims).expect("JSON");
    assert_eq!((header["alg"].as_str(), header["kid"].as_str()), (Some("HS256"), Some(KEY.1.as_str())));
    let typ = header["typ"].as_str().unwrap_or_default().to_ascii_lowercase();
    assert!(["at+jwt", "application/at+jwt"].contains(&typ.as_str()), "{header}");
    assert!(["crit", "zip", "enc", "cty", "b64"].iter().all(|name| header[name].is_null()), "{header}");
    assert_eq!((claims["iss"].as_str(), claims["aud"].as_str()), (Some("authlab"), Some("authlab")));
    let [exp, iat, nbf] = ["exp", "iat", "nbf"].map(|name| i128::from(claims[name].as_i64().expect("an integer")));
    let now = i128::from(NOW);
    assert!(exp - iat <= i128::from(LIFETIME) && iat <= now + 5 && nbf <= now + 5 && now < exp + 5, "{claims}");
    assert_eq!(claims["username"].as_str(), Some(login.username.as_str()));

    // An accepted token must be usable. Carried items whose name is no item key are ignored.
    let key = "k".parse().expect("a key");
    let found = wait(TOKENS.item(&token, &key)).expect("logged in");
    assert_eq!(found.as_ref().map(|item| &item.value), items.get("k"));
    let max_age = text.starts_with('a').then(|| Duration::from_secs(1 + text.len() as u64));
    let item = NewItem { key: key.clone(), value: text.to_owned(), max_age, sealing: Sealing::default() };
    let longer = taken(&wait(TOKENS.put_item(&token, item)).expect("logged in"));
    if longer.len() <= MAX_COOKIE_SIZE {
        let again = recall(&longer);
        assert_eq!(again.login.as_ref(), Ok(&login), "writing is not logging in again");
        assert_eq!(again.items.get("k").map(String::as_str), Some(text));
        let without = taken(&wait(TOKENS.remove_items(&longer, Which::One(&key))).expect("logged in"));
        assert_eq!(recall(&without).items.get("k"), None);
    }
}

fn altered_tokens_are_refused(text: &str, choice: i64) {
    let account = Account { id: (choice & i64::MAX).max(1), username: text.chars().take(150).collect(), generation: 0 };
    let (login, token) = TOKENS.issue(&account, &LoginId("login".to_owned()), (NOW, NOW), Items::default());
    let token = taken(&token);
    assert_eq!(recall(&token).login.as_ref(), Ok(&login));
    assert_eq!(login.username, account.username);
    if let Some(other) = altered(&token, choice) {
        assert!(recall(&other).login.is_err(), "{other:?} passed for {token:?}");
    }
}

/// The token that the handover sets.
fn taken(token: &Token) -> String {
    token.access_token.expose().to_owned()
}
