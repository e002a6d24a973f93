//! PyJWT and joserfc accept our tokens with our published keys. We accept their correct tokens, and neither side
//! accepts a forged one.

use std::sync::{LazyLock, Mutex};

use authlab_test_support::missing;
use serde_json::{Map, Value, json};
use token_svc::Algorithm;

use super::{ALL, Service, object, parts, token};
use crate::support::python::Python;

const LIBRARIES: [&str; 2] = ["pyjwt", "joserfc"];

static PYTHON: LazyLock<Option<Mutex<Python>>> =
    LazyLock::new(|| Python::start("jwt/helper.py", "jwt, joserfc, cryptography").map(Mutex::new));

/// Whether the Python libraries are installed. If not, reports a skipped test.
fn are_here() -> bool {
    if PYTHON.is_none() {
        missing("jwt");
    }
    PYTHON.is_some()
}

fn ask(question: &Value) -> Result<Value, String> {
    PYTHON.as_ref().unwrap().lock().unwrap().ask(question)
}

/// Verifies the token with the library; the token must be for `audience`.
fn verified(library: &str, service: &Service, token: &str, audience: &str) -> Result<Value, String> {
    ask(&json!({
        "ask": format!("{library}_verify"),
        "key": service.verifying,
        "token": token,
        "algorithms": [service.algorithm.name()],
        "issuer": "authlab",
        "audience": audience,
    }))
}

fn signed(library: &str, algorithm: Algorithm, key: &Value, header: &Value, claims: &Value) -> String {
    let kind = match algorithm {
        Algorithm::Hs256 => "oct",
        Algorithm::EdDsa => "OKP",
        Algorithm::Es256 => "EC",
        Algorithm::Rs256 => "RSA",
    };
    let question =
        json!({"ask": format!("{library}_sign"), "key": key, "kind": kind, "header": header, "claims": claims});
    ask(&question).unwrap().as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_libraries_take_our_tokens_by_our_published_keys() {
    if !are_here() {
        return;
    }
    for algorithm in ALL {
        let service = Service::start(algorithm).await;
        let ours = token(&service.alice().await);
        let another = Service::start(algorithm).await;
        for library in LIBRARIES {
            let claims = verified(library, &service, &ours, "authlab").unwrap();
            assert_eq!(claims, object(parts(&ours)[1]), "{library}, {algorithm}");
            assert_eq!(claims["username"], "alice");
            assert!(verified(library, &service, &ours, "another").is_err(), "{library}, {algorithm}");
            let [header, claims, signature] = parts(&ours);
            let changed = format!("{header}.{}.{signature}", claims.replacen('c', "d", 1));
            assert!(verified(library, &service, &changed, "authlab").is_err(), "{library}, {algorithm}");
            if algorithm != Algorithm::Hs256 {
                let foreign = token(&another.alice().await);
                assert!(verified(library, &service, &foreign, "authlab").is_err(), "{library}, {algorithm}");
            }
        }
    }
}

/// The thumbprint of RFC 7638, computed by another implementation.
#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_a_published_key_is_its_thumbprint() {
    if !are_here() {
        return;
    }
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256] {
        let service = Service::start(algorithm).await;
        let key = service.verifying["keys"][0].clone();
        assert_eq!(ask(&json!({"ask": "joserfc_thumbprint", "key": key})).unwrap(), key["kid"], "{algorithm}");
        assert_eq!((&key["alg"], &key["use"]), (&json!(algorithm.name()), &json!("sig")));
        assert!(["d", "p", "q", "k"].iter().all(|private| key[private].is_null()), "{algorithm}");
        assert_eq!(object(parts(&token(&service.alice().await))[0])["kid"], key["kid"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn we_take_what_both_libraries_rightly_make() {
    if !are_here() {
        return;
    }
    for algorithm in ALL {
        let service = Service::start(algorithm).await;
        let ours = token(&service.alice().await);
        let [header, claims, _] = parts(&ours).map(str::to_owned);
        for library in LIBRARIES {
            let theirs = signed(library, algorithm, &service.signing(), &object(&header), &object(&claims));
            assert_eq!(service.asked(&theirs).await, 200, "{library}, {algorithm}: {theirs}");
            let mut more = object(&claims);
            more["scope"] = json!("a claim that nobody asked for");
            let theirs = signed(library, algorithm, &service.signing(), &object(&header), &more);
            assert_eq!(service.asked(&theirs).await, 200, "{library}, {algorithm}: {theirs}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn we_refuse_what_both_libraries_forge() {
    if !are_here() {
        return;
    }
    for algorithm in ALL {
        let (service, another) = (Service::start(algorithm).await, Service::start(algorithm).await);
        let ours = token(&service.alice().await);
        let [header, claims] = [0, 1].map(|part| object(parts(&ours)[part]));
        for library in LIBRARIES {
            let sign = |header: &Value, claims: &Value| signed(library, algorithm, &service.signing(), header, claims);
            let mut forged: Vec<(String, String)> = Vec::new();
            for (name, value) in header_members() {
                let what = format!("{name}: {value}");
                forged.push((what, sign(&with(&header, name, value), &claims)));
            }
            for (name, value) in claims_members(&claims) {
                let what = format!("{name}: {value}");
                forged.push((what, sign(&header, &with(&claims, name, value))));
            }
            let none = ask(&json!({
                "ask": format!("{library}_sign"),
                "key": if library == "pyjwt" { json!("") } else { super::shared_key() },
                "header": with(&header, "alg", json!("none")),
                "claims": claims,
            }));
            forged.push(("alg: none".to_owned(), none.unwrap().as_str().unwrap().to_owned()));
            if algorithm != Algorithm::Hs256 {
                let foreign = signed(library, algorithm, &another.signing(), &header, &claims);
                forged.push(("another key".to_owned(), foreign));
                let of_hs256 = with(&header, "alg", json!("HS256"));
                let shared = signed(library, Algorithm::Hs256, &super::shared_key(), &of_hs256, &claims);
                forged.push(("HS256, which is not configured".to_owned(), shared));
            }
            for (what, token) in forged {
                assert_eq!(service.asked(&token).await, 401, "{library}, {algorithm}, {what}: {token}");
            }
            assert_eq!(service.asked(&sign(&header, &claims)).await, 200, "{library}, {algorithm}, unchanged");
        }
    }
}

fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut changed: Map<String, Value> = object.as_object().unwrap().clone();
    changed.insert(name.to_owned(), value);
    Value::Object(changed)
}

/// Header members that both libraries can write.
fn header_members() -> Vec<(&'static str, Value)> {
    vec![
        ("typ", json!("JWT")),
        ("typ", json!("rt+jwt")),
        ("kid", json!("another")),
        ("kid", json!("../../../../dev/null")),
        ("jku", json!("http://127.0.0.1:1/jwks.json")),
        ("x5u", json!("http://127.0.0.1:1/certificate")),
        ("cty", json!("JWT")),
    ]
}

fn claims_members(claims: &Value) -> Vec<(&'static str, Value)> {
    let at = |name: &str, seconds: i64| json!(claims[name].as_i64().unwrap() + seconds);
    vec![
        ("iss", json!("another")),
        ("aud", json!("another")),
        ("aud", json!(["authlab", "another"])),
        ("sub", json!(format!("0{}", claims["sub"].as_str().unwrap()))),
        ("exp", at("iat", -60)),
        ("exp", at("exp", 1)),
        ("exp", json!(9_007_199_254_740_993_i64)),
        ("nbf", at("nbf", 3_600)),
        ("iat", at("iat", 3_600)),
        ("jti", json!("")),
        ("auth_time", json!("now")),
    ]
}
