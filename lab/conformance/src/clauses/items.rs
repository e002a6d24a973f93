//! Items: write, read, list and delete, with any text.

use authlab_client::{
    answer::Answer,
    expect::{Failure, ensure, instant, members},
    request::Request,
    visitor::{Visitor, put_body, put_item},
};
use serde_json::{Value, json};

use super::{Checked, Context};

/// Texts that break cookies, headers, JSON or careless code.
const TEXTS: [&str; 12] = [
    "你好，世界",
    "🐎🔋 👩‍👩‍👧‍👦 🇨🇳",
    "مرحبا بالعالم",
    "e\u{301} and \u{e9} stay apart",
    "",
    "   spaces around   ",
    "a;b=c,d\"e\\f%20g+h&i",
    "line\r\nSet-Cookie: evil=1\ttab",
    "\u{0}\u{1}\u{7f}\u{ffff}\u{10ffff}",
    "<script>alert(1)</script>",
    "{\"looks\": \"like JSON\"}",
    "eyJhbGciOiJub25lIn0.e30.",
];

/// 204, or 200 with a new token if the token carries the items.
pub(super) fn is_written(context: &Context, answer: &Answer) -> Result<(), Failure> {
    if answer.status == 200 && context.about()?.hands_out_tokens() {
        let body = answer.is_json(200)?;
        return answer.ensure(body["token"]["access_token"].is_string(), "a new token");
    }
    answer.is_empty(204)
}

async fn value(someone: &mut Visitor, key: &str) -> Result<Value, Failure> {
    let mut body = someone.ask(Request::get(format!("/items/{key}"))).await?.is_json(200)?;
    Ok(body["value"].take())
}

pub(super) async fn an_item_comes_back(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    is_written(context, &someone.put("note", "first").await?)?;
    let answer = someone.ask(Request::get("/items/note")).await?;
    let body = answer.is_json(200)?;
    members(&body, &["key", "value", "expires_at"])?;
    answer.ensure(body["key"] == "note" && body["value"] == "first", "the item that was put")?;
    if !body["expires_at"].is_null() {
        instant(&body, "expires_at")?;
    }
    Ok(())
}

pub(super) async fn any_text_comes_back_as_it_was(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    for text in TEXTS {
        is_written(context, &someone.put("text", text).await?)?;
        let found = value(&mut someone, "text").await?;
        ensure(found == text, format!("{text:?}"), || found.to_string())?;
        someone.has_item("text", text).await?;
    }
    Ok(())
}

pub(super) async fn an_unknown_item_is_not_found(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    someone.ask(Request::get("/items/no-such-item")).await?.is_problem(404, "not-found")
}

pub(super) async fn items_are_listed(context: &Context) -> Checked {
    let mut someone = context.someone_who_wrote("a", "1").await?;
    someone.put("b", "2").await?;
    let answer = someone.ask(Request::get("/items")).await?;
    let body = answer.is_json(200)?;
    members(&body, &["items"])?;
    answer.ensure(body["items"] == json!({"a": "1", "b": "2"}), "both items")?;
    let mine = someone.ask(Request::get("/mine")).await?.is_json(200)?;
    ensure(mine["items"] == body["items"], "the same items in /mine", || mine["items"].to_string())
}

pub(super) async fn a_second_text_takes_the_place_of_the_first(context: &Context) -> Checked {
    let mut someone = context.someone_who_wrote("note", "first").await?;
    someone.put("note", "second").await?;
    someone.has_items(&json!({"note": "second"})).await
}

pub(super) async fn an_item_is_removed_once_or_twice(context: &Context) -> Checked {
    let mut someone = context.someone_who_wrote("gone", "1").await?;
    someone.put("kept", "2").await?;
    for _ in 0..2 {
        is_written(context, &someone.ask(Request::delete("/items/gone")).await?)?;
    }
    someone.ask(Request::get("/items/gone")).await?.is_problem(404, "not-found")?;
    someone.has_items(&json!({"kept": "2"})).await
}

pub(super) async fn all_items_are_removed_and_the_login_stays(context: &Context) -> Checked {
    let mut someone = context.someone_who_wrote("a", "1").await?;
    someone.put("b", "2").await?;
    for _ in 0..2 {
        is_written(context, &someone.ask(Request::delete("/items")).await?)?;
        someone.has_items(&json!({})).await?;
    }
    someone.is_logged_in().await
}

pub(super) async fn a_key_is_one_to_64_of_its_alphabet(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    for key in ["a", "Z9_-", &"k".repeat(64)] {
        is_written(context, &someone.put(key, "fine").await?)?;
        let found = value(&mut someone, key).await?;
        ensure(found == "fine", format!("the key {key} to be accepted"), || found.to_string())?;
    }
    for key in [&*"k".repeat(65), "a.b", "a%20b", "a%2Fb", "%C3%BC", "a%3Bb", "a%0D%0Ab"] {
        someone.is_refused(calls_of(key), (422, "invalid-input")).await?;
    }
    // A proxy in front may itself refuse an address with a NUL.
    for call in calls_of("a%00b") {
        let answer = someone.ask(call).await?;
        answer.is_either_problem([(400, "malformed-request"), (422, "invalid-input")])?;
    }
    Ok(())
}

/// Every call that names a key.
fn calls_of(key: &str) -> [Request; 3] {
    let path = format!("/items/{key}");
    [put_item(key, "never"), Request::get(&path), Request::delete(path)]
}

pub(super) async fn a_value_is_a_text(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let values = [json!({}), json!({"value": 1}), json!({"value": null}), json!({"value": {"a": 1}}), json!("text")];
    let ages = [json!(-1), json!("60"), json!(1.5)].map(|max_age| json!({"value": "text", "max_age": max_age}));
    let bodies = values.iter().chain(&ages).map(|body| put_body("note", body)).collect::<Vec<_>>();
    someone.is_refused(bodies, (422, "invalid-input")).await?;
    someone.ask(Request::get("/items/note")).await?.is_problem(404, "not-found")
}
