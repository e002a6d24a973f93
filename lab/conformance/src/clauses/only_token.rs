//! Promises that only token-svc makes: a JSON login gets the token in the body, and a form gets it in a cookie.

use authlab_client::{
    credential::Credential,
    expect::{Failure, ensure, text},
    request::Request,
};

use crate::{
    clause::{
        Standing,
        Stands::{Holds, NotApplicable},
    },
    context::Context,
};

pub(super) async fn json_gets_the_token_in_the_body_and_no_cookie(context: &Context) -> Standing {
    let someone = context.someone().await?;
    let token = &someone.login.is_json(200)?["token"];
    text(token, "access_token")?;
    ensure(token["token_type"] == "Bearer", "the token type Bearer", || token["token_type"].to_string())?;
    ensure(token["expires_in"].as_u64().is_some_and(|seconds| seconds > 0), "`expires_in` in whole seconds", || {
        token["expires_in"].to_string()
    })?;
    someone.login.ensure(someone.login.set_cookies().next().is_none(), "no cookie")?;
    Ok(Holds)
}

pub(super) async fn a_form_gets_the_cookie_token_and_no_body(context: &Context) -> Standing {
    let someone = context.in_a_browser().await?;
    let Credential::Cookie { name, .. } = &someone.credential else {
        return Err(Failure::new("a cookie", someone.login.in_short()));
    };
    ensure(name == "token", "the cookie `token`", || name.clone())?;
    someone.login.ensure(!someone.login.text().contains(someone.credential.text()), "no token in the body")?;
    Ok(Holds)
}

/// RFC 9110 §11.1: the name of a scheme is case-insensitive.
pub(super) async fn bearer_is_read_in_any_case(context: &Context) -> Standing {
    let someone = context.someone().await?;
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let value = format!("{scheme} {}", someone.credential.text());
        let request = Request::get("/mine").header(http::header::AUTHORIZATION, &value);
        context.ask(request).await?.is(200)?;
    }
    Ok(Holds)
}

pub(super) async fn the_new_token_holds_the_item_and_the_old_one_does_not(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    let mut before = someone.copy();
    let answer = someone.put("note", "carried").await?;
    if answer.status == 204 {
        return Ok(NotApplicable("tokens are opaque here, and the server keeps their items".to_owned()));
    }
    answer.ensure(answer.is_json(200)?["token"]["access_token"].is_string(), "a new token")?;
    let (after, before) = (someone.items().await?, before.items().await?);
    ensure(after["note"] == "carried", "the item in the new token", || after.to_string())?;
    ensure(before["note"].is_null(), "the old token as it was", || before.to_string())?;
    Ok(Holds)
}

pub(super) async fn an_item_written_by_cookie_comes_back_as_a_cookie(context: &Context) -> Standing {
    let mut someone = context.in_a_browser().await?;
    let answer = someone.put("note", "carried").await?;
    answer.ensure(matches!(answer.status, 200 | 204), "200 with a new token, or 204")?;
    if answer.status == 200 {
        answer.ensure(answer.set_cookie("token").is_some(), "a new cookie, since the token came in a cookie")?;
    }
    let items = someone.items().await?;
    ensure(items["note"] == "carried", "the item", || items.to_string())?;
    // A token sent in a cookie and in the header must be replaced in both, or the next request carries two different
    // tokens.
    let token = someone.client.jar().value("token").unwrap_or_default().to_owned();
    let body = serde_json::json!({"value": "twice"});
    let twice = someone.ask(Request::put("/items/note").json(&body).bearer(&token)).await?;
    let renewed = twice.status == 204 || twice.set_cookie("token").is_some();
    twice.ensure(renewed, "a new cookie, since the token also came in a cookie")?;
    Ok(Holds)
}

/// RFC 7517: each key names its purpose, and contains no private member.
pub(super) async fn public_keys_are_for_everybody_and_no_key_that_signs_is_among_them(context: &Context) -> Standing {
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
    Ok(Holds)
}
