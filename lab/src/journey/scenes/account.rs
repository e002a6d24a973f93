//! Steps about the account: read `/about`, register, log in, and read `/mine`.

use serde_json::json;

use crate::{
    client::{
        about::About,
        expect::{Failure, ensure, instant, members, text},
        request::Request,
    },
    journey::{
        player::{Device::First, PASSWORD, Player},
        transcript::Verdict,
    },
};

use super::{Scene, allowed, is_not_stored, token};

pub(in crate::journey) async fn about(player: &mut Player) -> Scene {
    let answer = player.ask(First, Request::get("/about")).await?;
    let body = answer.is_json(200)?;
    let about: About = serde_json::from_value(body)
        .map_err(|error| Failure::new("the members that the contract gives /about", error.to_string()))?;
    player.learn(about);
    Ok(Verdict::AsContract)
}

pub(in crate::journey) async fn register(player: &mut Player) -> Scene {
    let account = json!({"username": player.username, "password": PASSWORD});
    let answer = player.ask(First, Request::post("/register").json(&account)).await?;
    let body = answer.is_json(201)?;
    members(&body, &["username"])?;
    answer.ensure(body["username"] == player.username, "the name that was registered")?;
    answer.ensure(player.first.holds().is_empty(), "no credential before the first login")?;
    Ok(Verdict::AsContract)
}

pub(in crate::journey) async fn login(player: &mut Player) -> Scene {
    let account = json!({"username": player.username, "password": PASSWORD});
    let answer = player.ask(First, Request::post("/login").json(&account)).await?;
    let body = answer.is_json(200)?;
    is_not_stored(&answer)?;
    let tokens = player.about()?.hands_out_tokens();
    let token_member: &[&str] = if tokens { &["token"] } else { &[] };
    members(&body, &[&["username", "mechanism", "issued_at", "expires_at"], token_member].concat())?;
    answer.ensure(text(&body, "username")? == player.username, "the name that logged in")?;
    answer.ensure(text(&body, "mechanism")? == player.about()?.mechanism, "the mechanism that /about names")?;
    answer.ensure(instant(&body, "issued_at")? < instant(&body, "expires_at")?, "a login that lasts")?;
    let sets_cookie = answer.set_cookies().next().is_some();
    if tokens {
        token(&body)?;
        answer.ensure(!sets_cookie, "no cookie in addition to the token")?;
        return Ok(allowed("a JSON login gets a token in the body, and no cookie"));
    }
    answer.ensure(sets_cookie, "the credential in a cookie")?;
    Ok(Verdict::AsContract)
}

pub(in crate::journey) async fn mine(player: &mut Player) -> Scene {
    let answer = player.ask(First, Request::get("/mine")).await?;
    let body = answer.is_json(200)?;
    is_not_stored(&answer)?;
    members(&body, &["username", "mechanism", "issued_at", "expires_at", "items"])?;
    ensure(body["username"] == player.username, "the name that logged in", || body["username"].to_string())?;
    ensure(body["items"] == json!({}), "no items yet", || body["items"].to_string())?;
    Ok(Verdict::AsContract)
}
