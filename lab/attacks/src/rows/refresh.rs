//! Refresh tokens (RFC 6749 §6): used twice, or many times at once.

use authlab_client::{Client, request::Request};
use authlab_results::attacks::Outcome;
use futures_util::future::join_all;

use crate::{attempt::Attempt, row::Played};

const NO_REFRESH: &str = "it hands out no refresh tokens";

pub(super) async fn reuse_a_refresh_token(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let Some(first) = victim.client.tokens().refresh().map(str::to_owned) else {
        return Ok(Outcome::not_applicable(NO_REFRESH));
    };
    let mut current = first.clone();
    // Refreshes twice, so that the thief's token is outside the grace period for lost answers.
    for _ in 0..2 {
        let body = victim.ask(refresh(&current)).await?.is_json(200)?;
        let Some(next) = body["refresh_token"].as_str() else {
            return Ok(Outcome::fell("a refresh token is not replaced when it is used"));
        };
        next.clone_into(&mut current);
    }
    let answer = attempt.somebody("thief").once(refresh(&first)).await?;
    if answer.status == 200 {
        return Ok(Outcome::fell("a used refresh token was accepted again"));
    }
    let answer = victim.client.once(refresh(&current)).await?;
    if answer.status == 200 {
        return Ok(Outcome::fell("a used refresh token was presented again, and its family was not ended"));
    }
    Ok(Outcome::Held)
}

pub(super) async fn refresh_at_once(attempt: &mut Attempt) -> Played {
    const THIEVES: usize = 10;
    let victim = attempt.person("victim").await?;
    let Some(token) = victim.client.tokens().refresh().map(str::to_owned) else {
        return Ok(Outcome::not_applicable(NO_REFRESH));
    };
    let mut thieves: Vec<Client> = (0..THIEVES).map(|_| attempt.somebody("one of many")).collect();
    let answers = join_all(thieves.iter_mut().map(|thief| thief.once(refresh(&token)))).await;
    let mut successors = Vec::new();
    for answer in answers {
        let answer = answer?;
        let next = answer.json().and_then(|body| body["refresh_token"].as_str().map(str::to_owned));
        successors.extend(next.filter(|_| answer.status == 200));
    }
    successors.sort();
    successors.dedup();
    // Within the grace period the service repeats the same successor. Two successors would be two logins from one
    // token.
    match successors.len() {
        0 | 1 => Ok(Outcome::Held),
        several => Ok(Outcome::fell(format!("one refresh token was exchanged for {several} different ones"))),
    }
}

fn refresh(token: &str) -> Request {
    Request::post("/token").without_credential().form(&[("grant_type", "refresh_token"), ("refresh_token", token)])
}
