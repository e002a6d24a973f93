//! Tokens and keys made for another purpose, and publicly known secrets.

use authlab_secrets::{Secret, keys::Keys};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use token_svc::{Algorithm, KeyRing};

use super::forge::{Forge, Key, SECRET, ring_and_key, secret_keys};

/// Secrets from tutorials, library documentation and word lists.
const COMMON: [&str; 32] = [
    "",
    "secret",
    "Secret",
    "SECRET",
    "secretkey",
    "secret_key",
    "password",
    "123456",
    "1234567890",
    "changeme",
    "key",
    "test",
    "jwt",
    "token",
    "admin",
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "qwertyuiopasdfghjklzxcvbnm123456",
    "GQDstcKsx0NHjPOuXOYg5MbeJ1XT0uFiwDVvVBrk",
    "mysecret",
    "supersecret",
    "shhhhh",
    "hmac",
    "default",
    "development",
    "authlab",
    "token-svc",
    "access token HS256",
    "authlab access token HS256",
    "at+jwt",
];

#[tokio::test]
async fn forging_with_common_secrets() {
    for forge in Forge::each() {
        let (header, claims) = (json!(forge.header()).to_string(), json!(forge.claims()).to_string());
        let zeros = [0_u8; 32];
        for secret in COMMON.iter().map(|secret| secret.as_bytes()).chain([&zeros[..], &zeros[..16]]) {
            let mut header_of_hs256 = forge.header();
            header_of_hs256.insert("alg".to_owned(), "HS256".into());
            for header in [&header, &json!(header_of_hs256).to_string()] {
                let token = Key::Hmac(secret.to_vec()).token(header, &claims);
                forge.refuses(&format!("the secret {:?}", String::from_utf8_lossy(secret)), &token).await;
            }
        }
    }
}

/// Each purpose of the secret key has its own derived key.
#[tokio::test]
async fn the_same_secret_for_another_purpose() {
    let forge = Forge::new(Algorithm::Hs256);
    let (header, claims) = (json!(forge.header()).to_string(), json!(forge.claims()).to_string());
    let right = Key::Hmac(secret_keys().derived("access token HS256")[0].to_vec());
    forge.accepts("the key for tokens", &right.token(&header, &claims)).await;
    let others = ["", "private cookie", "access token", "access token HS512", "refresh token", "access token hs256"];
    let derived = others.iter().map(|purpose| secret_keys().derived(purpose)[0].to_vec());
    let django = Sha256::digest([b"login".as_slice(), b"signer", SECRET.as_bytes()].concat()).to_vec();
    for key in derived.chain([SECRET.as_bytes().to_vec(), django]) {
        forge.refuses("a key for something else", &Key::Hmac(key).token(&header, &claims)).await;
    }
}

/// Other credentials, such as a signed cookie or a session id, are not access tokens.
#[tokio::test]
async fn another_kind_of_credential() {
    for forge in Forge::each() {
        for other in [
            "eyJ1IjoiYWxpY2UifQ:1uQ9aB:0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
            "abcdefghijklmnopqrstuvwxyz012345",
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            forge.claims()["jti"].as_str().unwrap(),
            "1",
            "alice",
            "Bearer",
        ] {
            forge.refuses("another kind of credential", other).await;
        }
        forge.refuses("with the scheme", &format!("Bearer {}", forge.genuine)).await;
    }
}

/// Two services that share a key and differ by issuer or audience.
#[tokio::test]
async fn a_token_of_a_sibling_service() {
    for algorithm in super::forge::ALL {
        let here = Forge::new(algorithm);
        for (issuer, audience) in [("authlab", "shop"), ("shop", "authlab"), ("shop", "shop")] {
            let (ring, key) = ring_and_key(algorithm);
            let sibling = Forge::with(ring, key, algorithm, |settings| {
                settings.jwt_issuer = issuer.to_owned();
                settings.jwt_audience = audience.to_owned();
            });
            here.refuses("a token of a sibling", &sibling.genuine).await;
            sibling.refuses("a token of ours, there", &here.genuine).await;
        }
    }
}

/// A token signed with a removed key is refused.
#[tokio::test]
async fn a_key_that_was_dropped() {
    let forge = Forge::new(Algorithm::Hs256);
    let keys = |current: &str, formers: &[&str]| {
        Keys::new(Secret::new(current), formers.iter().copied().map(Secret::new).collect()).unwrap()
    };
    let new = "another secret key, of the year that came after";
    let key = || Key::Hmac(keys(new, &[]).derived("access token HS256")[0].to_vec());
    let during = Forge::with(KeyRing::from_secret_keys(&keys(new, &[SECRET])), key(), Algorithm::Hs256, |_| {});
    during.accepts("a former key", &forge.genuine).await;
    let after = Forge::with(KeyRing::from_secret_keys(&keys(new, &[])), key(), Algorithm::Hs256, |_| {});
    after.refuses("a key that was dropped", &forge.genuine).await;
    after.accepts("the key that came after", &during.genuine).await;
}
