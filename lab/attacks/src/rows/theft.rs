//! A stolen copy of a credential: how long the service accepts it.

use std::time::Duration;

use authlab_client::{
    Client,
    expect::{Failure, ensure, instant},
    request::Request,
    visitor::{NEW_PASSWORD, PASSWORD, Visitor},
};
use authlab_results::attacks::Outcome;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::{
    attempt::{Attempt, nothing_to_delete},
    row::Played,
};

/// How long a copy that still works is watched. The feed of revocations needs less.
const WATCH: Duration = Duration::from_millis(1_500);
/// The pause between two replays.
const PAUSE: Duration = Duration::from_millis(100);
/// The maximum clock difference that the contract allows.
const LEEWAY: Duration = Duration::from_secs(5);

pub(super) async fn use_a_stolen_credential(attempt: &mut Attempt) -> Played {
    let victim = attempt.person("victim").await?;
    if victim.thief().whoami().await?.as_ref() != Some(&victim.username) {
        return Ok(Outcome::Held);
    }
    Ok(Outcome::by_nature(
        "whoever shows the credential is its owner; nothing binds it to one machine",
        "bind it to a key of the device: DBSC in browsers, DPoP (RFC 9449) for other clients",
        "no look-up: a signature to verify a request",
    ))
}

pub(super) async fn replay_after_logout(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let mut thief = victim.thief();
    victim.ask(Request::post("/logout")).await?.is(204)?;
    if !still_works(attempt, &mut thief, &victim).await? {
        return Ok(Outcome::Held);
    }
    Ok(attempt.unless_it_can_end_copies("a copy works after the logout"))
}

/// Partial logouts exist for comparison. A service without partial logouts has nothing to test.
pub(super) async fn replay_after_a_partial_logout(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let mut thief = victim.thief();
    let answer = victim.ask(Request::post("/logout?how=delete-cookie")).await?;
    if answer.status != 200 || answer.json().is_none_or(|body| body["cookie_cleared"] != true) {
        return Ok(Outcome::not_applicable("it logs out wholly or not at all"));
    }
    if !still_works(attempt, &mut thief, &victim).await? {
        return Ok(Outcome::Held);
    }
    Ok(Outcome::by_nature(
        "`how=delete-cookie` tells the client alone to forget: the record stays, for whoever kept the id",
        "`how=flush`, which is the default",
        "none: one command to the store, as the partial one",
    ))
}

pub(super) async fn replay_after_a_password_change(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let second = attempt.second_device(&victim).await?;
    let (mut thief, mut second_thief) = (victim.thief(), second.thief());
    let body = serde_json::json!({"current": PASSWORD, "new": NEW_PASSWORD});
    let answer = victim.ask(Request::post("/password").json(&body)).await?;
    answer.ensure(matches!(answer.status, 200 | 204), "the password to be changed")?;
    let first_works = still_works(attempt, &mut thief, &victim).await?;
    let second_works = second_thief.whoami().await?.is_some();
    victim.is_logged_in().await?;
    if first_works || second_works {
        return Ok(attempt.unless_it_can_end_copies("a copy works after the password change"));
    }
    Ok(Outcome::Held)
}

pub(super) async fn replay_after_ending_one_login(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let lost = attempt.second_device(&victim).await?;
    let mut thief = lost.thief();
    if !attempt.about.can.revoke_login {
        let answer = victim.ask(Request::delete("/logins/any")).await?;
        // A success without an effect is the worst answer, because the user stops worrying.
        return Ok(match answer.status {
            501 => Outcome::by_nature(
                "no record of each login is kept, so one of them cannot even be named; it says so with 501",
                "a login that the server keeps: a session, or an opaque token",
                "one look-up in the store a request",
            ),
            status => Outcome::fell(format!("{status} for ending a login, though /about says it cannot")),
        });
    }
    let listed = victim.ask(Request::get("/logins")).await?.is_json(200)?;
    let Some(id) = other_login(&listed) else {
        return Err(Failure::new("the other login in the list", listed.to_string()));
    };
    victim.ask(Request::delete(format!("/logins/{id}"))).await?.is(204)?;
    if still_works(attempt, &mut thief, &lost).await? {
        return Ok(Outcome::fell("a copy works after its login was ended"));
    }
    victim.is_logged_in().await?;
    Ok(Outcome::Held)
}

fn other_login(listed: &Value) -> Option<&str> {
    listed["logins"].as_array()?.iter().find(|login| login["current"] == false)?["id"].as_str()
}

pub(super) async fn replay_after_ending_all_logins(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let mut thief = victim.thief();
    let answer = victim.ask(Request::delete("/logins")).await?;
    if !attempt.about.can.revoke_all {
        return Ok(match answer.status {
            501 => nothing_to_delete(),
            status => Outcome::fell(format!("{status} for ending all logins, though /about says it cannot")),
        });
    }
    answer.is(204)?;
    if still_works(attempt, &mut thief, &victim).await? {
        return Ok(Outcome::fell("a copy works after all logins were ended"));
    }
    Ok(Outcome::Held)
}

/// Replays the copy until it is refused, at most for [`WATCH`], and notes the leak window. Returns whether a replay was
/// accepted.
///
/// The contract demands an immediate end at the instance that was asked, so one accepted replay is a leak.
async fn still_works(attempt: &mut Attempt, thief: &mut Client, victim: &Visitor) -> Result<bool, Failure> {
    let ended = Instant::now();
    let mut last_accepted = None;
    while ended.elapsed() < WATCH {
        if thief.whoami().await?.as_ref() != Some(&victim.username) {
            break;
        }
        last_accepted = Some(ended.elapsed());
        sleep(PAUSE).await;
    }
    let open = last_accepted.is_some_and(|last| last + PAUSE * 2 >= WATCH);
    let left = || {
        let expires = instant(&victim.login.json()?, "expires_at").ok()?.as_second();
        let issued = instant(&victim.login.json()?, "issued_at").ok()?.as_second();
        u64::try_from(expires - issued).ok()?.checked_sub(ended.elapsed().as_secs())
    };
    let open_for_seconds = if open { left().or(Some(attempt.about.lifetime)) } else { None };
    attempt.note_accepted(last_accepted.unwrap_or_default(), open_for_seconds);
    Ok(last_accepted.is_some())
}

/// Runs at instances with logins of a few seconds, because the default expiry is too long to wait for.
pub(super) async fn replay_after_expiry(attempt: &mut Attempt) -> Played {
    /// The longest wait for an expiry, in seconds.
    const MAX_WAIT: u64 = 10;
    let short = attempt.at(attempt.deployment.short_lived.as_ref().unwrap_or(attempt.target())).await?;
    let lifetime = short.about.lifetime;
    if lifetime > MAX_WAIT {
        return Ok(Outcome::not_applicable(format!(
            "its logins live for {lifetime} s; start it with {MAX_WAIT} s or less to have this played"
        )));
    }
    let victim = short.person("victim").await?;
    // Uses a client without a cookie jar, because a browser drops an expired cookie and a thief does not.
    let mut thief = short.somebody("thief");
    let replay = || victim.forged(victim.credential.text());
    ensure(thief.taken_for(replay()).await?.is_some(), "the credential to work at first", || "it did not".to_owned())?;
    // Asked only at the start and at the end, because each request would extend a session.
    sleep(Duration::from_secs(lifetime)).await;
    let over = Instant::now();
    while thief.taken_for(replay()).await?.is_some() {
        attempt.note_accepted(over.elapsed(), None);
        if over.elapsed() > LEEWAY + Duration::from_secs(1) {
            return Ok(Outcome::fell(format!("it is accepted {} s after its end", over.elapsed().as_secs())));
        }
        sleep(Duration::from_millis(500)).await;
    }
    if attempt.accepted_after_end.is_none() {
        attempt.note_accepted(Duration::ZERO, None);
    }
    Ok(Outcome::Held)
}

pub(super) async fn replay_an_older_credential_of_an_ended_login(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let mut thief = victim.thief();
    // A credential that carries its items is replaced when an item is written.
    victim.store("note", "written after the theft").await?;
    victim.ask(Request::post("/logout")).await?.is(204)?;
    if still_works(attempt, &mut thief, &victim).await? {
        let what = "a credential from before the last write works after the logout";
        return Ok(attempt.unless_it_can_end_copies(what));
    }
    let text = victim.credential.text();
    let mut spellings = vec![format!("\"{text}\""), format!("{text}="), format!("{text} ")];
    spellings.extend("AQgw".chars().map(|last| format!("{}{last}", &text[..text.len() - 1])));
    for spelling in spellings {
        if attempt.somebody("thief").taken_for(victim.forged(&spelling)).await?.is_some() {
            return Ok(Outcome::fell("another spelling of the credential works after the logout"));
        }
    }
    Ok(Outcome::Held)
}
