//! The password change: this login goes on, and the others end if the mechanism can end them.

use authlab_client::{
    answer::Answer,
    expect::{Failure, ensure},
    request::Request,
    visitor::{LoginWith, NEW_PASSWORD, PASSWORD, Visitor, password_change},
};
use serde_json::{Value, json};

use crate::{
    clause::{Standing, Stands::Holds},
    context::Context,
};

fn change(current: &str, new: &str) -> Request {
    Request::post("/password").json(&json!({"current": current, "new": new}))
}

async fn changed(context: &Context, someone: &mut Visitor) -> Result<Answer, Failure> {
    let answer = someone.change_password().await?;
    if context.about()?.hands_out_tokens() {
        let body = answer.is_json(200)?;
        answer.ensure(body["token"]["access_token"].is_string(), "a fresh token")?;
    } else {
        answer.is_empty(204)?;
        answer.ensure(answer.set_cookies().any(|cookie| !cookie.deletes()), "a fresh credential in a cookie")?;
    }
    Ok(answer)
}

pub(super) async fn this_login_goes_on(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    someone.put("note", "kept").await?;
    changed(context, &mut someone).await?;
    someone.is_logged_in().await?;
    let items = someone.items().await?;
    ensure(items["note"] == "kept", "the items to be kept", || items.to_string())?;
    Ok(Holds)
}

pub(super) async fn only_the_new_password_logs_in(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    changed(context, &mut someone).await?;
    let old = context.ask(LoginWith::Json.request(&someone.username, PASSWORD)).await?;
    old.is_problem(401, "invalid-credentials")?;
    context.ask(LoginWith::Json.request(&someone.username, NEW_PASSWORD)).await?.is(200)?;
    Ok(Holds)
}

pub(super) async fn every_other_login_ends_where_the_mechanism_can(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    let mut other = context.elsewhere(&someone).await?;
    changed(context, &mut someone).await?;
    someone.is_logged_in().await?;
    if context.about()?.can.revoke_all {
        other.is_logged_out().await?;
    } else {
        other.is_logged_in().await?;
    }
    Ok(Holds)
}

pub(super) async fn the_old_credential_ends_where_the_mechanism_can(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    let mut copy = someone.copy();
    changed(context, &mut someone).await?;
    if context.about()?.can.revoke_all {
        copy.is_logged_out().await?;
    } else {
        copy.is_logged_in().await?;
    }
    someone.is_logged_in().await?;
    Ok(Holds)
}

pub(super) async fn the_current_password_must_be_right(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    someone.ask(change("not the current one", NEW_PASSWORD)).await?.is_problem(401, "invalid-credentials")?;
    someone.is_logged_in().await?;
    context.ask(LoginWith::Json.request(&someone.username, PASSWORD)).await?.is(200)?;
    Ok(Holds)
}

pub(super) async fn a_new_password_is_judged_like_a_first(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    for new in ["fourteen chars", &"x".repeat(1_025)] {
        someone.ask(change(PASSWORD, new)).await?.is_problem(422, "invalid-input")?;
    }
    context.ask(LoginWith::Json.request(&someone.username, PASSWORD)).await?.is(200)?;
    Ok(Holds)
}

pub(super) async fn nobody_changes_a_password_without_a_login(context: &Context) -> Standing {
    context.ask(password_change()).await?.is_problem(401, "not-logged-in")?;
    Ok(Holds)
}

pub(super) async fn half_a_change_is_invalid(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    for body in [json!({"current": PASSWORD}), json!({"new": NEW_PASSWORD}), Value::Null] {
        someone.ask(Request::post("/password").json(&body)).await?.is_problem(422, "invalid-input")?;
    }
    Ok(Holds)
}
