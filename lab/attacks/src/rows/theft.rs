//! A stolen copy of a credential: how long the service accepts it.

use std::time::Duration;

use authlab_client::{
    Client,
    expect::{Failure, ensure, instant},
    request::Request,
    visitor::Visitor,
};
use tokio::time::{Instant, sleep};

use super::{Attempt, Played, by_nature, by_nature_if, fell_if, not_applicable_if};
use crate::attempt::nothing_to_delete_if;

/// How long a copy that still works is watched. The feed of revocations needs less.
const WATCH: Duration = Duration::from_millis(1_500);
/// The pause between two replays.
const PAUSE: Duration = Duration::from_millis(100);
/// The maximum clock difference that the contract allows.
const LEEWAY: Duration = Duration::from_secs(5);

pub(super) async fn use_a_stolen_credential(attempt: &mut Attempt) -> Played {
    let victim = attempt.person("victim").await?;
    by_nature_if(
        victim.thief().whoami().await?.as_ref() == Some(&victim.username),
        "whoever shows the credential is its owner; nothing binds it to one machine",
        "bind it to a key of the device: DBSC in browsers, DPoP (RFC 9449) for other clients",
        "no look-up: a signature to verify a request",
    )
}

pub(super) async fn replay_after_logout(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let mut thief = victim.thief();
    victim.ask(Request::post("/logout")).await?.is(204)?;
    let works = still_works(attempt, &mut thief, &victim).await?;
    attempt.outlived_if(works, "a copy works after the logout")
}

/// Partial logouts exist for comparison. A service without partial logouts has nothing to test.
pub(super) async fn replay_after_a_partial_logout(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let mut thief = victim.thief();
    let answer = victim.ask(Request::post("/logout?how=delete-cookie")).await?;
    let is_partial = answer.status == 200 && answer.json().is_some_and(|body| body["cookie_cleared"] == true);
    not_applicable_if(!is_partial, "it logs out wholly or not at all")?;
    by_nature_if(
        still_works(attempt, &mut thief, &victim).await?,
        "`how=delete-cookie` tells the client alone to forget: the record stays, for whoever kept the id",
        "`how=flush`, which is the default",
        "none: one command to the store, as the partial one",
    )
}

pub(super) async fn replay_after_a_password_change(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let second = attempt.second_device(&victim).await?;
    let (mut thief, mut second_thief) = (victim.thief(), second.thief());
    let answer = victim.change_password().await?;
    answer.ensure(matches!(answer.status, 200 | 204), "the password to be changed")?;
    let first_works = still_works(attempt, &mut thief, &victim).await?;
    let second_works = second_thief.whoami().await?.is_some();
    victim.is_logged_in().await?;
    attempt.outlived_if(first_works || second_works, "a copy works after the password change")
}

pub(super) async fn replay_after_ending_one_login(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let lost = attempt.second_device(&victim).await?;
    let mut thief = lost.thief();
    if !attempt.about.can.revoke_login {
        let answer = victim.ask(Request::delete("/logins/any")).await?;
        // A success without an effect is the worst answer, because the user stops worrying.
        let status = answer.status;
        fell_if(status != 501, format!("{status} for ending a login, though /about says it cannot"))?;
        return Err(by_nature(
            "no record of each login is kept, so one of them cannot even be named; it says so with 501",
            "a login that the server keeps: a session, or an opaque token",
            "one look-up in the store a request",
        ));
    }
    let id = victim.other_login_id().await?;
    victim.ask(Request::delete(format!("/logins/{id}"))).await?.is(204)?;
    fell_if(still_works(attempt, &mut thief, &lost).await?, "a copy works after its login was ended")?;
    victim.is_logged_in().await?;
    Ok(())
}

pub(super) async fn replay_after_ending_all_logins(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let mut thief = victim.thief();
    let answer = victim.ask(Request::delete("/logins")).await?;
    let (can, status) = (attempt.about.can.revoke_all, answer.status);
    fell_if(!can && status != 501, format!("{status} for ending all logins, though /about says it cannot"))?;
    nothing_to_delete_if(!can)?;
    answer.is(204)?;
    fell_if(still_works(attempt, &mut thief, &victim).await?, "a copy works after all logins were ended")
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
    let too_long = format!("its logins live for {lifetime} s; start it with {MAX_WAIT} s or less to have this played");
    not_applicable_if(lifetime > MAX_WAIT, too_long)?;
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
        let too_late = over.elapsed() > LEEWAY + Duration::from_secs(1);
        fell_if(too_late, format!("it is accepted {} s after its end", over.elapsed().as_secs()))?;
        sleep(Duration::from_millis(500)).await;
    }
    if attempt.accepted_after_end.is_none() {
        attempt.note_accepted(Duration::ZERO, None);
    }
    Ok(())
}

pub(super) async fn replay_an_older_credential_of_an_ended_login(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.person("victim").await?;
    let mut thief = victim.thief();
    // A credential that carries its items is replaced when an item is written.
    victim.store("note", "written after the theft").await?;
    victim.ask(Request::post("/logout")).await?.is(204)?;
    let works = still_works(attempt, &mut thief, &victim).await?;
    attempt.outlived_if(works, "a credential from before the last write works after the logout")?;
    let text = victim.credential.text();
    let mut spellings = vec![format!("\"{text}\""), format!("{text}="), format!("{text} ")];
    spellings.extend("AQgw".chars().map(|last| format!("{}{last}", &text[..text.len() - 1])));
    for spelling in spellings {
        let taken_for = attempt.somebody("thief").taken_for(victim.forged(&spelling)).await?;
        fell_if(taken_for.is_some(), "another spelling of the credential works after the logout")?;
    }
    Ok(())
}
