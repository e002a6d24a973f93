//! Refresh tokens (RFC 6749 §6): each is exchanged once, and a second use is detected.

use authlab_client::{
    answer::Answer,
    expect::{Failure, ensure, text},
    request::Request,
    visitor::{LoginWith, Visitor},
};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    clause::{
        Standing,
        Stands::{Holds, NotApplicable},
    },
    context::Context,
};

/// Sends the refresh token without any other credential.
pub(super) fn spend(refresh_token: &str) -> Request {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    Request::post("/token").without_credential().form(&fields)
}

/// A JWT login, whatever kind the service prefers.
pub(super) async fn with_refresh_token(context: &Context) -> Result<(Visitor, String), Failure> {
    let someone = context.someone_with(LoginWith::Kind("jwt")).await?;
    let token = text(&someone.login.is_json(200)?["token"], "refresh_token")?.to_owned();
    Ok((someone, token))
}

fn pair(answer: &Answer) -> Result<(String, String), Failure> {
    let body = answer.is_json(200)?;
    Ok((text(&body, "access_token")?.to_owned(), text(&body, "refresh_token")?.to_owned()))
}

/// RFC 6749 §5.2, as a problem document. The cookies stay, because another tab may have refreshed first.
fn is_refused(answer: &Answer, error: &str) -> Standing {
    let problem = answer.is_problem(400, "malformed-request")?;
    answer.ensure(problem["error"] == error, format!("the error `{error}`"))?;
    answer.ensure(answer.set_cookies().next().is_none(), "no cookie to be deleted")?;
    Ok(Holds)
}

pub(super) async fn a_refresh_token_buys_a_new_pair(context: &Context) -> Standing {
    let (someone, first) = with_refresh_token(context).await?;
    let answer = context.ask(spend(&first)).await?;
    let (access, second) = pair(&answer)?;
    let body = answer.is_json(200)?;
    answer.ensure(body["token_type"] == "Bearer", "the token type Bearer")?;
    answer.ensure(body["expires_in"].as_u64().is_some_and(|seconds| seconds > 0), "`expires_in` in whole seconds")?;
    let not_stored = answer.header("cache-control").is_some_and(|value| value.contains("no-store"));
    answer.ensure(not_stored, "`Cache-Control: no-store`")?;
    answer.ensure(answer.set_cookies().next().is_none(), "no cookie for a client that sent none")?;
    ensure(second != first, "another refresh token", || "the same".to_owned())?;
    let mine = context.ask(Request::get("/mine").bearer(&access)).await?.is_json(200)?;
    ensure(mine["username"] == someone.username, "the same login", || mine.to_string())?;
    context.ask(spend(&second)).await?.is(200)?;
    Ok(Holds)
}

/// Two tabs may refresh at the same time.
pub(super) async fn within_the_grace_the_same_successor_is_told_again(context: &Context) -> Standing {
    let (_, first) = with_refresh_token(context).await?;
    let (_, second) = pair(&context.ask(spend(&first)).await?)?;
    let again = context.ask(spend(&first)).await?;
    if again.status == 400 {
        is_refused(&again, "invalid_grant")?;
        return Ok(NotApplicable("there is no grace period".to_owned()));
    }
    let (access, same) = pair(&again)?;
    ensure(same == second, "the same successor", || "another one".to_owned())?;
    context.ask(Request::get("/mine").bearer(&access)).await?.is(200)?;
    Ok(Holds)
}

pub(super) async fn a_spent_one_ends_the_whole_family(context: &Context) -> Standing {
    let (mut someone, first) = with_refresh_token(context).await?;
    let (_, second) = pair(&context.ask(spend(&first)).await?)?;
    let (access, third) = pair(&context.ask(spend(&second)).await?)?;
    is_refused(&context.ask(spend(&first)).await?, "invalid_grant")?;
    is_refused(&context.ask(spend(&third)).await?, "invalid_grant")?;
    if context.about()?.can_end_copies() {
        context.ask(Request::get("/mine").bearer(&access)).await?.is_problem(401, "not-logged-in")?;
        someone.is_logged_out().await?;
    }
    Ok(Holds)
}

pub(super) async fn many_at_once_get_one_successor(context: &Context) -> Standing {
    let (_, token) = with_refresh_token(context).await?;
    let answers = join_all((0..10).map(|_| context.ask(spend(&token)))).await;
    let mut successors = Vec::new();
    for answer in answers {
        let answer = answer?;
        if answer.status == 200 {
            successors.push(pair(&answer)?.1);
        } else {
            is_refused(&answer, "invalid_grant")?;
        }
    }
    successors.sort();
    successors.dedup();
    ensure(successors.len() == 1, "one successor", || format!("{} different ones", successors.len()))?;
    Ok(Holds)
}

pub(super) async fn what_is_no_refresh_is_refused_in_oauths_words(context: &Context) -> Standing {
    let form = |fields: &[(&str, &str)]| Request::post("/token").form(fields);
    for (request, error) in [
        (form(&[]), "invalid_request"),
        (form(&[("refresh_token", "x")]), "invalid_request"),
        (form(&[("grant_type", "refresh_token")]), "invalid_request"),
        (form(&[("grant_type", "refresh_token"), ("grant_type", "refresh_token")]), "invalid_request"),
        (form(&[("grant_type", "password"), ("username", "a"), ("password", "b")]), "unsupported_grant_type"),
        (form(&[("grant_type", "refresh_token"), ("refresh_token", "")]), "invalid_grant"),
        (form(&[("grant_type", "refresh_token"), ("refresh_token", "made up")]), "invalid_grant"),
    ] {
        is_refused(&context.ask(request).await?, error)?;
    }
    let json = Request::post("/token").json(&json!({"grant_type": "refresh_token"}));
    context.ask(json).await?.is_problem(415, "unsupported-media-type")?;
    Ok(Holds)
}

pub(super) async fn neither_token_is_taken_for_the_other(context: &Context) -> Standing {
    let (someone, refresh_token) = with_refresh_token(context).await?;
    context.ask(Request::get("/mine").bearer(&refresh_token)).await?.is_problem(401, "not-logged-in")?;
    context.ask(Request::get("/mine").cookie("token", &refresh_token)).await?.is_problem(401, "not-logged-in")?;
    is_refused(&context.ask(spend(someone.credential.text())).await?, "invalid_grant")
}

pub(super) async fn items_go_over_from_the_token_that_is_shown_along(context: &Context) -> Standing {
    let (mut someone, refresh_token) = with_refresh_token(context).await?;
    someone.put("note", "carried").await?.is(200)?;
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    pair(&someone.ask(Request::post("/token").form(&fields)).await?)?;
    let items: Value = someone.items().await?;
    ensure(items["note"] == "carried", "the item in the new token", || items.to_string())?;
    Ok(Holds)
}

pub(super) async fn a_login_that_has_ended_is_refreshed_no_more(context: &Context) -> Standing {
    let (mut someone, refresh_token) = with_refresh_token(context).await?;
    someone.log_out().await?.is_empty(204)?;
    is_refused(&context.ask(spend(&refresh_token)).await?, "invalid_grant")
}

pub(super) async fn a_form_login_brings_both_cookies(context: &Context) -> Standing {
    let mut someone = context.in_a_browser().await?;
    let Some(refresh) = someone.login.set_cookie("refresh") else {
        return Ok(NotApplicable("the token of a form login needs no refresh here".to_owned()));
    };
    ensure(refresh.http_only() == Some(true), "a cookie that no script reads", || "it lacks HttpOnly".to_owned())?;
    let shown = someone.login.text().contains(refresh.value());
    ensure(!shown, "no refresh token in the body", || "it is there".to_owned())?;
    let answer = someone.log_out().await?;
    let cleared = answer.set_cookie("refresh").is_some_and(|cookie| cookie.deletes());
    answer.ensure(cleared, "the cookie `refresh` to be deleted with the login")?;
    is_refused(&context.ask(spend(refresh.value())).await?, "invalid_grant")
}
