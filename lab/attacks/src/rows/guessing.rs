//! Guesses of usernames and passwords.

use std::{collections::BTreeSet, time::Duration};

use authlab_client::{
    answer::Answer,
    expect::Failure,
    fresh,
    request::Request,
    visitor::{LoginWith, PASSWORD, account, change_password},
};
use http::HeaderName;
use serde_json::Value;
use tokio::time::Instant;

use super::{Attempt, Played, fell, fell_if};

pub(super) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Attempts of each kind. The fastest counts, because other load only slows an attempt down.
const TRIES: usize = 4;
/// The factor by which an answer must be faster to prove that no password was hashed, even on a busy machine.
const TELLING: u32 = 6;

pub(super) async fn tell_names_apart(attempt: &mut Attempt) -> Played {
    let known = attempt.account("victim").await?;
    let unknown = fresh::username("nobody");
    let (mut of_known, mut of_unknown) = (Vec::new(), Vec::new());
    for _ in 0..TRIES {
        of_known.push(refused(attempt, &known).await?);
        of_unknown.push(refused(attempt, &unknown).await?);
    }
    let [one, other] = [&of_known, &of_unknown].map(|tries| shape(&tries[0].0));
    fell_if(one != other, "the answer for an unknown name differs")?;
    let fastest = |tries: &[(Answer, Duration)]| tries.iter().map(|(_, took)| *took).min().unwrap_or_default();
    let (one, other) = (fastest(&of_known), fastest(&of_unknown));
    let times = format!("{} ms for a known name, {} ms for another", one.as_millis(), other.as_millis());
    fell_if(one > other * TELLING || other > one * TELLING, times)
}

async fn refused(attempt: &Attempt, username: &str) -> Result<(Answer, Duration), Failure> {
    let mut attacker = attempt.somebody("attacker");
    attacker.connect().await?;
    let start = Instant::now();
    let answer = attacker.ask(LoginWith::Json.request(username, "not the right password")).await?;
    let took = start.elapsed();
    answer.ensure((400..500).contains(&answer.status), "a refusal")?;
    Ok((answer, took))
}

/// The parts of a refusal that must not depend on the username: the status, the words and the names of the headers.
fn shape(answer: &Answer) -> (u16, Option<[Value; 3]>, BTreeSet<&str>) {
    let words = answer.json().map(|problem| ["type", "title", "detail"].map(|member| problem[member].clone()));
    (answer.status, words, answer.headers.keys().map(HeaderName::as_str).collect())
}

/// The maximum of consecutive failures that NIST SP 800-63B-4 §3.2.2 allows.
pub(super) const MAX_GUESSES: u32 = 100;

pub(super) async fn guess_a_password(attempt: &mut Attempt) -> Played {
    let username = attempt.account("victim").await?;
    let mut attacker = attempt.somebody("attacker");
    for guess in 0..=MAX_GUESSES {
        // A service that trusts this header counts each guess for another client.
        let address = format!("203.0.113.{guess}");
        let body = account(&username, &format!("a wrong password, number {guess}"));
        let answer = attacker.once(Request::post("/login").json(&body).header(X_FORWARDED_FOR, &address)).await?;
        if is_slowed_down(&answer) {
            return Ok(());
        }
        answer.ensure(matches!(answer.status, 401 | 429), "a refusal")?;
    }
    Err(fell(format!("{} guesses in a row, and none was slowed down", MAX_GUESSES + 1)))
}

/// `Retry-After: 1` means that the service is busy with other password hashes, which is no rate limit.
pub(super) fn is_slowed_down(answer: &Answer) -> bool {
    answer.status == 429 && answer.header("retry-after").is_some_and(|seconds| seconds != "1")
}

pub(super) async fn use_a_short_password(attempt: &mut Attempt) -> Played {
    let mut person = attempt.person("victim").await?;
    for password in ["", "1234567", "fourteen chars"] {
        let length = password.len();
        let body = account(&fresh::username("short"), password);
        let answer = attempt.somebody("victim").ask(Request::post("/register").json(&body)).await?;
        fell_if(answer.status < 400, format!("a password of {length} characters was accepted"))?;
        let answer = person.ask(change_password(PASSWORD, password)).await?;
        fell_if(answer.status < 400, format!("the password was changed to one of {length} characters"))?;
    }
    Ok(())
}
