//! Attacks step by step: with a copy of a credential, with an old one, from another site.

use authlab_client::{
    expect::{Failure, ensure},
    request::Request,
    visitor::{LoginWith, PASSWORD, password_change, put_item},
};
use http::{HeaderName, header};

use super::{
    Device::{First, Thief},
    Judged, StepVerdict, TargetRun, account, allowed, brings_token,
};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const EVIL: &str = "https://evil.example";

/// What the target can decides how an attack may end.
async fn register(run: &mut TargetRun) -> Result<(), Failure> {
    run.about = Some(run.first.about().await?);
    account::register(run).await.map(drop)
}

pub(in crate::journey) async fn log_in(run: &mut TargetRun) -> Judged {
    register(run).await?;
    account::login(run).await
}

/// The same in a browser: the credential is a cookie, which browsers attach to every request.
pub(in crate::journey) async fn log_in_by_form(run: &mut TargetRun) -> Judged {
    register(run).await?;
    run.ask(First, LoginWith::Form.request(&run.username, PASSWORD)).await?.is(303)?;
    Ok(StepVerdict::AsContract)
}

pub(in crate::journey) async fn steal(run: &mut TargetRun) -> Judged {
    run.thief = Some(run.first.fork());
    let answer = run.ask(Thief, Request::get("/mine")).await?;
    let body = answer.is_json(200)?;
    ensure(body["username"] == run.username, "the thief to be taken for the victim", || body["username"].to_string())?;
    Ok(StepVerdict::AsContract)
}

pub(in crate::journey) async fn change_password(run: &mut TargetRun) -> Judged {
    let answer = run.ask(First, password_change()).await?;
    brings_token(run, &answer)?;
    run.ask(First, Request::get("/mine")).await?.is_json(200)?;
    Ok(StepVerdict::AsContract)
}

pub(in crate::journey) async fn pay_in(run: &mut TargetRun) -> Judged {
    keep_balance(run, "10").await?;
    run.thief = Some(run.first.fork());
    Ok(StepVerdict::AsContract)
}

pub(in crate::journey) async fn spend(run: &mut TargetRun) -> Judged {
    keep_balance(run, "0").await?;
    let body = run.ask(First, Request::get("/items/balance")).await?.is_json(200)?;
    ensure(body["value"] == "0", "the new balance", || body["value"].to_string())?;
    Ok(StepVerdict::AsContract)
}

async fn keep_balance(run: &mut TargetRun, amount: &str) -> Result<(), Failure> {
    let answer = run.ask(First, put_item("balance", amount)).await?;
    brings_token(run, &answer).map(drop)
}

pub(in crate::journey) async fn roll_back(run: &mut TargetRun) -> Judged {
    let answer = run.ask(Thief, Request::get("/items/balance")).await?;
    let body = answer.is_json(200)?;
    if body["value"] == "0" {
        return Ok(StepVerdict::AsContract);
    }
    ensure(body["value"] == "10", "the old balance or the new", || body["value"].to_string())?;
    Ok(allowed("the item is in the client, and an older copy of it is as good as the newest"))
}

pub(in crate::journey) async fn act_from_elsewhere(run: &mut TargetRun) -> Judged {
    let new = "a password of the attacker";
    for request in [
        Request::post("/password").form(&[("current", PASSWORD), ("new", new)]),
        Request::post("/logout").form(&[]),
        Request::delete("/items"),
    ] {
        let request = request.header(header::ORIGIN, EVIL).header(SEC_FETCH_SITE, "cross-site");
        run.ask(First, request).await?.is_problem(403, "cross-site-request")?;
    }
    Ok(StepVerdict::AsContract)
}

pub(in crate::journey) async fn read_from_elsewhere(run: &mut TargetRun) -> Judged {
    let answer = run.ask(First, Request::get("/mine").header(header::ORIGIN, EVIL)).await?;
    answer.is(200)?;
    let allowed = answer.header("access-control-allow-origin");
    answer.ensure(allowed.is_none(), "no leave for another origin to read it")?;
    Ok(StepVerdict::AsContract)
}
