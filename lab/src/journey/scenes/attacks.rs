//! Attacks as steps for people to follow: a copied credential, an old credential, another site.

use http::{HeaderName, header};
use serde_json::json;

use crate::{
    client::{
        expect::{Failure, ensure},
        request::Request,
    },
    journey::{
        player::{
            Device::{First, Thief},
            NEW_PASSWORD, PASSWORD, Player,
        },
        transcript::Verdict,
    },
};

use super::{Scene, account, allowed, written};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const EVIL: &str = "https://evil.example";

/// `/about` decides which outcomes are allowed. The request is not part of the attack, so it is not recorded.
async fn arrive(player: &mut Player) -> Result<(), Failure> {
    let body = player.first.send(Request::get("/about")).await?.is_json(200)?;
    let about = serde_json::from_value(body).map_err(|error| Failure::new("a valid /about", error.to_string()))?;
    player.learn(about);
    account::register(player).await.map(drop)
}

pub(in crate::journey) async fn log_in(player: &mut Player) -> Scene {
    arrive(player).await?;
    account::login(player).await
}

/// Logs in with the form, as a browser does: the credential is a cookie, which the browser sends automatically.
pub(in crate::journey) async fn log_in_by_form(player: &mut Player) -> Scene {
    arrive(player).await?;
    let fields = [("username", player.username.as_str()), ("password", PASSWORD)];
    let form = Request::post("/login").form(&fields).from_a_browser();
    player.ask(First, form).await?.is(303)?;
    Ok(Verdict::AsContract)
}

pub(in crate::journey) async fn steal(player: &mut Player) -> Scene {
    player.thief = Some(player.first.fork());
    let answer = player.ask(Thief, Request::get("/mine")).await?;
    let body = answer.is_json(200)?;
    ensure(body["username"] == player.username, "the thief to be taken for the victim", || {
        body["username"].to_string()
    })?;
    Ok(Verdict::AsContract)
}

pub(in crate::journey) async fn change_password(player: &mut Player) -> Scene {
    let change = json!({"current": PASSWORD, "new": NEW_PASSWORD});
    let answer = player.ask(First, Request::post("/password").json(&change)).await?;
    written(player, &answer)?;
    player.ask(First, Request::get("/mine")).await?.is_json(200)?;
    Ok(Verdict::AsContract)
}

pub(in crate::journey) async fn pay_in(player: &mut Player) -> Scene {
    keep_balance(player, "10").await?;
    player.thief = Some(player.first.fork());
    Ok(Verdict::AsContract)
}

pub(in crate::journey) async fn spend(player: &mut Player) -> Scene {
    keep_balance(player, "0").await?;
    let body = player.ask(First, Request::get("/items/balance")).await?.is_json(200)?;
    ensure(body["value"] == "0", "the new balance", || body["value"].to_string())?;
    Ok(Verdict::AsContract)
}

async fn keep_balance(player: &mut Player, amount: &str) -> Result<(), Failure> {
    let balance = Request::put("/items/balance").json(&json!({"value": amount}));
    let answer = player.ask(First, balance).await?;
    written(player, &answer).map(drop)
}

pub(in crate::journey) async fn roll_back(player: &mut Player) -> Scene {
    let answer = player.ask(Thief, Request::get("/items/balance")).await?;
    let body = answer.is_json(200)?;
    if body["value"] == "0" {
        return Ok(Verdict::AsContract);
    }
    ensure(body["value"] == "10", "the old balance or the new", || body["value"].to_string())?;
    Ok(allowed("the item is in the client, and the server cannot tell an older copy from the newest"))
}

pub(in crate::journey) async fn act_from_elsewhere(player: &mut Player) -> Scene {
    let new = "a password of the attacker";
    for request in [
        Request::post("/password").form(&[("current", PASSWORD), ("new", new)]),
        Request::post("/logout").form(&[]),
        Request::delete("/items"),
    ] {
        let request = request.header(header::ORIGIN, EVIL).header(SEC_FETCH_SITE, "cross-site");
        player.ask(First, request).await?.is_problem(403, "cross-site-request")?;
    }
    Ok(Verdict::AsContract)
}

pub(in crate::journey) async fn read_from_elsewhere(player: &mut Player) -> Scene {
    let answer = player.ask(First, Request::get("/mine").header(header::ORIGIN, EVIL)).await?;
    answer.is(200)?;
    let allowed = answer.header("access-control-allow-origin");
    answer.ensure(allowed.is_none(), "no permission for another origin to read it")?;
    Ok(Verdict::AsContract)
}
