//! Two logins of one account: what one can see of the other, and whether it can end the other.

use serde_json::json;

use crate::{
    client::{
        expect::{Failure, ensure, instant, members, text},
        request::Request,
    },
    journey::{
        player::{
            Device::{First, Second},
            NEW_PASSWORD, PASSWORD, Player,
        },
        transcript::Verdict,
    },
};

use super::{Scene, Written, allowed, written};

pub(in crate::journey) async fn second(player: &mut Player) -> Scene {
    let account = json!({"username": player.username, "password": PASSWORD});
    player.ask(Second, Request::post("/login").json(&account)).await?.is_json(200)?;
    let body = player.ask(Second, Request::get("/mine")).await?.is_json(200)?;
    ensure(body["username"] == player.username, "the same account on both", || body["username"].to_string())?;
    ensure(body["items"].is_object(), "the items of this login", || body["items"].to_string())?;
    Ok(Verdict::AsContract)
}

pub(in crate::journey) async fn list(player: &mut Player) -> Scene {
    let answer = player.ask(First, Request::get("/logins")).await?;
    if !player.about()?.can.list_logins {
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
    answer.ensure(current == 1, "exactly one current login")?;
    Ok(Verdict::AsContract)
}

pub(in crate::journey) async fn change_password(player: &mut Player) -> Scene {
    let passwords = json!({"current": PASSWORD, "new": NEW_PASSWORD});
    let answer = player.ask(First, Request::post("/password").json(&passwords)).await?;
    let as_token = matches!(written(player, &answer)?, Written::WithToken);
    player.ask(First, Request::get("/mine")).await?.is_json(200)?;
    let second = player.ask(Second, Request::get("/mine")).await?;
    match second.status {
        401 => {
            second.is_problem(401, "not-logged-in")?;
            Ok(if as_token { allowed("the fresh credential is a token in the body") } else { Verdict::AsContract })
        }
        200 if !player.about()?.can.revoke_all => {
            Ok(allowed("the second device stays logged in: the server cannot end a credential that it does not store"))
        }
        _ => Err(Failure::new("401 for the second device, since /about says logins can be ended", second.in_short())),
    }
}
