//! Refresh tokens (RFC 6749 §6): used twice, or many times at once.

use std::collections::BTreeSet;

use authlab_client::{
    Client,
    visitor::{Visitor, refresh},
};
use futures_util::future::join_all;

use super::{Attempt, Ended, Played, fell_if, not_applicable};

fn refresh_token(victim: &Visitor) -> Result<String, Ended> {
    let token = victim.client.tokens().refresh().map(str::to_owned);
    token.ok_or_else(|| not_applicable("it hands out no refresh tokens"))
}

pub(super) async fn reuse_a_refresh_token(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let first = refresh_token(&victim)?;
    let mut current = first.clone();
    // Refreshes twice, so that the thief's token is outside the grace period for lost answers.
    for _ in 0..2 {
        let body = victim.ask(refresh(&current)).await?.is_json(200)?;
        let next = body["refresh_token"].as_str();
        fell_if(next.is_none(), "a refresh token is not replaced when it is used")?;
        next.unwrap_or_default().clone_into(&mut current);
    }
    let answer = attempt.somebody("thief").once(refresh(&first)).await?;
    fell_if(answer.status == 200, "a used refresh token was accepted again")?;
    let answer = victim.client.once(refresh(&current)).await?;
    fell_if(answer.status == 200, "a used refresh token was presented again, and its family was not ended")
}

pub(super) async fn refresh_at_once(attempt: &mut Attempt) -> Played {
    const THIEVES: usize = 10;
    let victim = attempt.person("victim").await?;
    let token = refresh_token(&victim)?;
    let mut thieves: Vec<Client> = (0..THIEVES).map(|_| attempt.somebody("one of many")).collect();
    let answers = join_all(thieves.iter_mut().map(|thief| thief.once(refresh(&token)))).await;
    let mut successors = BTreeSet::new();
    for answer in answers {
        let answer = answer?;
        let next = answer.json().and_then(|body| body["refresh_token"].as_str().map(str::to_owned));
        successors.extend(next.filter(|_| answer.status == 200));
    }
    // Within the grace period the service repeats the same successor. Two successors would be two logins from one
    // token.
    let several = successors.len();
    fell_if(several > 1, format!("one refresh token was exchanged for {several} different ones"))
}
