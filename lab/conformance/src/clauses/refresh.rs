//! Refresh tokens (RFC 6749 §6): each is exchanged once, and a second use is detected.

use std::collections::BTreeSet;

use authlab_client::{
    answer::Answer,
    expect::{Failure, ensure, text},
    request::Request,
    visitor::{LoginWith, Visitor, refresh},
};
use futures_util::future::join_all;
use serde_json::json;

use super::{Applied, Checked, ClauseOutcome, Context, only_token::is_bearer};

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
pub(super) fn is_refused(answer: &Answer, error: &str) -> Checked {
    let problem = answer.problem(400, "malformed-request")?;
    answer.ensure(problem["error"] == error, format!("the error `{error}`"))?;
    answer.ensure(answer.set_cookies().next().is_none(), "no cookie to be deleted")
}

pub(super) async fn a_refresh_token_buys_a_new_pair(context: &Context) -> Checked {
    let (someone, first) = with_refresh_token(context).await?;
    let answer = context.ask(refresh(&first)).await?;
    let (access, second) = pair(&answer)?;
    let body = answer.is_json(200)?;
    is_bearer(&body)?;
    answer.is_not_stored()?;
    answer.ensure(answer.set_cookies().next().is_none(), "no cookie for a client that sent none")?;
    ensure(second != first, "another refresh token", || "the same".to_owned())?;
    someone.is_found_in(&context.ask(Request::get("/mine").bearer(&access)).await?)?;
    context.ask(refresh(&second)).await?.is(200)
}

/// Two tabs may refresh at the same time.
pub(super) async fn within_the_grace_the_same_successor_is_told_again(context: &Context) -> Applied {
    let (_, first) = with_refresh_token(context).await?;
    let (_, second) = pair(&context.ask(refresh(&first)).await?)?;
    let again = context.ask(refresh(&first)).await?;
    if again.status == 400 {
        is_refused(&again, "invalid_grant")?;
        return Ok(ClauseOutcome::not_applicable("there is no grace period"));
    }
    let (access, same) = pair(&again)?;
    ensure(same == second, "the same successor", || "another one".to_owned())?;
    context.ask(Request::get("/mine").bearer(&access)).await?.is(200)?;
    Ok(ClauseOutcome::Passed)
}

pub(super) async fn a_spent_one_ends_the_whole_family(context: &Context) -> Checked {
    let (mut someone, first) = with_refresh_token(context).await?;
    let (_, second) = pair(&context.ask(refresh(&first)).await?)?;
    let (access, third) = pair(&context.ask(refresh(&second)).await?)?;
    is_refused(&context.ask(refresh(&first)).await?, "invalid_grant")?;
    is_refused(&context.ask(refresh(&third)).await?, "invalid_grant")?;
    if context.about()?.can_end_copies() {
        context.ask(Request::get("/mine").bearer(&access)).await?.is_problem(401, "not-logged-in")?;
        someone.is_logged_out().await?;
    }
    Ok(())
}

pub(super) async fn many_at_once_get_one_successor(context: &Context) -> Checked {
    let (_, token) = with_refresh_token(context).await?;
    let answers = join_all((0..10).map(|_| context.ask(refresh(&token)))).await;
    let mut successors = BTreeSet::new();
    for answer in answers {
        let answer = answer?;
        if answer.status == 200 {
            successors.insert(pair(&answer)?.1);
        } else {
            is_refused(&answer, "invalid_grant")?;
        }
    }
    ensure(successors.len() == 1, "one successor", || format!("{} different ones", successors.len()))
}

pub(super) async fn what_is_no_refresh_is_refused_in_oauths_words(context: &Context) -> Checked {
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
    context.ask(json).await?.is_problem(415, "unsupported-media-type")
}

pub(super) async fn neither_token_is_taken_for_the_other(context: &Context) -> Checked {
    let (someone, refresh_token) = with_refresh_token(context).await?;
    let mine = Request::get("/mine");
    let shown = [mine.clone().bearer(&refresh_token), mine.cookie("token", &refresh_token)];
    context.refuses(shown, (401, "not-logged-in")).await?;
    is_refused(&context.ask(refresh(someone.credential.text())).await?, "invalid_grant")
}

pub(super) async fn items_go_over_from_the_token_that_is_shown_along(context: &Context) -> Checked {
    let (mut someone, refresh_token) = with_refresh_token(context).await?;
    someone.put("note", "carried").await?.is(200)?;
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    pair(&someone.ask(Request::post("/token").form(&fields)).await?)?;
    someone.has_item("note", "carried").await
}

pub(super) async fn a_login_that_has_ended_is_refreshed_no_more(context: &Context) -> Checked {
    let (mut someone, refresh_token) = with_refresh_token(context).await?;
    someone.log_out().await?.is_empty(204)?;
    is_refused(&context.ask(refresh(&refresh_token)).await?, "invalid_grant")
}

pub(super) async fn a_form_login_brings_both_cookies(context: &Context) -> Applied {
    let mut someone = context.in_a_browser().await?;
    let Some(cookie) = someone.login.set_cookie("refresh") else {
        return Ok(ClauseOutcome::not_applicable("the token of a form login needs no refresh here"));
    };
    ensure(cookie.http_only() == Some(true), "a cookie that no script reads", || "it lacks HttpOnly".to_owned())?;
    let shown = someone.login.text().contains(cookie.value());
    ensure(!shown, "no refresh token in the body", || "it is there".to_owned())?;
    let answer = someone.log_out().await?;
    answer.ensure(answer.deletes_cookie("refresh"), "the cookie `refresh` to be deleted with the login")?;
    is_refused(&context.ask(refresh(cookie.value())).await?, "invalid_grant")?;
    Ok(ClauseOutcome::Passed)
}
