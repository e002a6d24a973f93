//! The service says what it can; an account is registered, logged in, and recognised.

use authlab_client::{
    expect::{ensure, instant, members, text},
    request::Request,
    visitor::{LoginWith, PASSWORD, registration},
};
use serde_json::json;

use super::{Device::First, Judged, StepVerdict, TargetRun, allowed, is_not_stored, token};

pub(in crate::journey) async fn about(run: &mut TargetRun) -> Judged {
    run.about = Some(run.ask(First, Request::get("/about")).await?.about()?);
    Ok(StepVerdict::AsContract)
}

pub(in crate::journey) async fn register(run: &mut TargetRun) -> Judged {
    let answer = run.ask(First, registration(&run.username)).await?;
    let body = answer.is_json(201)?;
    members(&body, &["username"])?;
    answer.ensure(body["username"] == run.username, "the name that was registered")?;
    answer.ensure(run.first.holds().is_empty(), "no credential before the first login")?;
    Ok(StepVerdict::AsContract)
}

pub(in crate::journey) async fn login(run: &mut TargetRun) -> Judged {
    let answer = run.ask(First, LoginWith::Json.request(&run.username, PASSWORD)).await?;
    let body = answer.is_json(200)?;
    is_not_stored(&answer)?;
    let tokens = run.about()?.hands_out_tokens();
    let token_member: &[&str] = if tokens { &["token"] } else { &[] };
    members(&body, &[&["username", "mechanism", "issued_at", "expires_at"], token_member].concat())?;
    answer.ensure(text(&body, "username")? == run.username, "the name that logged in")?;
    answer.ensure(text(&body, "mechanism")? == run.about()?.mechanism, "the mechanism that /about names")?;
    answer.ensure(instant(&body, "issued_at")? < instant(&body, "expires_at")?, "a login that lasts")?;
    let sets_cookie = answer.set_cookies().next().is_some();
    if tokens {
        token(&body)?;
        answer.ensure(!sets_cookie, "no cookie for a client that was handed a token")?;
        return Ok(allowed("a client that asks in JSON is handed a token in the body, and no cookie"));
    }
    answer.ensure(sets_cookie, "the credential in a cookie")?;
    Ok(StepVerdict::AsContract)
}

pub(in crate::journey) async fn mine(run: &mut TargetRun) -> Judged {
    let answer = run.ask(First, Request::get("/mine")).await?;
    let body = answer.is_json(200)?;
    is_not_stored(&answer)?;
    members(&body, &["username", "mechanism", "issued_at", "expires_at", "items"])?;
    ensure(body["username"] == run.username, "the name that logged in", || body["username"].to_string())?;
    ensure(body["items"] == json!({}), "no items yet", || body["items"].to_string())?;
    Ok(StepVerdict::AsContract)
}
