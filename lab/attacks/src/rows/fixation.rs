//! Credentials that the attacker plants in the victim's browser, and logins of other users.

use authlab_client::{
    expect::{Failure, ensure, text},
    request::Request,
    visitor::{LoginWith, Visitor, put_item},
};
use authlab_django_signing::base62;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Attempt, Played, fell_if, not_applicable_if};
use crate::forge;

/// A subdomain or an open network can set cookies in the victim's browser. The service must not let them become the
/// victim's login.
pub(super) async fn plant_a_credential(attempt: &mut Attempt) -> Played {
    let attacker = attempt.in_a_browser("attacker").await?;
    plant(attempt, attacker.credential.text(), Some(&attacker.username)).await?;
    if !attempt.about.can.anonymous_items {
        return Ok(());
    }
    // The same with the cookie of a client that never logged in.
    let mut attacker = attempt.somebody("attacker");
    let answer = attacker.ask(put_item("note", "planted")).await?;
    answer.is(204)?;
    let Some(cookie) = answer.new_cookie() else { return Ok(()) };
    let victim = log_in_over(attempt, cookie.name(), cookie.value()).await?;
    shared_with(attacker.whoami().await?.as_ref(), &victim)
}

pub(super) async fn plant_a_made_up_credential(attempt: &mut Attempt) -> Played {
    let signature = "A".repeat(43);
    let made_up = match attempt.about.mechanism.as_str() {
        "cookie" => {
            let (value, stamp) = (URL_SAFE_NO_PAD.encode(r#"{"u":"victim"}"#), base62::encode(1_790_000_000));
            format!("{value}:{stamp}:{signature}")
        }
        "session" => "0123456789abcdefghijklmnopqrstuv".to_owned(),
        _ => format!("{}.{signature}", forge::raw_input(r#"{"alg":"HS256","typ":"at+jwt"}"#, r#"{"sub":"1"}"#)),
    };
    plant(attempt, &made_up, None).await
}

/// The victim logs in while the browser holds this credential. Then the attacker presents it.
async fn plant(attempt: &Attempt, credential: &str, owner: Option<&String>) -> Played {
    let somebody = attempt.in_a_browser("somebody").await?;
    let (name, _) = somebody.cookie()?;
    let mut victim = log_in_over(attempt, name, credential).await?;
    victim.is_logged_in().await?;
    fell_if(victim.credential.text() == credential, "the login goes on under the credential that was planted")?;
    let replay = Request::get("/mine").cookie(name, credential);
    let taken_for = attempt.somebody("attacker").taken_for(replay).await?;
    shared_with(taken_for.as_ref(), &victim)?;
    let is_of_the_owner = taken_for.is_none() || taken_for.as_ref() == owner;
    Ok(ensure(is_of_the_owner, "no login, or the credential's owner", || format!("{taken_for:?}"))?)
}

/// The victim logs in with a browser that holds this cookie.
async fn log_in_over(attempt: &Attempt, name: &str, value: &str) -> Result<Visitor, Failure> {
    let username = attempt.account("victim").await?;
    let mut browser = attempt.somebody("victim");
    browser.jar_mut().replace(name, value);
    Visitor::log_in(browser, &username, LoginWith::Form).await
}

fn shared_with(taken_for: Option<&String>, victim: &Visitor) -> Played {
    fell_if(taken_for == Some(&victim.username), "the planted credential became the victim's login")
}

/// On a shared computer, one user logs in after another user.
pub(super) async fn leave_items_behind(attempt: &mut Attempt) -> Played {
    let mut first = attempt.person("attacker").await?;
    first.store("note", "left behind").await?;
    let username = attempt.account("victim").await?;
    let mut second = Visitor::log_in(first.client, &username, LoginWith::Json).await?;
    let found = !second.items().await?["note"].is_null();
    fell_if(found, "the items of one account were found in the login of another")
}

/// A cookie's name does not say who set it, and the browser chooses the order of cookies.
pub(super) async fn toss_a_cookie(attempt: &mut Attempt) -> Played {
    let victim = attempt.in_a_browser("victim").await?;
    let attacker = attempt.in_a_browser("attacker").await?;
    let ((name, own), (_, tossed)) = (victim.cookie()?, attacker.cookie()?);
    ensure(own != tossed, "two credentials", || "one".to_owned())?;
    for (first, second) in [(own, tossed), (tossed, own)] {
        let in_one_header = Request::get("/mine").cookie(name, first).cookie(name, second);
        let in_two_headers = Request::get("/mine")
            .header(http::header::COOKIE, &format!("{name}={first}"))
            .header(http::header::COOKIE, &format!("{name}={second}"));
        for request in [in_one_header, in_two_headers] {
            let taken_for = attempt.somebody("victim's browser").taken_for(request).await?;
            let owner = taken_for.as_deref().unwrap_or_default();
            fell_if(taken_for.is_some(), format!("one of two cookies was believed, that of {owner}"))?;
        }
    }
    Ok(())
}

pub(super) async fn end_a_strangers_login(attempt: &mut Attempt) -> Played {
    not_applicable_if(!attempt.about.can.list_logins, "logins have no ids here: nobody counts them")?;
    let mut victim = attempt.person("victim").await?;
    let mut attacker = attempt.person("attacker").await?;
    let others = attacker.logins().await?;
    for login in victim.logins().await? {
        let id = text(&login, "id")?;
        fell_if(others.iter().any(|other| other["id"] == id), "a stranger's login is in the list")?;
        attacker.ask(Request::delete(format!("/logins/{id}"))).await?;
    }
    let taken_for = victim.client.whoami().await?;
    fell_if(taken_for.is_none(), "a stranger ended the login")
}
