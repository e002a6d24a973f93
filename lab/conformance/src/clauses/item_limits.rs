//! Limits of items: expiry, size, the time before the login, and concurrent writes.

use std::time::Duration;

use authlab_client::{
    expect::{Failure, ensure, instant},
    request::Request,
    visitor::{LoginWith, PASSWORD, put_item},
};
use serde_json::json;
use tokio::task::JoinSet;

use super::items::is_written;
use crate::{
    clause::{
        Standing,
        Stands::{Holds, NotApplicable},
    },
    context::Context,
};

const TOO_LARGE_ANYWHERE: usize = 200_000;

pub(super) async fn an_item_ends_when_its_time_is_over(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    for (key, max_age) in [("short", 1), ("long", 60)] {
        let body = json!({"value": "passing", "max_age": max_age});
        is_written(context, &someone.ask(Request::put(format!("/items/{key}")).json(&body)).await?)?;
    }
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    someone.ask(Request::get("/items/short")).await?.is_problem(404, "not-found")?;
    let items = someone.items().await?;
    ensure(items == json!({"long": "passing"}), "only the item that has not expired", || items.to_string())?;
    Ok(Holds)
}

pub(super) async fn an_item_says_when_it_ends_where_that_is_known(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    let body = json!({"value": "passing", "max_age": 60});
    is_written(context, &someone.ask(Request::put("/items/passing").json(&body)).await?)?;
    let login_began = instant(&someone.login.is_json(200)?, "issued_at")?;
    let item = someone.ask(Request::get("/items/passing")).await?.is_json(200)?;
    if item["expires_at"].is_null() {
        return Ok(NotApplicable("this format of an item stores no expiry; the reader gives `max_age`".to_owned()));
    }
    let left = instant(&item, "expires_at")?.as_second() - login_began.as_second();
    ensure((60..90).contains(&left), "an end about 60 s away", || format!("{left} s"))?;
    Ok(Holds)
}

pub(super) async fn what_is_too_large_changes_nothing(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    is_written(context, &someone.put("note", "small").await?)?;
    let before = someone.items().await?;
    for key in ["note", "other"] {
        let answer = someone.put(key, &"x".repeat(TOO_LARGE_ANYWHERE)).await?;
        let problem = answer.is_problem(413, "too-large")?;
        let detail = problem["detail"].as_str().unwrap_or_default();
        answer.ensure(detail.contains(|c: char| c.is_ascii_digit()), "the limit in `detail`")?;
        answer.ensure(answer.set_cookies().next().is_none(), "no cookie with a refusal")?;
    }
    let after = someone.items().await?;
    ensure(before == after, format!("the items as before: {before}"), || after.to_string())?;
    someone.is_logged_in().await?;
    Ok(Holds)
}

pub(super) async fn a_thousand_characters_fit_everywhere(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    let text = "fits".repeat(250);
    is_written(context, &someone.put("note", &text).await?)?;
    let items = someone.items().await?;
    ensure(items["note"] == text, "the whole text", || items.to_string())?;
    Ok(Holds)
}

/// The record, the token or the header fills up. Stored items must survive, and the credential must still fit into a
/// request. Otherwise the client could not even log out.
pub(super) async fn a_full_store_keeps_what_it_has(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    let text = "f".repeat(2_500);
    for fitted in 0..40 {
        let answer = someone.put(&format!("k{fitted}"), &text).await?;
        if answer.status == 413 {
            answer.is_problem(413, "too-large")?;
            let items = someone.items().await?;
            let kept = items.as_object().map_or(0, serde_json::Map::len);
            ensure(kept == fitted, format!("the {fitted} items that fitted"), || format!("{kept}"))?;
            someone.is_logged_in().await?;
            return Ok(Holds);
        }
        is_written(context, &answer)?;
    }
    Err(Failure::new("413 before 100,000 characters are kept", "no end"))
}

/// The heads of requests and answers then have their maximum size, and must pass every proxy in between.
pub(super) async fn a_client_with_all_that_it_may_carry_goes_on(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    let mut key = 0;
    for length in [2_500, 500, 100, 20] {
        while key < 60 {
            let answer = someone.put(&format!("k{key}"), &"f".repeat(length)).await?;
            if answer.status == 413 {
                break;
            }
            is_written(context, &answer)?;
            key += 1;
        }
    }
    someone.is_logged_in().await?;
    someone.ask(LoginWith::Json.request(&someone.username, PASSWORD)).await?.is(200)?;
    someone.is_logged_in().await?;
    someone.log_out().await?.is(204)?;
    Ok(Holds)
}

pub(super) async fn clients_that_never_logged_in_keep_items_or_are_told(context: &Context) -> Standing {
    let mut visitor = context.client();
    let written = visitor.ask(put_item("basket", "a horse")).await?;
    let read = visitor.send(Request::get("/items/basket")).await?;
    if context.about()?.can.anonymous_items {
        written.is_empty(204)?;
        let body = read.is_json(200)?;
        read.ensure(body["value"] == "a horse", "the item that was put")?;
        visitor.send(Request::get("/mine")).await?.is_problem(401, "not-logged-in")?;
        visitor.send(Request::delete("/items")).await?.is_empty(204)?;
    } else {
        for answer in [written, read, visitor.send(Request::delete("/items")).await?] {
            answer.is_problem(401, "not-logged-in")?;
        }
    }
    Ok(Holds)
}

pub(super) async fn items_from_before_the_login_are_kept(context: &Context) -> Standing {
    if !context.about()?.can.anonymous_items {
        return Ok(NotApplicable("items need a login here".to_owned()));
    }
    let mut visitor = context.client();
    visitor.ask(put_item("basket", "a horse")).await?.is_empty(204)?;
    let mut someone = context.login(visitor).await?;
    let items = someone.items().await?;
    ensure(items["basket"] == "a horse", "the item from before the login", || items.to_string())?;
    Ok(Holds)
}

pub(super) async fn items_written_at_once_survive_where_the_mechanism_can(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    someone.put("before", "stays").await?;
    let mut writes = JoinSet::new();
    for key in ["p1", "p2", "p3", "p4"] {
        let mut copy = someone.client.fork();
        writes.spawn(async move { copy.deliver(&put_item(key, key)).await });
    }
    while let Some(answer) = writes.join_next().await {
        let answer = answer.map_err(anyhow::Error::from)??;
        is_written(context, &answer)?;
        someone.client.keep(&answer);
    }
    let items = someone.items().await?;
    let survivors = ["p1", "p2", "p3", "p4"].iter().filter(|key| items[**key] == **key).count();
    let enough = if context.about()?.can.concurrent_item_writes { 4 } else { 1 };
    ensure(survivors >= enough, format!("at least {enough} of 4 items"), || items.to_string())?;
    ensure(items["before"] == "stays", "the item from before", || items.to_string())?;
    someone.is_logged_in().await?;
    Ok(Holds)
}
