//! Two logins of one account: what one of them can learn about the other, and do to it.

use authlab_client::{
    expect::{Failure, ensure, instant, members, text},
    request::Request,
    visitor::{LoginWith, PASSWORD, password_change},
};

use super::{
    Device::{First, Second},
    Judged, StepVerdict, TargetRun, allowed, brings_token,
};

pub(in crate::journey) async fn second(run: &mut TargetRun) -> Judged {
    run.ask(Second, LoginWith::Json.request(&run.username, PASSWORD)).await?.is_json(200)?;
    let body = run.ask(Second, Request::get("/mine")).await?.is_json(200)?;
    ensure(body["username"] == run.username, "the same account on both", || body["username"].to_string())?;
    ensure(body["items"].is_object(), "the items of this login", || body["items"].to_string())?;
    Ok(StepVerdict::AsContract)
}

pub(in crate::journey) async fn list(run: &mut TargetRun) -> Judged {
    let answer = run.ask(First, Request::get("/logins")).await?;
    if !run.about()?.can.list_logins {
        answer.is_problem(501, "mechanism-cannot")?;
        return Ok(allowed("the server keeps no record of each login, so there is nothing to list"));
    }
    let body = answer.is_json(200)?;
    let logins = body["logins"].as_array().map(Vec::as_slice).unwrap_or_default();
    answer.ensure(logins.len() == 2, "both logins")?;
    for login in logins {
        members(login, &["id", "current", "created_at", "last_seen_at", "expires_at", "user_agent"])?;
        text(login, "id")?;
        for member in ["created_at", "last_seen_at", "expires_at"] {
            instant(login, member)?;
        }
    }
    let current = logins.iter().filter(|login| login["current"] == true).count();
    answer.ensure(current == 1, "one login that is the current one")?;
    Ok(StepVerdict::AsContract)
}

pub(in crate::journey) async fn change_password(run: &mut TargetRun) -> Judged {
    let answer = run.ask(First, password_change()).await?;
    let as_token = brings_token(run, &answer)?;
    run.ask(First, Request::get("/mine")).await?.is_json(200)?;
    let second = run.ask(Second, Request::get("/mine")).await?;
    match second.status {
        401 => {
            second.is_problem(401, "not-logged-in")?;
            Ok(if as_token { allowed("the fresh credential is a token in the body") } else { StepVerdict::AsContract })
        }
        200 if !run.about()?.can.revoke_all => {
            Ok(allowed("the second device stays logged in: the server cannot end a credential that it does not keep"))
        }
        _ => Err(Failure::new("401 for the second device, since /about says that all can be ended", second.in_short())),
    }
}
