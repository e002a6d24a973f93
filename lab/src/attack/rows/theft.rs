//! A copy of a credential in somebody else's hands: how long it opens the door.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::{
    attack::{
        row::{Ended, Leak, Nature, Outcome},
        stage::{Actor, PASSWORD, Person, Stage},
    },
    client::{
        about::StateLives,
        expect::{Failure, ensure, instant},
        request::Request,
    },
};

const NEW_PASSWORD: &str = "incorrect zebra battery staple";
/// What a copy that still works is watched for: longer than a feed of revocations takes.
const WATCH: Duration = Duration::from_millis(1_500);
/// Between two replays.
const PAUSE: Duration = Duration::from_millis(100);
/// The most that clocks may differ, as the contract has it.
const LEEWAY: Duration = Duration::from_secs(5);

const NOBODY_KNOWS_IT_HAS_ENDED: Nature = Nature {
    because: "the server keeps nothing of the login, so there is nothing that could be deleted",
    remedy: "REVOCATION=feed",
    price: "a look-up in memory a request, none in a store; REVOCATION=read: one SQL read a request",
};

const NOBODY_COUNTS_THE_LOGINS: Nature = Nature {
    because: "no record of each login is kept, so one of them cannot even be named; it says so with 501",
    remedy: "a login that the server keeps: a session, or an opaque token",
    price: "one look-up in the store a request",
};

pub(super) async fn use_a_stolen_credential(stage: &mut Stage) -> Ended {
    let victim = stage.person("victim").await?;
    if victim.thief().whoami().await?.as_ref() != Some(&victim.username) {
        return Ok(Outcome::Held);
    }
    Ok(Outcome::ByNature(Nature {
        because: "whoever shows the credential is its owner; nothing binds it to one machine",
        remedy: "bind it to a key of the device: DBSC in browsers, DPoP (RFC 9449) for other clients",
        price: "no look-up: a signature to verify a request",
    }))
}

pub(super) async fn replay_after_logout(stage: &mut Stage) -> Ended {
    let mut victim = stage.person("victim").await?;
    let mut thief = victim.thief();
    victim.ask(Request::post("/logout")).await?.is(204)?;
    if !still_works(stage, &mut thief, &victim).await? {
        return Ok(Outcome::Held);
    }
    Ok(stage.unless_it_can_end_copies("a copy works after the logout", NOBODY_KNOWS_IT_HAS_ENDED))
}

/// The ways to log out that are there to be compared; a service that offers none of them has nothing to show.
pub(super) async fn replay_after_a_partial_logout(stage: &mut Stage) -> Ended {
    let mut victim = stage.person("victim").await?;
    let mut thief = victim.thief();
    let answer = victim.ask(Request::post("/logout?how=delete-cookie")).await?;
    if answer.status != 200 || answer.json().is_none_or(|body| body["cookie_cleared"] != true) {
        return Ok(Outcome::not_applicable("it logs out wholly or not at all"));
    }
    if !still_works(stage, &mut thief, &victim).await? {
        return Ok(Outcome::Held);
    }
    Ok(Outcome::ByNature(Nature {
        because: "`how=delete-cookie` tells the client alone to forget: the record stays, for whoever kept the id",
        remedy: "`how=flush`, which is the default",
        price: "none: one command to the store, as the partial one",
    }))
}

pub(super) async fn replay_after_a_password_change(stage: &mut Stage) -> Ended {
    let mut victim = stage.person("victim").await?;
    let second = victim.elsewhere(stage).await?;
    let (mut thief, mut second_thief) = (victim.thief(), second.thief());
    let body = serde_json::json!({"current": PASSWORD, "new": NEW_PASSWORD});
    let answer = victim.ask(Request::post("/password").json(&body)).await?;
    answer.ensure(matches!(answer.status, 200 | 204), "the password to be changed")?;
    let first_works = still_works(stage, &mut thief, &victim).await?;
    let second_works = second_thief.whoami().await?.is_some();
    victim.is_still_logged_in().await?;
    if first_works || second_works {
        return Ok(stage.unless_it_can_end_copies("a copy works after the password change", NOBODY_KNOWS_IT_HAS_ENDED));
    }
    Ok(Outcome::Held)
}

pub(super) async fn replay_after_ending_one_login(stage: &mut Stage) -> Ended {
    let mut victim = stage.person("victim").await?;
    let lost = victim.elsewhere(stage).await?;
    let mut thief = lost.thief();
    if !stage.about.can.revoke_login {
        let answer = victim.ask(Request::delete("/logins/any")).await?;
        // A success that did nothing is the worst answer: its reader stops worrying.
        return Ok(match answer.status {
            501 => Outcome::ByNature(NOBODY_COUNTS_THE_LOGINS),
            status => Outcome::fell(format!("{status} for ending a login, though /about says it cannot")),
        });
    }
    let listed = victim.ask(Request::get("/logins")).await?.is_json(200)?;
    let Some(id) = other_login(&listed) else {
        return Err(Failure::new("the other login in the list", listed.to_string()));
    };
    victim.ask(Request::delete(format!("/logins/{id}"))).await?.is(204)?;
    if still_works(stage, &mut thief, &lost).await? {
        return Ok(Outcome::fell("a copy works after its login was ended"));
    }
    victim.is_still_logged_in().await?;
    Ok(Outcome::Held)
}

fn other_login(listed: &Value) -> Option<&str> {
    listed["logins"].as_array()?.iter().find(|login| login["current"] == false)?["id"].as_str()
}

pub(super) async fn replay_after_ending_all_logins(stage: &mut Stage) -> Ended {
    let mut victim = stage.person("victim").await?;
    let mut thief = victim.thief();
    let answer = victim.ask(Request::delete("/logins")).await?;
    if !stage.about.can.revoke_all {
        return Ok(match answer.status {
            501 => Outcome::ByNature(NOBODY_KNOWS_IT_HAS_ENDED),
            status => Outcome::fell(format!("{status} for ending all logins, though /about says it cannot")),
        });
    }
    answer.is(204)?;
    if still_works(stage, &mut thief, &victim).await? {
        return Ok(Outcome::fell("a copy works after all logins were ended"));
    }
    Ok(Outcome::Held)
}

/// Whether the copy is still accepted, watched until it is not or for [`WATCH`]; notes the leak window.
///
/// The contract asks for at once on the instance that was asked, so that a copy which works even once has leaked.
async fn still_works(stage: &mut Stage, thief: &mut Actor, victim: &Person) -> Result<bool, Failure> {
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
    let open_for_seconds = if open { left().or(Some(stage.about.lifetime)) } else { None };
    stage.leak = Some(Leak { measured: last_accepted.unwrap_or_default(), open_for_seconds });
    Ok(last_accepted.is_some())
}

/// Played against logins that live for seconds: the end of others nobody would wait for.
pub(super) async fn replay_after_expiry(stage: &mut Stage) -> Ended {
    /// More than that nobody waits for.
    const LONGEST_WAIT: u64 = 10;
    let short = match &stage.mark.short_lived {
        Some(short) => {
            Stage::set(&crate::attack::arena::Mark { target: short.clone(), short_lived: None, ..stage.mark.clone() })
                .await
                .map(|short| Stage { script: stage.script.clone(), ..short })?
        }
        None => {
            Stage { mark: stage.mark.clone(), about: stage.about.clone(), script: stage.script.clone(), leak: None }
        }
    };
    let lifetime = short.about.lifetime;
    if lifetime > LONGEST_WAIT {
        return Ok(Outcome::not_applicable(format!(
            "its logins live for {lifetime} s; start it with {LONGEST_WAIT} s or less to have this played"
        )));
    }
    let victim = short.person("victim").await?;
    // A raw client: a browser would have dropped an expired cookie, and a thief has none.
    let mut thief = short.somebody("thief");
    let replay = || victim.forged(victim.credential.text());
    ensure(thief.taken_for(replay()).await?.is_some(), "the credential to work at first", || "it did not".to_owned())?;
    // Asked only now and again at the end: sessions live on while they are used.
    sleep(Duration::from_secs(lifetime)).await;
    let over = Instant::now();
    while thief.taken_for(replay()).await?.is_some() {
        stage.leak = Some(Leak { measured: over.elapsed(), open_for_seconds: None });
        if over.elapsed() > LEEWAY + Duration::from_secs(1) {
            return Ok(Outcome::fell(format!("it is accepted {} s after its end", over.elapsed().as_secs())));
        }
        sleep(Duration::from_millis(500)).await;
    }
    stage.leak.get_or_insert(Leak { measured: Duration::ZERO, open_for_seconds: None });
    Ok(Outcome::Held)
}

pub(super) async fn replay_an_older_credential_of_an_ended_login(stage: &mut Stage) -> Ended {
    let mut victim = stage.person("victim").await?;
    let mut thief = victim.thief();
    // Writing an item renews the credential where it carries its items.
    victim.put("note", "written after the theft").await?;
    victim.ask(Request::post("/logout")).await?.is(204)?;
    if still_works(stage, &mut thief, &victim).await? {
        let what = "a credential from before the last write works after the logout";
        return Ok(stage.unless_it_can_end_copies(what, NOBODY_KNOWS_IT_HAS_ENDED));
    }
    let text = victim.credential.text();
    let mut spellings = vec![format!("\"{text}\""), format!("{text}="), format!("{text} ")];
    spellings.extend("AQgw".chars().map(|last| format!("{}{last}", &text[..text.len() - 1])));
    for spelling in spellings {
        if stage.somebody("thief").taken_for(victim.forged(&spelling)).await?.is_some() {
            return Ok(Outcome::fell("another spelling of the credential works after the logout"));
        }
    }
    Ok(Outcome::Held)
}

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

/// A session store that reads, changes and writes back the whole brings a session back that was deleted in between.
pub(super) async fn write_while_logging_out(stage: &mut Stage) -> Ended {
    const ROUNDS: usize = 12;
    let username = stage.account("victim").await?;
    for _ in 0..ROUNDS {
        let mut victim = stage.somebody("victim").log_in(username.clone()).await?;
        let mut writers: Vec<Actor> = (0..4).map(|_| victim.thief()).collect();
        let mut afterwards = victim.thief();
        let write = || Request::put("/items/note").json(&serde_json::json!({"value": "late"}));
        let writing = join_all(writers.iter_mut().map(|writer| writer.ask(write())));
        let (written, logged_out) = tokio::join!(writing, victim.ask(Request::post("/logout")));
        logged_out?.is(204)?;
        for answer in written {
            answer?;
        }
        let revived = afterwards.whoami().await?.is_some();
        if revived {
            return Ok(stage.unless_it_can_end_copies(
                "a write that was under way brought the login back",
                NOBODY_KNOWS_IT_HAS_ENDED,
            ));
        }
        for writer in &mut writers {
            if writer.whoami().await?.is_some() {
                return Ok(Outcome::fell("a write that was under way was handed a login that outlives the logout"));
            }
        }
    }
    Ok(Outcome::Held)
}

const NO_REFRESH: &str = "it hands out no refresh tokens";

pub(super) async fn reuse_a_refresh_token(stage: &mut Stage) -> Ended {
    let mut victim = stage.person("victim").await?;
    let Some(first) = victim.actor.client.tokens().refresh().map(str::to_owned) else {
        return Ok(Outcome::not_applicable(NO_REFRESH));
    };
    let mut current = first.clone();
    // More than one turn, so that what the thief has is no child within the grace for lost answers.
    for _ in 0..2 {
        let body = victim.ask(refresh(&current)).await?.is_json(200)?;
        let Some(next) = body["refresh_token"].as_str() else {
            return Ok(Outcome::fell("a refresh token is not replaced when it is used"));
        };
        next.clone_into(&mut current);
    }
    let answer = stage.somebody("thief").once(refresh(&first)).await?;
    if answer.status == 200 {
        return Ok(Outcome::fell("a spent refresh token was taken again"));
    }
    let answer = victim.actor.once(refresh(&current)).await?;
    if answer.status == 200 {
        return Ok(Outcome::fell("after a spent refresh token was used again, its family lives on"));
    }
    Ok(Outcome::Held)
}

pub(super) async fn refresh_at_once(stage: &mut Stage) -> Ended {
    const THIEVES: usize = 10;
    let victim = stage.person("victim").await?;
    let Some(token) = victim.actor.client.tokens().refresh().map(str::to_owned) else {
        return Ok(Outcome::not_applicable(NO_REFRESH));
    };
    let mut thieves: Vec<Actor> = (0..THIEVES).map(|_| stage.somebody("one of many")).collect();
    let answers = join_all(thieves.iter_mut().map(|thief| thief.once(refresh(&token)))).await;
    let mut successors = Vec::new();
    for answer in answers {
        let answer = answer?;
        let next = answer.json().and_then(|body| body["refresh_token"].as_str().map(str::to_owned));
        successors.extend(next.filter(|_| answer.status == 200));
    }
    successors.sort();
    successors.dedup();
    // Within the grace the same successor is told again; two of them would be two logins from one token.
    match successors.len() {
        0 | 1 => Ok(Outcome::Held),
        several => Ok(Outcome::fell(format!("one refresh token was exchanged for {several} different ones"))),
    }
}

fn refresh(token: &str) -> Request {
    Request::post("/token").without_credential().form(&[("grant_type", "refresh_token"), ("refresh_token", token)])
}
