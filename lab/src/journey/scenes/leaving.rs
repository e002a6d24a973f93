//! Logout: what it clears, and whether a copy of the credential still works afterwards.

use crate::{
    client::{expect::Failure, request::Request},
    journey::{
        player::{
            Device::{First, Thief},
            Player,
        },
        transcript::Verdict,
    },
};

use super::{Scene, allowed};

pub(in crate::journey) async fn logout(player: &mut Player) -> Scene {
    player.thief = Some(player.first.fork());
    player.ask(First, Request::post("/logout")).await?.is_empty(204)?;
    player.ask(First, Request::get("/mine")).await?.is_problem(401, "not-logged-in")?;
    Ok(Verdict::AsContract)
}

pub(in crate::journey) async fn logout_again(player: &mut Player) -> Scene {
    player.ask(First, Request::post("/logout")).await?.is_empty(204)?;
    Ok(Verdict::AsContract)
}

pub(in crate::journey) async fn replay(player: &mut Player) -> Scene {
    let answer = player.ask(Thief, Request::get("/mine")).await?;
    match answer.status {
        401 => {
            answer.is_problem(401, "not-logged-in")?;
            Ok(Verdict::AsContract)
        }
        200 if !player.about()?.can_end_copies() => {
            Ok(allowed("a stolen copy still works: the server stores nothing that marks this login as ended"))
        }
        _ => Err(Failure::new("401, since /about says that a login can be ended", answer.in_short())),
    }
}
