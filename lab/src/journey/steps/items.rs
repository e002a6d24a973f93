//! Items: one, five at once, and one that is too large.

use std::collections::BTreeMap;

use authlab_client::{
    answer::Answer,
    expect::{Failure, ensure, members},
    request::Request,
    visitor::put_item,
};
use serde_json::Value;
use tokio::task::JoinSet;

use super::{Judged, Written, allowed, written};
use crate::journey::{
    target_run::{Device::First, TargetRun},
    transcript::StepVerdict,
};

const NOTE: &str = "你好，世界 🐎🔋 à bientôt";
const PARALLEL: [&str; 5] = ["one", "two", "three", "four", "five"];
const TOO_LARGE: usize = 200_000;

pub(in crate::journey) async fn put(run: &mut TargetRun) -> Judged {
    let answer = run.ask(First, put_item("note", NOTE)).await?;
    match written(run, &answer)? {
        Written::Silently => Ok(StepVerdict::AsContract),
        Written::WithToken => Ok(allowed("the token carries its items, so writing one is answered with a new token")),
    }
}

pub(in crate::journey) async fn read(run: &mut TargetRun) -> Judged {
    let answer = run.ask(First, Request::get("/items/note")).await?;
    let body = answer.is_json(200)?;
    members(&body, &["key", "value", "expires_at"])?;
    answer.ensure(body["key"] == "note" && body["value"] == NOTE, "the very text that was put")?;
    Ok(StepVerdict::AsContract)
}

/// Every request carries what the client held before the first one. The client keeps the answers in the order in which they
/// come.
pub(in crate::journey) async fn write_in_parallel(run: &mut TargetRun) -> Judged {
    let mut writes = JoinSet::new();
    for key in PARALLEL {
        let mut copy = run.first.fork();
        writes.spawn(async move { copy.deliver(&put_item(key, key)).await.map(|answer| (key, answer)) });
    }
    let mut answers: BTreeMap<&str, Answer> = BTreeMap::new();
    while let Some(write) = writes.join_next().await {
        let (key, answer) = write.map_err(anyhow::Error::from).and_then(|written| written).map_err(Failure::from)?;
        run.first.keep(&answer);
        answers.insert(key, answer);
    }
    for key in PARALLEL {
        if let Some(answer) = answers.get(key) {
            run.record(answer);
            written(run, answer)?;
        }
    }
    let items = listed(run).await?;
    let survivors: Vec<&str> = PARALLEL.into_iter().filter(|key| items[*key] == *key).collect();
    ensure(items["note"] == NOTE, "the item from before to be left alone", || items.to_string())?;
    judge_survivors(run, &survivors)
}

fn judge_survivors(run: &TargetRun, survivors: &[&str]) -> Judged {
    let all = PARALLEL.len();
    if survivors.len() == all {
        return Ok(StepVerdict::AsContract);
    }
    let left = if survivors.is_empty() { "none".to_owned() } else { survivors.join(", ") };
    if run.about()?.can.concurrent_item_writes {
        return Err(Failure::new(
            format!("all {all} items, since /about says that concurrent writes both survive"),
            format!("only {left}"),
        ));
    }
    Ok(allowed(format!(
        "of {all} items written at once {} survived ({left}): each answer replaced all that the others had written",
        survivors.len()
    )))
}

pub(in crate::journey) async fn oversize(run: &mut TargetRun) -> Judged {
    let before = listed(run).await?;
    let answer = run.ask(First, put_item("large", &"x".repeat(TOO_LARGE))).await?;
    let problem = answer.problem(413, "too-large")?;
    let names_a_limit = problem["detail"].as_str().is_some_and(|detail| detail.contains(|c: char| c.is_ascii_digit()));
    answer.ensure(names_a_limit, "the limit, named in `detail`")?;
    let after = listed(run).await?;
    ensure(before == after, "nothing to be changed by what was refused", || after.to_string())?;
    Ok(StepVerdict::AsContract)
}

async fn listed(run: &mut TargetRun) -> Result<Value, Failure> {
    let answer = run.ask(First, Request::get("/items")).await?;
    let mut body = answer.is_json(200)?;
    members(&body, &["items"])?;
    Ok(body["items"].take())
}
