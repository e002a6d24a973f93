//! Credentials that the attacker plants in the victim's browser, and logins of other users.

use authlab_client::{
    credential::Credential,
    expect::{Failure, ensure},
    request::Request,
    visitor::{LoginWith, Visitor},
};
use authlab_django_signing::base62;
use authlab_results::attacks::Outcome;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use crate::{attempt::Attempt, row::Played};

/// A subdomain or an open network can set cookies in the victim's browser. The service must not let them become the
/// victim's login.
pub(super) async fn plant_a_credential(attempt: &mut Attempt) -> Played {
    // Also plants a credential from a client that never logged in.
    let attacker = attempt.in_a_browser("attacker").await?;
    let outcome = plant(attempt, attacker.credential.text(), Some(&attacker.username)).await?;
    if outcome != Outcome::Held || !attempt.about.can.anonymous_items {
        return Ok(outcome);
    }
    // The same with the cookie of a client that never logged in.
    let mut attacker = attempt.somebody("attacker");
    let answer = attacker.ask(Request::put("/items/note").json(&json!({"value": "planted"}))).await?;
    answer.is(204)?;
    let Some(cookie) = answer.set_cookies().find(|cookie| !cookie.deletes()) else { return Ok(Outcome::Held) };
    let username = attempt.account("victim").await?;
    let mut victim = attempt.somebody("victim");
    victim.jar_mut().replace(cookie.name(), cookie.value());
    Visitor::log_in(victim, &username, LoginWith::Form).await?;
    let taken_for = attacker.whoami().await?;
    Ok(shared_with(taken_for.as_deref(), &username))
}

pub(super) async fn plant_a_made_up_credential(attempt: &mut Attempt) -> Played {
    let made_up = match attempt.about.mechanism.as_str() {
        "cookie" => format!(
            "{}:{}:{}",
            URL_SAFE_NO_PAD.encode(r#"{"u":"victim"}"#),
            base62::encode(1_790_000_000),
            "A".repeat(43)
        ),
        "session" => "0123456789abcdefghijklmnopqrstuv".to_owned(),
        _ => format!(
            "{}.{}.{}",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"at+jwt"}"#),
            URL_SAFE_NO_PAD.encode(r#"{"sub":"1"}"#),
            "A".repeat(43)
        ),
    };
    plant(attempt, &made_up, None).await
}

/// The victim logs in while the browser holds this credential. Then the attacker presents it.
async fn plant(attempt: &Attempt, credential: &str, owner: Option<&String>) -> Played {
    let name = name_of(&attempt.in_a_browser("somebody").await?)?;
    let username = attempt.account("victim").await?;
    let mut victim = attempt.somebody("victim");
    victim.jar_mut().replace(&name, credential);
    let mut victim = Visitor::log_in(victim, &username, LoginWith::Form).await?;
    victim.is_logged_in().await?;
    if victim.credential.text() == credential {
        return Ok(Outcome::fell("the login goes on under the credential that was planted"));
    }
    let replay = Request::get("/mine").cookie(&name, credential);
    let taken_for = attempt.somebody("attacker").taken_for(replay).await?;
    if taken_for.is_some() && taken_for.as_ref() != owner && taken_for.as_deref() != Some(username.as_str()) {
        return Err(Failure::new("no login, or the credential's owner", format!("{taken_for:?}")));
    }
    Ok(shared_with(taken_for.as_deref(), &username))
}

fn shared_with(taken_for: Option<&str>, victim: &str) -> Outcome {
    if taken_for == Some(victim) {
        return Outcome::fell("the planted credential became the victim's login");
    }
    Outcome::Held
}

fn name_of(person: &Visitor) -> Result<String, Failure> {
    match &person.credential {
        Credential::Cookie { name, .. } => Ok(name.clone()),
        Credential::Bearer(_) => Err(Failure::new("a cookie for a form", person.login.in_short())),
    }
}

/// On a shared computer, one user logs in after another user.
pub(super) async fn leave_items_behind(attempt: &mut Attempt) -> Played {
    let mut first = attempt.person("attacker").await?;
    first.store("note", "left behind").await?;
    let username = attempt.account("victim").await?;
    let mut second = Visitor::log_in(first.client, &username, LoginWith::Json).await?;
    let items = second.ask(Request::get("/items")).await?.is_json(200)?;
    if items["items"]["note"].is_null() {
        return Ok(Outcome::Held);
    }
    Ok(Outcome::fell("the items of one account were found in the login of another"))
}

/// A cookie's name does not say who set it, and the browser chooses the order of cookies.
pub(super) async fn toss_a_cookie(attempt: &mut Attempt) -> Played {
    let victim = attempt.in_a_browser("victim").await?;
    let attacker = attempt.in_a_browser("attacker").await?;
    let name = name_of(&victim)?;
    let (own, tossed) = (victim.credential.text(), attacker.credential.text());
    ensure(own != tossed, "two credentials", || "one".to_owned())?;
    for (first, second) in [(own, tossed), (tossed, own)] {
        let in_one_header = Request::get("/mine").cookie(&name, first).cookie(&name, second);
        let in_two_headers = Request::get("/mine")
            .header(http::header::COOKIE, &format!("{name}={first}"))
            .header(http::header::COOKIE, &format!("{name}={second}"));
        for request in [in_one_header, in_two_headers] {
            if let Some(username) = attempt.somebody("victim's browser").taken_for(request).await? {
                return Ok(Outcome::fell(format!("one of two cookies was believed, that of {username}")));
            }
        }
    }
    Ok(Outcome::Held)
}

pub(super) async fn end_a_strangers_login(attempt: &mut Attempt) -> Played {
    if !attempt.about.can.list_logins {
        return Ok(Outcome::not_applicable("logins have no ids here: nobody counts them"));
    }
    let mut victim = attempt.person("victim").await?;
    let mut attacker = attempt.person("attacker").await?;
    let listed = victim.ask(Request::get("/logins")).await?.is_json(200)?;
    let ids: Vec<String> = ids(&listed);
    let others = attacker.ask(Request::get("/logins")).await?.is_json(200)?;
    if ids.iter().any(|id| self::ids(&others).contains(id)) {
        return Ok(Outcome::fell("a stranger's login is in the list"));
    }
    for id in ids {
        attacker.ask(Request::delete(format!("/logins/{id}"))).await?;
    }
    let taken_for = victim.client.whoami().await?;
    if taken_for.is_none() {
        return Ok(Outcome::fell("a stranger ended the login"));
    }
    Ok(Outcome::Held)
}

fn ids(listed: &serde_json::Value) -> Vec<String> {
    let logins = listed["logins"].as_array().into_iter().flatten();
    logins.filter_map(|login| login["id"].as_str().map(str::to_owned)).collect()
}
