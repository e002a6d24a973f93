//! Old items and ended logins, restored by an old credential or by a late write.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tokio::time::sleep;

use crate::{
    attack::{
        row::{Ended, Nature, Outcome},
        rows::theft::NOBODY_KNOWS_IT_HAS_ENDED,
        stage::{Actor, Stage},
    },
    client::{about::StateLives, request::Request},
};

pub(super) async fn roll_back_an_item(stage: &mut Stage) -> Ended {
    let mut victim = stage.person("victim").await?;
    victim.put("balance", "10").await?;
    let mut old = victim.thief();
    victim.put("balance", "0").await?;
    let answer = old.ask(Request::get("/items/balance")).await?;
    let found = answer.json().map(|body| body["value"].clone()).unwrap_or_default();
    if answer.status != 200 || found != "10" {
        return Ok(Outcome::Held);
    }
    if stage.about.state_lives == StateLives::Server {
        return Ok(Outcome::fell("an old credential brings an old item back"));
    }
    Ok(Outcome::ByNature(Nature {
        because: "the item is in the client, and an older copy of it is as good as the newest",
        remedy: "keep on the server what must not be rolled back",
        price: "one look-up in the store a request",
    }))
}

/// A session store that reads, changes and writes back a whole record can restore a session that was deleted meanwhile.
pub(super) async fn write_while_logging_out(stage: &mut Stage) -> Ended {
    const ROUNDS: u32 = 12;
    let username = stage.account("victim").await?;
    for round in 0..ROUNDS {
        let mut victim = stage.somebody("victim").log_in(username.clone()).await?;
        let mut writers: Vec<Actor> = (0..4).map(|_| victim.thief()).collect();
        let mut afterwards = victim.thief();
        for writer in &mut writers {
            writer.client.connect().await?;
        }
        let write = || Request::put("/items/note").json(&json!({"value": "late"}));
        let writing = join_all(writers.iter_mut().map(|writer| writer.ask(write())));
        let logging_out = async {
            sleep(head_start(round)).await;
            victim.ask(Request::post("/logout")).await
        };
        let (written, logged_out) = tokio::join!(writing, logging_out);
        logged_out?.is(204)?;
        for answer in written {
            answer?;
        }
        let revived = afterwards.whoami().await?.is_some();
        if revived {
            return Ok(stage.unless_it_can_end_copies(
                "a write at the moment of the logout restored the login",
                NOBODY_KNOWS_IT_HAS_ENDED,
            ));
        }
        for writer in &mut writers {
            if writer.whoami().await?.is_some() {
                return Ok(Outcome::fell("a concurrent write got a login that outlives the logout"));
            }
        }
    }
    Ok(Outcome::Held)
}

/// The head start of the writes before the logout. It begins at zero, then doubles from 1/16 ms, because the duration
/// of a write is unknown.
fn head_start(round: u32) -> Duration {
    Duration::from_nanos(62_500) * (2_u32.pow(round) / 2)
}
