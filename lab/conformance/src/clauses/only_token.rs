//! Promises that only token-svc makes: a JSON login gets the token in the body, and a form gets it in a cookie.

use authlab_client::{
    expect::{Failure, ensure, text},
    request::Request,
    visitor::put_item,
};
use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use super::{Applied, Checked, ClauseOutcome, Context};

pub(super) async fn json_gets_the_token_in_the_body_and_no_cookie(context: &Context) -> Checked {
    let someone = context.someone().await?;
    let token = &someone.login.is_json(200)?["token"];
    text(token, "access_token")?;
    is_bearer(token)?;
    someone.login.ensure(someone.login.set_cookies().next().is_none(), "no cookie")
}

/// RFC 6749 §5.1: the type of the token, and its lifetime in whole seconds.
pub(super) fn is_bearer(token: &Value) -> Checked {
    let came = |member: &str| token[member].to_string();
    ensure(token["token_type"] == "Bearer", "the token type Bearer", || came("token_type"))?;
    let lives = token["expires_in"].as_u64().is_some_and(|seconds| seconds > 0);
    ensure(lives, "`expires_in` in whole seconds", || came("expires_in"))
}

pub(super) async fn a_form_gets_the_cookie_token_and_no_body(context: &Context) -> Checked {
    let someone = context.in_a_browser().await?;
    let (name, value) = someone.cookie()?;
    ensure(name == "token", "the cookie `token`", || name.to_owned())?;
    someone.login.ensure(!someone.login.text().contains(value), "no token in the body")
}

/// RFC 9110 §11.1: the name of a scheme is case-insensitive.
pub(super) async fn bearer_is_read_in_any_case(context: &Context) -> Checked {
    let someone = context.someone().await?;
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let value = format!("{scheme} {}", someone.credential.text());
        context.ask(Request::get("/mine").header(AUTHORIZATION, &value)).await?.is(200)?;
    }
    Ok(())
}

pub(super) async fn the_new_token_holds_the_item_and_the_old_one_does_not(context: &Context) -> Applied {
    let mut someone = context.someone().await?;
    let mut before = someone.copy();
    let answer = someone.put("note", "carried").await?;
    if answer.status == 204 {
        return Ok(ClauseOutcome::not_applicable("tokens are opaque here, and the server keeps their items"));
    }
    answer.ensure(answer.is_json(200)?["token"]["access_token"].is_string(), "a new token")?;
    someone.has_item("note", "carried").await?;
    before.has_items(&json!({})).await?;
    Ok(ClauseOutcome::Passed)
}

pub(super) async fn an_item_written_by_cookie_comes_back_as_a_cookie(context: &Context) -> Checked {
    let mut someone = context.in_a_browser().await?;
    let answer = someone.put("note", "carried").await?;
    answer.ensure(matches!(answer.status, 200 | 204), "200 with a new token, or 204")?;
    if answer.status == 200 {
        answer.ensure(answer.set_cookie("token").is_some(), "a new cookie, since the token came in a cookie")?;
    }
    someone.has_item("note", "carried").await?;
    // A token sent in a cookie and in the header must be replaced in both, or the next request carries two different
    // tokens.
    let token = someone.client.jar().value("token").unwrap_or_default().to_owned();
    let twice = someone.ask(put_item("note", "twice").bearer(&token)).await?;
    let renewed = twice.status == 204 || twice.set_cookie("token").is_some();
    twice.ensure(renewed, "a new cookie, since the token also came in a cookie")
}

/// RFC 7517: each key names its purpose, and contains no private member.
pub(super) async fn public_keys_are_for_everybody_and_no_key_that_signs_is_among_them(context: &Context) -> Checked {
    let answer = context.ask(Request::get("/.well-known/jwks.json")).await?;
    let cached = answer.header("cache-control").is_some_and(|value| value.contains("max-age="));
    answer.ensure(cached, "a Cache-Control with a max-age")?;
    let set = answer.is_json(200)?;
    let keys = set["keys"].as_array().ok_or_else(|| Failure::new("the array `keys`", set.to_string()))?;
    for key in keys {
        let named = ["kid", "alg", "kty"].iter().all(|member| key[*member].is_string());
        ensure(named && key["use"] == "sig", "`kid`, `alg`, `kty` and the use `sig`", || key.to_string())?;
        let private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|member| !key[*member].is_null());
        ensure(!private && key["kty"] != "oct", "public members only", || key.to_string())?;
    }
    Ok(())
}
