//! `/mine` with a login, and the record that the server stores for it.

use authlab_client::{
    about::StateLives,
    expect::{ensure, instant, members},
    request::Request,
};
use serde_json::json;

use super::{Checked, Context};

pub(super) async fn mine_says_who_and_what(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let answer = someone.ask(Request::get("/mine")).await?;
    let body = answer.is_json(200)?;
    members(&body, &["username", "mechanism", "issued_at", "expires_at", "items"])?;
    answer.ensure(body["username"] == someone.username, "the name that logged in")?;
    answer.ensure(body["mechanism"] == context.about()?.mechanism, "the mechanism that /about names")?;
    answer.ensure(body["items"] == json!({}), "no items yet")?;
    answer.ensure(instant(&body, "issued_at")? < instant(&body, "expires_at")?, "an expiry after the beginning")
}

pub(super) async fn mine_is_for_those_who_are_logged_in(context: &Context) -> Checked {
    for path in ["/mine", "/mine/record"] {
        let answer = context.ask(Request::get(path)).await?;
        // `/mine/record` may also answer clients without a login, because they can have items and a record.
        if path == "/mine" || answer.status != 200 {
            answer.is_problem(401, "not-logged-in")?;
            let asks = answer.header("www-authenticate").is_some_and(|value| !value.trim().is_empty());
            answer.ensure(asks, "a WWW-Authenticate header")?;
        }
    }
    Ok(())
}

pub(super) async fn reading_changes_nothing_and_hands_out_nothing(context: &Context) -> Checked {
    let mut visitor = context.client();
    for path in ["/", "/login", "/register", "/mine", "/items", "/about", "/livez", "/docs"] {
        for request in [Request::get(path), Request::get(path).from_a_browser()] {
            let answer = visitor.send(request).await?;
            answer.ensure(answer.set_cookies().next().is_none(), "no cookie for a client that only reads")?;
        }
    }
    Ok(())
}

pub(super) async fn two_visitors_are_kept_apart(context: &Context) -> Checked {
    let (mut one, mut other) = (context.someone().await?, context.someone().await?);
    one.put("note", "of one").await?;
    other.is_logged_in().await?;
    one.is_logged_in().await?;
    other.has_items(&json!({})).await
}

pub(super) async fn the_record_says_where_it_lives(context: &Context) -> Checked {
    let about = context.about()?;
    let mut someone = context.someone().await?;
    let answer = someone.ask(Request::get("/mine/record")).await?;
    let body = answer.is_json(200)?;
    members(&body, &["where", "bytes", "record"])?;
    let place = match about.state_lives {
        StateLives::Client => "client",
        StateLives::Server => about.store.as_deref().unwrap_or("a store"),
    };
    answer.ensure(body["where"] == place, format!("the record in: {place}"))?;
    answer.ensure(body["bytes"].is_u64(), "whole bytes")?;
    let has_record = body["record"].is_object() && body["bytes"] != 0;
    if about.state_lives == StateLives::Server {
        return answer.ensure(has_record, "a record and its size in bytes");
    }
    // The server may store a little: the data to refresh the login, or to end it.
    let has_none = body["record"].is_null() && body["bytes"] == 0;
    answer.ensure(has_none || has_record, "no record and 0 bytes, or a record and its size in bytes")
}

pub(super) async fn the_record_does_not_show_the_credential(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let answer = someone.ask(Request::get("/mine/record")).await?;
    answer.is(200)?;
    let shows_it = answer.text().contains(someone.credential.text());
    ensure(!shows_it, "a record by which its reader cannot log in", || "the whole credential in it".to_owned())
}
