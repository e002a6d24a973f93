//! Guesses of usernames and passwords.

use std::time::Duration;

use authlab_client::{
    answer::Answer,
    expect::Failure,
    fresh,
    request::Request,
    visitor::{LoginWith, PASSWORD, account},
};
use authlab_results::attacks::Outcome;
use http::HeaderName;
use serde_json::Value;
use tokio::time::Instant;

use crate::{attempt::Attempt, row::Played};

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
    let (one, other) = (&of_known[0].0, &of_unknown[0].0);
    if (one.status, words(one), header_names(one)) != (other.status, words(other), header_names(other)) {
        return Ok(Outcome::fell("the answer for an unknown name differs"));
    }
    let fastest = |tries: &[(Answer, Duration)]| tries.iter().map(|(_, took)| *took).min().unwrap_or_default();
    let (one, other) = (fastest(&of_known), fastest(&of_unknown));
    if one > other * TELLING || other > one * TELLING {
        return Ok(Outcome::fell(format!(
            "{} ms for a known name, {} ms for another",
            one.as_millis(),
            other.as_millis()
        )));
    }
    Ok(Outcome::Held)
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

fn words(answer: &Answer) -> Option<[Value; 3]> {
    let problem = answer.json()?;
    Some(["type", "title", "detail"].map(|member| problem[member].clone()))
}

fn header_names(answer: &Answer) -> Vec<String> {
    let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    names
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
            return Ok(Outcome::Held);
        }
        answer.ensure(matches!(answer.status, 401 | 429), "a refusal")?;
    }
    Ok(Outcome::fell(format!("{} guesses in a row, and none was slowed down", MAX_GUESSES + 1)))
}

/// `Retry-After: 1` means that the service is busy with other password hashes, which is no rate limit.
pub(super) fn is_slowed_down(answer: &Answer) -> bool {
    answer.status == 429 && answer.header("retry-after").is_some_and(|seconds| seconds != "1")
}

pub(super) async fn use_a_short_password(attempt: &mut Attempt) -> Played {
    let mut person = attempt.person("victim").await?;
    for password in ["", "1234567", "fourteen chars"] {
        let body = account(&fresh::username("short"), password);
        let answer = attempt.somebody("victim").ask(Request::post("/register").json(&body)).await?;
        if answer.status < 400 {
            return Ok(Outcome::fell(format!("a password of {} characters was accepted", password.chars().count())));
        }
        let body = serde_json::json!({"current": PASSWORD, "new": password});
        let answer = person.ask(Request::post("/password").json(&body)).await?;
        if answer.status < 400 {
            return Ok(Outcome::fell(format!(
                "the password was changed to one of {} characters",
                password.chars().count()
            )));
        }
    }
    Ok(Outcome::Held)
}
