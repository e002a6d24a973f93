//! A token that begins as ours do takes another way through the service than one of other software, which the library reads.
//! Whatever is signed: both ways must come to the same answer, and the library, left to itself, must find nothing to add.

use std::cell::Cell;

use jsonwebtoken::{DecodingKey, Validation, decode};
use proptest::{
    prelude::*,
    strategy::Union,
    test_runner::{Config, TestRunner},
};
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use shared::refusal::Denied;
use token_svc::Algorithm;

use super::forge::{Forge, Key, LIFETIME, NOW};

/// The names and the genuine values of claims, as JSON.
fn genuine() -> Vec<(&'static str, String)> {
    let instant = |name, at: i64| (name, at.to_string());
    let text = |name, text: &str| (name, json!(text).to_string());
    vec![
        text("iss", "authlab"),
        text("aud", "authlab"),
        text("sub", "1"),
        text("username", "alice"),
        text("jti", "0123456789abcdef0123456789abcdef"),
        instant("auth_time", NOW),
        instant("iat", NOW),
        instant("nbf", NOW),
        instant("exp", NOW + LIFETIME),
    ]
}

/// Values that one reader may take and another not.
fn odd_value() -> impl Strategy<Value = String> {
    let fixed = [
        "null",
        "true",
        "\"\"",
        "\"1\"",
        "\"01\"",
        "[]",
        "{}",
        "\"authlab\"",
        "[\"authlab\"]",
        "-1",
        "0",
        "1e9",
        "1.5",
        "1e400",
        "18446744073709551616",
        "9223372036854775807",
        "\"\\u0061uthlab\"",
        "\"\\ud800\"",
        "NaN",
        "",
    ];
    let near = (-10_i64..=310).prop_map(|after| (NOW + after).to_string());
    Union::new_weighted(vec![
        (3, proptest::sample::select(fixed.to_vec()).prop_map(str::to_owned).boxed()),
        (3, near.boxed()),
        (1, any::<i64>().prop_map(|number| number.to_string()).boxed()),
        (1, any::<f64>().prop_map(|number| number.to_string()).boxed()),
        (1, any::<String>().prop_map(|text| json!(text).to_string()).boxed()),
    ])
}

/// An object of claims: nearly ours, with some left out, bent, doubled or added.
fn claims() -> impl Strategy<Value = String> {
    let changes = proptest::collection::vec((0..14_usize, 0..5_u8, odd_value()), 0..3);
    (changes, any::<bool>(), proptest::sample::select(vec!["", " ", "\n"])).prop_map(|(changes, ordered, space)| {
        let mut members = genuine();
        for (at, how, value) in changes {
            let name = members.get(at).map_or("extra", |member| member.0);
            match (how, members.get_mut(at)) {
                (0, Some(_)) => drop(members.remove(at)),
                (1, Some(member)) => member.1 = value,
                (2, Some(_)) => members.push((name, value)),
                (3, None) => members.push(("items", format!("{{\"a\":{{\"v\":{value}}}}}"))),
                _ => members.push(("extra", value)),
            }
        }
        if !ordered {
            members.reverse();
        }
        let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{space}{value}")).collect();
        format!("{space}{{{}}}{space}", members.join(","))
    })
}

/// The signature's text, and what becomes of it.
fn spoilt(token: &str, how: u8) -> String {
    match how {
        0 => format!("{token}="),
        1 => token[..token.len() - 1].to_owned(),
        2 => {
            let (kept, changed) = token.split_at(token.len() - 1);
            // The unused bits are zero in both, so that this is a signature, and another one.
            format!("{kept}{}", if changed == "A" { 'Q' } else { 'A' })
        }
        3 => format!("{token}.{token}"),
        _ => token.to_owned(),
    }
}

/// Whatever software writes: the same members in another order.
fn reordered(forge: &Forge) -> String {
    let header = forge.header();
    format!(r#"{{"kid":{},"alg":{},"typ":{}}}"#, header["kid"], header["alg"], header["typ"])
}

async fn verdict(forge: &Forge, token: &str) -> Result<Value, Denied> {
    let recalled = forge.recall(token).await;
    recalled.login.map(|login| json!([login.username, login.issued_at, login.expires_at, recalled.items]))
}

fn library_agrees(forge: &Forge, token: &str) -> bool {
    let (key, algorithm) = match &forge.key {
        Key::Hmac(secret) => (DecodingKey::from_secret(secret), jsonwebtoken::Algorithm::HS256),
        key => (DecodingKey::from_ed_der(&key.public()), jsonwebtoken::Algorithm::EdDSA),
    };
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&["authlab"]);
    validation.set_audience(&["authlab"]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    // It would ask the system what time it is.
    validation.validate_exp = false;
    decode::<IgnoredAny>(token, &key, &validation).is_ok()
}

fn both_ways_agree(algorithm: Algorithm, cases: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let forge = Forge::of(algorithm);
    let (believed, refused) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let drawn = runner.run(&(claims(), 0..30_u8), |(claims, how)| {
        let ours = spoilt(&forge.signed(&json!(forge.header()).to_string(), &claims), how);
        let theirs = spoilt(&forge.signed(&reordered(&forge), &claims), how);
        assert!(ours.starts_with(forge.parts()[0]) && !theirs.starts_with(forge.parts()[0]));
        let one = runtime.block_on(verdict(&forge, &ours));
        let other = runtime.block_on(verdict(&forge, &theirs));
        // Reasons may differ where there are several; what is believed may not.
        prop_assert_eq!(one.as_ref().ok(), other.as_ref().ok(), "{}", claims);
        let again = runtime.block_on(verdict(&forge, &ours));
        prop_assert_eq!(&one, &again, "remembered or not");
        if one.is_ok() {
            prop_assert!(library_agrees(&forge, &ours) && library_agrees(&forge, &theirs), "{}", claims);
            believed.set(believed.get() + 1);
        } else {
            refused.set(refused.get() + 1);
        }
        Ok(())
    });
    drawn.unwrap();
    let least = cases / 20;
    assert!(believed.get() > least && refused.get() > least, "{} believed, {} refused", believed.get(), refused.get());
}

#[test]
fn a_header_of_ours_and_of_other_software_with_hs256() {
    both_ways_agree(Algorithm::Hs256, 4_000);
}

#[test]
fn a_header_of_ours_and_of_other_software_with_eddsa() {
    both_ways_agree(Algorithm::EdDsa, 1_000);
}
