//! Logins that an ending must also reach: logins still in progress, begun in the same second, or replaced in a browser.

use std::time::Duration;

use authlab_client::{
    request::Request,
    visitor::{LoginWith, PASSWORD, Visitor},
};
use futures_util::future::join_all;
use tokio::time::sleep;

use super::{Attempt, Played, fell_if, not_applicable_if};

/// Concurrent logins of the attacker. The number stays below the rate limit of the account.
const AT_ONCE: usize = 3;
/// Head starts of the attacker's logins before the password change. Checking a password takes tens of milliseconds.
const HEAD_STARTS: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(10), Duration::from_millis(30), Duration::from_millis(90)];
/// Repetitions of ending all logins, so that two of them fall into one second.
const ROUNDS: usize = 3;

pub(super) async fn log_in_while_the_password_changes(attempt: &mut Attempt) -> Played {
    for head_start in HEAD_STARTS {
        let mut victim = attempt.person("victim").await?;
        let username = victim.username.clone();
        let logins = (0..AT_ONCE).map(|_| Visitor::log_in(attempt.somebody("attacker"), &username, LoginWith::Json));
        let change = async {
            sleep(head_start).await;
            victim.change_password().await
        };
        let (begun, changed) = tokio::join!(join_all(logins), change);
        let changed = changed?;
        changed.ensure(matches!(changed.status, 200 | 204), "the password to be changed")?;
        // A refused login leaves nothing to check.
        for mut attacker in begun.into_iter().flatten() {
            let works = attacker.client.whoami().await?.is_some();
            attempt.outlived_if(works, "a login that began with the old password works after the change")?;
        }
        victim.is_logged_in().await?;
    }
    Ok(())
}

pub(super) async fn outlive_two_endings_of_one_second(attempt: &mut Attempt) -> Played {
    not_applicable_if(!attempt.about.can.revoke_all, "it says that it cannot end all logins")?;
    let mut victim = attempt.person("victim").await?;
    for _ in 0..ROUNDS {
        let mut thief = victim.thief();
        victim.ask(Request::delete("/logins")).await?.is(204)?;
        fell_if(thief.whoami().await?.is_some(), "a copy works after all logins were ended a second time")?;
        victim = Visitor::log_in(attempt.somebody("victim"), &victim.username, LoginWith::Json).await?;
        victim.is_logged_in().await?;
    }
    Ok(())
}

pub(super) async fn use_what_a_browser_held_before(attempt: &mut Attempt) -> Played {
    let mut victim = attempt.in_a_browser("victim").await?;
    let mut thief = victim.thief();
    victim.ask(LoginWith::Form.request(&victim.username, PASSWORD)).await?.is(303)?;
    victim.is_logged_in().await?;
    victim.ask(Request::post("/logout")).await?.is(204)?;
    // Asked twice, because the second request uses the credential that the first request refreshed.
    let mut works = thief.ask(Request::get("/mine")).await?.status == 200;
    works |= thief.whoami().await?.is_some();
    attempt.outlived_if(works, "the login before the last one works after the logout")
}
