//! Items: one, five at once, and one that is too large.

use std::collections::BTreeMap;

use authlab_client::{
    answer::Answer,
    expect::{Failure, ensure, members},
    request::Request,
    visitor::put_item,
};
use futures_util::{TryStreamExt as _, stream::FuturesUnordered};
use serde_json::Value;

use super::{Device::First, Judged, StepVerdict, TargetRun, allowed, brings_token};

const NOTE: &str = "你好，世界 🐎🔋 à bientôt";
const PARALLEL: [&str; 5] = ["one", "two", "three", "four", "five"];
const TOO_LARGE: usize = 200_000;

pub(in crate::journey) async fn put(run: &mut TargetRun) -> Judged {
    let answer = run.ask(First, put_item("note", NOTE)).await?;
    if brings_token(run, &answer)? {
        return Ok(allowed("the token carries its items, so writing one is answered with a new token"));
    }
    Ok(StepVerdict::AsContract)
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
    let writes = PARALLEL.map(|key| {
        let mut copy = run.first.fork();
        async move { copy.deliver(&put_item(key, key)).await.map(|answer| (key, answer)) }
    });
    let mut writes = FuturesUnordered::from_iter(writes);
    let mut answers: BTreeMap<&str, Answer> = BTreeMap::new();
    while let Some((key, answer)) = writes.try_next().await? {
        run.first.keep(&answer);
        answers.insert(key, answer);
    }
    for key in PARALLEL {
        run.record(&answers[key]);
        brings_token(run, &answers[key])?;
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
