//! Promises that only cookie-svc makes about its seals `plain`, `signed` and `private`, each with an optional salt.

use std::time::Duration;

use authlab_client::{
    answer::Answer,
    expect::{Failure, ensure},
    request::{Request, encoded},
    visitor::{Visitor, put_body},
};
use serde_json::{Value, json};

use super::{Checked, Context};

const TEXT: &str = "密 secret; \"quoted\", 🔒 é";
const SEALS: [&str; 3] = ["plain", "signed", "private"];

pub(super) async fn every_seal_gives_the_text_back(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    for seal in SEALS {
        keep(&mut someone, seal, &json!({"value": TEXT, "seal": seal, "salt": "for:this"})).await?.is(204)?;
        let found = open(&mut someone, seal, seal, "for:this").await?;
        let value = found.is_json(200)?["value"].take();
        found.ensure(value == TEXT, format!("the text sealed as {seal}"))?;
    }
    Ok(())
}

/// Checks what a client can read in its cookies without a key.
pub(super) async fn a_private_item_cannot_be_read_in_the_cookie(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    for (seal, readable) in [("plain", true), ("signed", true), ("private", false)] {
        keep(&mut someone, seal, &json!({"value": "plaintext", "seal": seal})).await?.is(204)?;
        let carried = someone.client.jar().value(seal).unwrap_or_default().contains("plaintext");
        ensure(carried == readable, format!("a {seal} item that can be read: {readable}"), || carried.to_string())?;
    }
    Ok(())
}

pub(super) async fn a_seal_opens_under_its_own_salt_alone(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    for seal in ["signed", "private"] {
        keep(&mut someone, "ab", &json!({"value": TEXT, "seal": seal, "salt": "c"})).await?.is(204)?;
        for salt in ["", "C", "bc", "c "] {
            open(&mut someone, "ab", seal, salt).await?.is_problem(400, "bad-signature")?;
        }
        // CVE-2026-6873: item `ab` with salt `c` and item `a` with salt `bc` must not have the same signature.
        let moved = someone.client.jar().value("ab").unwrap_or_default().to_owned();
        someone.client.jar_mut().replace("a", moved);
        open(&mut someone, "a", seal, "bc").await?.is_problem(400, "bad-signature")?;
    }
    Ok(())
}

pub(super) async fn a_seal_is_not_taken_for_another(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    for (made, opened) in [("signed", "private"), ("private", "signed"), ("plain", "signed"), ("plain", "private")] {
        keep(&mut someone, "note", &json!({"value": "text", "seal": made})).await?.is(204)?;
        open(&mut someone, "note", opened, "").await?.is_problem(400, "bad-signature")?;
    }
    Ok(())
}

pub(super) async fn plain_and_salted_items_are_not_listed(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    keep(&mut someone, "plain", &json!({"value": "one", "seal": "plain"})).await?.is(204)?;
    keep(&mut someone, "salted", &json!({"value": "two", "salt": "own"})).await?.is(204)?;
    keep(&mut someone, "signed", &json!({"value": "three"})).await?.is(204)?;
    keep(&mut someone, "private", &json!({"value": "four", "seal": "private"})).await?.is(204)?;
    someone.has_items(&json!({"private": "four", "signed": "three"})).await
}

pub(super) async fn a_stamp_older_than_the_reader_allows_is_refused(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    keep(&mut someone, "note", &json!({"value": "text"})).await?.is(204)?;
    someone.ask(Request::get("/items/note?max_age=60")).await?.is(200)?;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    someone.ask(Request::get("/items/note?max_age=1")).await?.is_problem(400, "bad-signature")?;
    someone.ask(Request::get("/items/note")).await?.is(200)
}

/// The browser drops the expired cookie. The service must also refuse it from a client that kept it.
pub(super) async fn a_private_item_knows_its_own_end(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    keep(&mut someone, "note", &json!({"value": "text", "seal": "private", "max_age": 1})).await?.is(204)?;
    let found = open(&mut someone, "note", "private", "").await?;
    let end = found.is_json(200)?["expires_at"].take();
    found.ensure(end.is_string(), "the expiry")?;
    let kept = someone.client.jar().value("note").unwrap_or_default().to_owned();
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    let kept = Request::get("/items/note?seal=private").cookie("note", &kept);
    someone.ask(kept).await?.is_problem(400, "bad-signature")
}

pub(super) async fn a_client_carries_a_hundred_items_at_most(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    for n in 0..100 {
        keep(&mut someone, &format!("n{n}"), &json!({"value": "x", "seal": "plain"})).await?.is(204)?;
    }
    keep(&mut someone, "n100", &json!({"value": "x", "seal": "plain"})).await?.is_problem(413, "too-large")?;
    // Replacing an existing item does not increase their number.
    keep(&mut someone, "n99", &json!({"value": "y", "seal": "plain"})).await?.is(204)?;
    someone.is_logged_in().await
}

pub(super) async fn what_is_no_seal_is_refused(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let salts = [json!(5), json!("s".repeat(500))].map(|salt| json!({"value": "x", "salt": salt}));
    let bodies = [json!({"value": "x", "seal": "wax"})].into_iter().chain(salts);
    let requests = bodies.map(|body| put_body("note", &body)).collect::<Vec<_>>();
    someone.is_refused(requests, (422, "invalid-input")).await
}

async fn keep(someone: &mut Visitor, key: &str, body: &Value) -> Result<Answer, Failure> {
    someone.ask(put_body(key, body)).await
}

async fn open(someone: &mut Visitor, key: &str, seal: &str, salt: &str) -> Result<Answer, Failure> {
    someone.ask(Request::get(format!("/items/{key}?seal={seal}&salt={}", encoded(salt)))).await
}
