//! Attacks on `alg`: `none`, another algorithm, or a public key used as the secret of an HMAC.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Sha384, Sha512};
use token_svc::{Algorithm, FormerKey};

use super::forge::{ALL, Forge, Key, encoded, key_file, ring_and_key, secret_keys};

/// `alg: none`: CVE-2015-9235 and similar.
#[tokio::test]
async fn algorithm_none() {
    for forge in Forge::each() {
        forge.accepts("the same header", &forge.with_header(|_| {})).await;
        for algorithm in [json!("none"), json!("None"), json!("NONE"), json!("nOnE"), json!(""), Value::Null] {
            let change =
                |header: &mut serde_json::Map<String, Value>| drop(header.insert("alg".into(), algorithm.clone()));
            refused_with_any_signature(&forge, &format!("alg {algorithm}"), &forge.with_header(change)).await;
        }
        let without = forge.with_header(|header| drop(header.remove("alg")));
        refused_with_any_signature(&forge, "no alg", &without).await;
        let bare = forge.signed(r#"{"alg":"none"}"#, &json!(forge.claims()).to_string());
        refused_with_any_signature(&forge, "only alg none", &bare).await;
    }
}

/// Tries the token with its own signature, with the genuine one, with an empty one, and with none.
async fn refused_with_any_signature(forge: &Forge, what: &str, token: &str) {
    let (message, _) = token.rsplit_once('.').unwrap();
    for signature in [&token[message.len()..], &format!(".{}", forge.parts()[2]), ".", ""] {
        forge.refuses(what, &format!("{message}{signature}")).await;
    }
}

/// The public key, in every format, as the secret of an HMAC.
#[tokio::test]
async fn confusion_of_a_public_key_with_a_secret() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256] {
        let forge = Forge::new(algorithm);
        let claims = json!(forge.claims()).to_string();
        for secret in formats_of_the_public_key(&forge) {
            let mac = Key::Hmac(secret);
            for name in ["HS256", "HS384", "HS512", algorithm.name()] {
                let mut header = forge.header();
                header.insert("alg".to_owned(), name.into());
                forge.refuses("an HMAC with the public key", &mac.token(&json!(header).to_string(), &claims)).await;
                header.remove("kid");
                forge.refuses("the same without a kid", &mac.token(&json!(header).to_string(), &claims)).await;
            }
        }
    }
}

fn formats_of_the_public_key(forge: &Forge) -> Vec<Vec<u8>> {
    let raw = forge.key.public();
    let info: Vec<u8> = match forge.algorithm {
        Algorithm::EdDsa => [&b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"[..], &raw].concat(),
        Algorithm::Es256 => [
            &b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00"[..],
            &raw,
        ]
        .concat(),
        // The header of `SubjectPublicKeyInfo` around an `RSAPublicKey` of 2,048 bits.
        _ => [
            &b"\x30\x82\x01\x22\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x82\x01\x0f\x00"[..],
            &raw,
        ]
        .concat(),
    };
    let set = json!({"keys": forge.service.public_keys().keys});
    let base64 = STANDARD.encode(&info);
    let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
    let member = |name: &str| set["keys"][0][name].as_str().unwrap_or_default().as_bytes().to_vec();
    vec![
        pem.trim_end().as_bytes().to_vec(),
        pem.replace('\n', "\r\n").into_bytes(),
        pem.into_bytes(),
        base64.into_bytes(),
        info,
        raw,
        set.to_string().into_bytes(),
        set["keys"][0].to_string().into_bytes(),
        member("kid"),
        member("x"),
        member("n"),
        Vec::new(),
    ]
}

/// The right key and a valid signature, but an algorithm that differs from the key's.
#[tokio::test]
async fn another_algorithm_with_the_same_key() {
    let forge = Forge::new(Algorithm::Hs256);
    let Key::Hmac(secret) = &forge.key else { panic!("HS256 has a secret") };
    let claims = encoded(json!(forge.claims()).to_string());
    let message = |name: &str| {
        let mut header = forge.header();
        header.insert("alg".to_owned(), name.into());
        format!("{}.{claims}", encoded(json!(header).to_string()))
    };
    let sha_384 =
        Hmac::<Sha384>::new_from_slice(secret).unwrap().chain_update(message("HS384")).finalize().into_bytes();
    forge.refuses("HS384", &format!("{}.{}", message("HS384"), encoded(sha_384))).await;
    let sha_512 =
        Hmac::<Sha512>::new_from_slice(secret).unwrap().chain_update(message("HS512")).finalize().into_bytes();
    forge.refuses("HS512", &format!("{}.{}", message("HS512"), encoded(sha_512))).await;
    for forge in Forge::each() {
        let name = forge.algorithm.name();
        let others =
            [name.to_lowercase(), format!("{name} "), format!(" {name}"), format!("{name}\0"), "RS512".to_owned()];
        for other in others.into_iter().chain(["Ed25519", "ES384", "PS256", "HS384"].map(str::to_owned)) {
            let token = forge.with_header(|header| drop(header.insert("alg".to_owned(), other.clone().into())));
            forge.refuses(&format!("alg {other:?}"), &token).await;
        }
    }
}

/// A service with a key of each algorithm. The key that a token names must have signed it, with the algorithm of that key.
#[tokio::test]
async fn confusion_among_the_keys_of_one_service() {
    for current in ALL {
        let formers: Vec<FormerKey> = ALL
            .into_iter()
            .map(|other| match other {
                Algorithm::Hs256 => FormerKey::Hs256,
                other => FormerKey::File(key_file(other)),
            })
            .collect();
        let each = Forge::each();
        let (ring, key) = ring_and_key(current);
        let forge = Forge::with(ring.with_former_keys(&formers, &secret_keys()).unwrap(), key, current, |_| {});
        for former in &each {
            forge.accepts("a token of a former key", &former.genuine).await;
        }
        let claims = json!(forge.claims()).to_string();
        for named in &each {
            for claimed in &each {
                for signer in &each {
                    let mut header = named.header();
                    header.insert("alg".to_owned(), claimed.algorithm.name().into());
                    let token = signer.signed(&json!(header).to_string(), &claims);
                    let same = named.algorithm == claimed.algorithm && claimed.algorithm == signer.algorithm;
                    let what = format!(
                        "key of {}, alg {}, signed by {}",
                        named.algorithm, claimed.algorithm, signer.algorithm
                    );
                    if same { forge.accepts(&what, &token).await } else { forge.refuses(&what, &token).await }
                }
            }
        }
    }
}
