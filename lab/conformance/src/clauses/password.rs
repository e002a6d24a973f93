//! The password change: this login goes on, and the others end if the mechanism can end them.

use authlab_client::{
    request::Request,
    visitor::{LoginWith, NEW_PASSWORD, PASSWORD, Visitor, change_password, password_change},
};
use serde_json::{Value, json};

use super::{Checked, Context};

/// Changes the password, and checks that the answer hands out a fresh credential.
async fn changed(context: &Context, someone: &mut Visitor) -> Checked {
    let answer = someone.change_password().await?;
    if context.about()?.hands_out_tokens() {
        let body = answer.is_json(200)?;
        return answer.ensure(body["token"]["access_token"].is_string(), "a fresh token");
    }
    answer.is_empty(204)?;
    answer.ensure(answer.new_cookie().is_some(), "a fresh credential in a cookie")
}

pub(super) async fn this_login_goes_on(context: &Context) -> Checked {
    let mut someone = context.someone_who_wrote("note", "kept").await?;
    changed(context, &mut someone).await?;
    someone.is_logged_in().await?;
    someone.has_item("note", "kept").await
}

pub(super) async fn only_the_new_password_logs_in(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    changed(context, &mut someone).await?;
    let old = context.ask(LoginWith::Json.request(&someone.username, PASSWORD)).await?;
    old.is_problem(401, "invalid-credentials")?;
    context.ask(LoginWith::Json.request(&someone.username, NEW_PASSWORD)).await?.is(200)
}

pub(super) async fn every_other_login_ends_where_the_mechanism_can(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let mut other = context.elsewhere(&someone).await?;
    changed(context, &mut someone).await?;
    someone.is_logged_in().await?;
    other.is_logged_out_if(context.about()?.can.revoke_all).await
}

pub(super) async fn the_old_credential_ends_where_the_mechanism_can(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let mut copy = someone.copy();
    changed(context, &mut someone).await?;
    copy.is_logged_out_if(context.about()?.can.revoke_all).await?;
    someone.is_logged_in().await
}

pub(super) async fn the_current_password_must_be_right(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let wrong = change_password("not the current one", NEW_PASSWORD);
    someone.ask(wrong).await?.is_problem(401, "invalid-credentials")?;
    someone.is_logged_in().await?;
    context.ask(LoginWith::Json.request(&someone.username, PASSWORD)).await?.is(200)
}

pub(super) async fn a_new_password_is_judged_like_a_first(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let changes = ["fourteen chars", &"x".repeat(1_025)].map(|new| change_password(PASSWORD, new));
    someone.is_refused(changes, (422, "invalid-input")).await?;
    context.ask(LoginWith::Json.request(&someone.username, PASSWORD)).await?.is(200)
}

pub(super) async fn nobody_changes_a_password_without_a_login(context: &Context) -> Checked {
    context.ask(password_change()).await?.is_problem(401, "not-logged-in")
}

pub(super) async fn half_a_change_is_invalid(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let halves = [json!({"current": PASSWORD}), json!({"new": NEW_PASSWORD}), Value::Null];
    someone.is_refused(halves.map(|half| Request::post("/password").json(&half)), (422, "invalid-input")).await
}
