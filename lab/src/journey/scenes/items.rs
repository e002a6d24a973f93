//! Writing items: one, five at once, and one that is too large.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    client::{
        answer::Answer,
        expect::{Failure, ensure, members},
        request::Request,
    },
    journey::{
        player::{Device::First, Player},
        transcript::Verdict,
    },
};

use super::{Scene, Written, allowed, written};

const NOTE: &str = "你好，世界 🐎🔋 à bientôt";
const PARALLEL: [&str; 5] = ["one", "two", "three", "four", "five"];
const TOO_MANY: usize = 200_000;

pub(in crate::journey) async fn put(player: &mut Player) -> Scene {
    let answer = player.ask(First, Request::put("/items/note").json(&json!({"value": NOTE}))).await?;
    match written(player, &answer)? {
        Written::Silently => Ok(Verdict::AsContract),
        Written::WithToken => Ok(allowed("the token carries its items, so the answer to a write is a new token")),
    }
}

pub(in crate::journey) async fn read(player: &mut Player) -> Scene {
    let answer = player.ask(First, Request::get("/items/note")).await?;
    let body = answer.is_json(200)?;
    members(&body, &["key", "value", "expires_at"])?;
    answer.ensure(body["key"] == "note" && body["value"] == NOTE, "the same text")?;
    Ok(Verdict::AsContract)
}

/// Every request starts from the client's state before the first. Afterwards the client holds the state after the last
/// answer.
pub(in crate::journey) async fn write_in_parallel(player: &mut Player) -> Scene {
    let mut writes = JoinSet::new();
    for key in PARALLEL {
        let mut copy = player.first.fork();
        writes.spawn(async move {
            let request = Request::put(format!("/items/{key}")).json(&json!({"value": key}));
            copy.deliver(&request).await.map(|answer| (key, answer))
        });
    }
    let mut answers: BTreeMap<&str, Answer> = BTreeMap::new();
    while let Some(write) = writes.join_next().await {
        let (key, answer) = write.map_err(anyhow::Error::from).and_then(|written| written).map_err(Failure::from)?;
        player.first.keep(&answer);
        answers.insert(key, answer);
    }
    for key in PARALLEL {
        if let Some(answer) = answers.get(key) {
            player.note(answer);
            written(player, answer)?;
        }
    }
    let items = listed(player).await?;
    let survivors: Vec<&str> = PARALLEL.into_iter().filter(|key| items[*key] == *key).collect();
    ensure(items["note"] == NOTE, "the earlier item to be unchanged", || items.to_string())?;
    judge_survivors(player, &survivors)
}

fn judge_survivors(player: &Player, survivors: &[&str]) -> Scene {
    let all = PARALLEL.len();
    if survivors.len() == all {
        return Ok(Verdict::AsContract);
    }
    let left = if survivors.is_empty() { "none".to_owned() } else { survivors.join(", ") };
    if player.about()?.can.concurrent_item_writes {
        return Err(Failure::new(
            format!("all {all} items, since /about says that concurrent writes both survive"),
            format!("only {left}"),
        ));
    }
    Ok(allowed(format!(
        "{} of {all} concurrent writes survived ({left}): each answer replaced what the others had written",
        survivors.len()
    )))
}

pub(in crate::journey) async fn oversize(player: &mut Player) -> Scene {
    let before = listed(player).await?;
    let too_large = json!({"value": "x".repeat(TOO_MANY)});
    let answer = player.ask(First, Request::put("/items/large").json(&too_large)).await?;
    let problem = answer.is_problem(413, "too-large")?;
    let names_a_limit = problem["detail"].as_str().is_some_and(|detail| detail.contains(|c: char| c.is_ascii_digit()));
    answer.ensure(names_a_limit, "the limit in `detail`")?;
    let after = listed(player).await?;
    ensure(before == after, "the refused write to change nothing", || after.to_string())?;
    Ok(Verdict::AsContract)
}

async fn listed(player: &mut Player) -> Result<Value, Failure> {
    let answer = player.ask(First, Request::get("/items")).await?;
    let mut body = answer.is_json(200)?;
    members(&body, &["items"])?;
    Ok(body["items"].take())
}
