//! Limits of items: expiry, size, the time before the login, and concurrent writes.

use std::time::Duration;

use authlab_client::{
    expect::{Failure, ensure, instant},
    request::Request,
    visitor::{LoginWith, PASSWORD, put_body, put_item},
};
use serde_json::json;
use tokio::task::JoinSet;

use super::{Applied, Checked, ClauseOutcome, Context, items::is_written};

const TOO_LARGE_ANYWHERE: usize = 200_000;

pub(super) async fn an_item_ends_when_its_time_is_over(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    for (key, max_age) in [("short", 1), ("long", 60)] {
        let body = json!({"value": "passing", "max_age": max_age});
        is_written(context, &someone.ask(put_body(key, &body)).await?)?;
    }
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    someone.ask(Request::get("/items/short")).await?.is_problem(404, "not-found")?;
    someone.has_items(&json!({"long": "passing"})).await
}

pub(super) async fn an_item_says_when_it_ends_where_that_is_known(context: &Context) -> Applied {
    let mut someone = context.someone().await?;
    let passing = put_body("passing", &json!({"value": "passing", "max_age": 60}));
    is_written(context, &someone.ask(passing).await?)?;
    let login_began = instant(&someone.login.is_json(200)?, "issued_at")?;
    let item = someone.ask(Request::get("/items/passing")).await?.is_json(200)?;
    if item["expires_at"].is_null() {
        let reason = "this format of an item stores no expiry; the reader gives `max_age`";
        return Ok(ClauseOutcome::not_applicable(reason));
    }
    let left = instant(&item, "expires_at")?.as_second() - login_began.as_second();
    ensure((60..90).contains(&left), "an end about 60 s away", || format!("{left} s"))?;
    Ok(ClauseOutcome::Passed)
}

pub(super) async fn what_is_too_large_changes_nothing(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    is_written(context, &someone.put("note", "small").await?)?;
    let before = someone.items().await?;
    for key in ["note", "other"] {
        let answer = someone.put(key, &"x".repeat(TOO_LARGE_ANYWHERE)).await?;
        let problem = answer.problem(413, "too-large")?;
        let detail = problem["detail"].as_str().unwrap_or_default();
        answer.ensure(detail.contains(|c: char| c.is_ascii_digit()), "the limit in `detail`")?;
        answer.ensure(answer.set_cookies().next().is_none(), "no cookie with a refusal")?;
    }
    someone.has_items(&before).await?;
    someone.is_logged_in().await
}

pub(super) async fn a_thousand_characters_fit_everywhere(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let text = "fits".repeat(250);
    is_written(context, &someone.put("note", &text).await?)?;
    someone.has_item("note", &text).await
}

/// The record, the token or the header fills up. Stored items must survive, and the credential must still fit into a
/// request. Otherwise the client could not even log out.
pub(super) async fn a_full_store_keeps_what_it_has(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let text = "f".repeat(2_500);
    for fitted in 0..40 {
        let answer = someone.put(&format!("k{fitted}"), &text).await?;
        if answer.status == 413 {
            answer.is_problem(413, "too-large")?;
            let items = someone.items().await?;
            let kept = items.as_object().map_or(0, serde_json::Map::len);
            ensure(kept == fitted, format!("the {fitted} items that fitted"), || format!("{kept}"))?;
            return someone.is_logged_in().await;
        }
        is_written(context, &answer)?;
    }
    Err(Failure::new("413 before 100,000 characters are kept", "no end"))
}

/// The heads of requests and answers then have their maximum size, and must pass every proxy in between.
pub(super) async fn a_client_with_all_that_it_may_carry_goes_on(context: &Context) -> Checked {
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
    someone.log_out().await?.is(204)
}

pub(super) async fn clients_that_never_logged_in_keep_items_or_are_told(context: &Context) -> Checked {
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
    Ok(())
}

pub(super) async fn items_from_before_the_login_are_kept(context: &Context) -> Applied {
    if !context.about()?.can.anonymous_items {
        return Ok(ClauseOutcome::not_applicable("items need a login here"));
    }
    let mut visitor = context.client();
    visitor.ask(put_item("basket", "a horse")).await?.is_empty(204)?;
    context.login(visitor).await?.has_item("basket", "a horse").await?;
    Ok(ClauseOutcome::Passed)
}

pub(super) async fn items_written_at_once_survive_where_the_mechanism_can(context: &Context) -> Checked {
    let mut someone = context.someone_who_wrote("before", "stays").await?;
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
    someone.is_logged_in().await
}
