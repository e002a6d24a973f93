//! `lab inspect`: its output for credentials of the services and of Django, and that it answers any input.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, fs};

use authlab_client::{
    credential::Credential,
    request::Request,
    visitor::{LoginWith, Visitor},
};
use authlab_fleet::Fleet;
use authlab_secrets::Secret;
use jiff::Timestamp;
use lab::inspect::{Finding, Key, Signature, inspect, render};
use proptest::prelude::*;
use serde_json::{Value, json};

fn now() -> Timestamp {
    "2026-11-24T00:00:00Z".parse().unwrap()
}

fn the_only(findings: Vec<Finding>) -> Finding {
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.into_iter().next().unwrap()
}

/// The credentials of a login at each service, and the fleet's key.
async fn credentials() -> (BTreeMap<String, String>, Key) {
    let fleet = Fleet::start().await.unwrap();
    let mut found = BTreeMap::new();
    for target in fleet.targets() {
        let mut visitor = Visitor::new(&target, "alice").await.unwrap();
        let text = match &visitor.credential {
            Credential::Cookie { name, value } => format!("{name}={value}"),
            Credential::Bearer(token) => format!("Authorization: Bearer {token}"),
        };
        found.insert(target.name.clone(), text);
        if target.name == "token-svc" {
            let token = &visitor.login.json().unwrap()["token"];
            found.insert("refresh".to_owned(), token["refresh_token"].as_str().unwrap().to_owned());
            let opaque = Visitor::log_in(visitor.client.fork(), "alice", LoginWith::Kind("opaque")).await.unwrap();
            found.insert("opaque".to_owned(), opaque.credential.text().to_owned());
        }
        if target.name == "cookie-svc" {
            let put = visitor.store("note", "你好 👋").await.unwrap();
            found.insert("item".to_owned(), format!("note={}", put.set_cookie("note").unwrap().value()));
            let sealed = json!({"value": "nobody reads this", "seal": "private"});
            let put = visitor.ask(Request::put("/items/hidden").json(&sealed)).await.unwrap();
            found.insert("private".to_owned(), format!("hidden={}", put.set_cookie("hidden").unwrap().value()));
        }
    }
    (found, Key::new(fleet.secret_key().unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_our_services_hand_out_is_known_and_its_signature_is_checked() {
    let (credentials, key) = credentials().await;
    let other = Key::new(Secret::new("another key, which is as long as keys have to be"));
    for (who, kind, shows) in [
        ("cookie-svc", "a login cookie", "\"u\": \"alice\""),
        ("token-svc", "an access token", "\"username\": \"alice\""),
        ("item", "a signed cookie", "你好 👋"),
    ] {
        let finding = the_only(inspect(&credentials[who], Some(&key), now()));
        assert!(finding.kind.starts_with(kind), "{who}: {}", finding.kind);
        assert!(finding.readable.iter().any(|(_, text)| text.contains(shows)), "{who}: {:?}", finding.readable);
        assert!(matches!(finding.signature, Signature::Holds(_)), "{who}: {:?}", finding.signature);
        assert!(finding.made_at.is_some(), "{who}");
        let unchecked = the_only(inspect(&credentials[who], None, now()));
        assert!(matches!(unchecked.signature, Signature::Unchecked(_)), "{who}");
        assert_eq!(the_only(inspect(&credentials[who], Some(&other), now())).signature, Signature::Broken, "{who}");
    }
    let session = the_only(inspect(&credentials["session-svc"], Some(&key), now()));
    assert!(session.kind.starts_with("a session id") && session.readable.is_empty());
    for (which, kind) in [("opaque", "an opaque token"), ("refresh", "a refresh token")] {
        let token = the_only(inspect(&credentials[which], Some(&key), now()));
        assert!(token.kind.starts_with(kind), "{}", token.kind);
        assert_eq!(token.readable, [("checksum", "right".to_owned())]);
        let mistyped = the_only(inspect(&format!("{}0", credentials[which]), None, now()));
        assert!(mistyped.readable[0].1.starts_with("wrong"), "{:?}", mistyped.readable);
    }
    let private = the_only(inspect(&credentials["private"], Some(&key), now()));
    assert!(private.kind.contains("private item"), "{}", private.kind);
    assert!(!render::text(std::slice::from_ref(&private)).contains("nobody reads this"));
    assert!(matches!(private.signature, Signature::Unchecked(why) if why.contains("that of this key; cookie-svc")));
}

#[test]
fn what_django_made_is_known_and_its_signature_is_checked() {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/django-signing/tests/vectors/django-6.1.3.json");
    let vectors: Value = serde_json::from_str(&fs::read_to_string(vectors).unwrap()).unwrap();
    let key = Key::new(Secret::new(vectors["_meta"]["SECRET_KEY"].as_str().unwrap()));
    let mut checked = 0;
    for vector in vectors["sessions"].as_array().unwrap() {
        let text = vector["session_data"].as_str().or(vector["cookie_value"].as_str()).unwrap();
        let finding = the_only(inspect(text, Some(&key), now()));
        assert_eq!(finding.made_at.map(Timestamp::as_second), Some(1_790_000_000), "{text}");
        let object: Value = serde_json::from_str(&finding.readable[0].1).unwrap();
        assert_eq!(object, vector["session"], "{text}");
        let made_for = match vector["backend"].as_str().unwrap() {
            _ if vector["name"] == "encoded with OLD key" => Signature::Broken,
            "signed_cookies" => {
                Signature::Holds("made for a session in a signed cookie, as Django keeps it".to_owned())
            }
            _ => Signature::Holds("made for a row of django_session".to_owned()),
        };
        assert_eq!(finding.signature, made_for, "{text}");
        checked += 1;
    }
    assert!(checked > 5, "only {checked} Django sessions were checked");
}

#[test]
fn a_token_that_has_ended_or_never_ends_says_so() {
    let token = |claims: Value| {
        let header = json!({"alg": "none"});
        authlab_attacks::forge::raw_input(&header.to_string(), &claims.to_string()) + "."
    };
    let ended = the_only(inspect(&token(json!({"iat": 1, "exp": 2})), None, now()));
    assert_eq!((ended.ends.as_str(), &ended.signature), ("1970-01-01T00:00:02Z, which is past", &Signature::None));
    assert!(the_only(inspect(&token(json!({})), None, now())).ends.starts_with("never"));
    assert!(the_only(inspect(&token(json!({"exp": 1e300})), None, now())).ends.contains("no calendar"));
}

#[test]
fn a_credential_cannot_steer_the_terminal() {
    let token = authlab_attacks::forge::raw_input(r#"{"alg":"none"}"#, "{\"sub\":\"\u{1b}[31m\u{202e}\"}") + ".";
    let text = render::text(&inspect(&token, None, now()));
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
}

proptest! {
    #[test]
    fn anything_has_an_answer(text in any::<String>(), key in "[a-zA-Z0-9]{0,64}") {
        let key = Key::new(Secret::new(key));
        let findings = inspect(&text, Some(&key), now());
        prop_assert!(!findings.is_empty());
        prop_assert!(render::text(&findings).lines().count() >= 3);
        prop_assert!(render::json(&findings).is_ok());
    }

    #[test]
    fn what_looks_like_a_credential_has_an_answer(
        parts in proptest::collection::vec("[A-Za-z0-9_=+/ -]{0,60}", 0..6),
        joint in "[.:;= ]",
        before in "(Cookie: |Set-Cookie: |Bearer |login=|\\.)?",
    ) {
        let text = format!("{before}{}", parts.join(&joint));
        prop_assert!(!inspect(&text, None, now()).is_empty());
    }
}
