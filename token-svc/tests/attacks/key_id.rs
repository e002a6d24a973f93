//! Attacks on the choice of the key: a `kid` that is a path, a command or a query, and keys in the header.

use std::{io::ErrorKind, net::TcpListener};

use serde_json::{Map, Value, json};
use token_svc::Algorithm;

use super::forge::{Forge, Key, encoded, ring_and_key};

fn another_key(algorithm: Algorithm) -> Key {
    let folder = tempfile::tempdir().unwrap();
    match algorithm {
        Algorithm::Hs256 => Key::Hmac(b"a secret of the attacker's, long enough".to_vec()),
        algorithm => {
            let file = folder.path().join("attacker.pem");
            token_svc::KeyRing::open(algorithm, &file).unwrap();
            let pem = std::fs::read_to_string(file).unwrap();
            let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            let der = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, base64).unwrap();
            Key::from_pkcs8(algorithm, &der)
        }
    }
}

#[tokio::test]
async fn key_id_traversal_and_injection() {
    for forge in Forge::each() {
        let id = forge.header()["kid"].as_str().unwrap().to_owned();
        forge
            .accepts(
                "the id as it is",
                &forge.with_header(|header| drop(header.insert("kid".into(), id.as_str().into()))),
            )
            .await;
        let ids = [
            json!(""),
            json!("../../../../../../dev/null"),
            json!("/dev/null"),
            json!("file:///dev/null"),
            json!("http://127.0.0.1:1/key"),
            json!("x' UNION SELECT '1';--"),
            json!("' OR '1'='1"),
            json!("|sleep 10"),
            json!("$(sleep 10)"),
            json!("`sleep 10`"),
            json!("\0"),
            json!(format!("{id}\0")),
            json!(format!("{id} ")),
            json!(format!("{id}/../{id}")),
            json!(id.to_uppercase()),
            json!(id[..id.len() - 1]),
            json!("k".repeat(2_000)),
            json!(0),
            json!(null),
            json!([id]),
            json!({"kid": id}),
        ];
        let claims = json!(forge.claims()).to_string();
        for named in ids {
            if named == json!(id) {
                continue;
            }
            let mut header = forge.header();
            header.insert("kid".to_owned(), named.clone());
            let header = json!(header).to_string();
            let what = format!("kid {named}");
            forge.refuses(&what, &forge.signed(&header, &claims)).await;
            for secret in ["", "1", "\0", id.as_str()] {
                let mac = Key::Hmac(secret.as_bytes().to_vec());
                forge.refuses(&what, &mac.token(&header, &claims)).await;
            }
        }
        forge.refuses("no kid", &forge.with_header(|header| drop(header.remove("kid")))).await;
        let two = json!(forge.header()).to_string().replacen('{', "{\"kid\":\"other\",", 1);
        forge.refuses("two kids", &forge.signed(&two, &claims)).await;
    }
}

#[tokio::test]
async fn a_key_of_somebody_elses() {
    for forge in Forge::each() {
        let other = another_key(forge.algorithm);
        let (header, claims) = (json!(forge.header()).to_string(), json!(forge.claims()).to_string());
        forge.accepts("the same by the right key", &forge.signed(&header, &claims)).await;
        forge.refuses("another key under our key's id", &other.token(&header, &claims)).await;
    }
}

/// CVE-2018-0114 and similar: the header contains the key, or a URL to fetch it from.
#[tokio::test]
async fn a_key_that_the_token_brings_along() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    for forge in Forge::each() {
        let other = another_key(forge.algorithm);
        let own = match &other {
            Key::Hmac(secret) => json!({"kty": "oct", "k": encoded(secret), "alg": "HS256"}),
            _ => json!({"kty": "OKP", "crv": "Ed25519", "x": encoded(other.public())}),
        };
        let urls = [
            format!("http://{address}/jwks.json"),
            format!("http://authlab@{address}/jwks.json"),
            format!("http://localhost:{}/jwks.json", address.port()),
            format!("http://127.1:{}/redirect?to=http://{address}", address.port()),
        ];
        let mut members: Vec<(&str, Value)> =
            vec![("jwk", own.clone()), ("jwk", forge_jwk(&forge)), ("x5c", json!([encoded("certificate")]))];
        members.extend(urls.iter().flat_map(|url| [("jku", json!(url)), ("x5u", json!(url))]));
        members.extend([("x5t", json!("thumbprint")), ("x5t#S256", json!("thumbprint")), ("jku", Value::Null)]);
        for (member, value) in members {
            let mut header: Map<String, Value> = forge.header();
            header.insert(member.to_owned(), value);
            let (with_kid, claims) = (json!(header).to_string(), json!(forge.claims()).to_string());
            forge.refuses(member, &other.token(&with_kid, &claims)).await;
            forge.refuses(member, &forge.signed(&with_kid, &claims)).await;
            header.remove("kid");
            forge.refuses(member, &other.token(&json!(header).to_string(), &claims)).await;
        }
    }
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "the service fetched a key");
}

/// The genuine public key, which a header must not contain either.
fn forge_jwk(forge: &Forge) -> Value {
    json!(forge.service.public_keys().keys.first())
}

#[test]
fn a_shared_key_is_never_published() {
    let (ring, _) = ring_and_key(Algorithm::Hs256);
    assert_eq!(ring.public_keys().keys, []);
}
