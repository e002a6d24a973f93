//! Promises that only session-svc makes: the session id is random, and the client never chooses it.

use authlab_client::{
    expect::{Failure, ensure},
    request::Request,
    visitor::{LoginWith, Visitor, put_item},
};
use serde_json::{Value, json};

use super::{Checked, Context, logout::PARTIAL_WAYS};

const CHOSEN_BY_AN_ATTACKER: &str = "abcdefghijklmnopqrstuvwxyz012345";

pub(super) async fn the_key_is_32_random_characters(context: &Context) -> Checked {
    let someone = context.someone().await?;
    let (name, value) = someone.cookie()?;
    ensure(name == "sessionid", "the cookie `sessionid`", || name.to_owned())?;
    let alphabet = value.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    ensure(value.len() == 32 && alphabet, "32 characters of a-z0-9", || format!("{} characters", value.len()))
}

pub(super) async fn logging_in_changes_the_key_and_keeps_the_items(context: &Context) -> Checked {
    let mut visitor = context.client();
    visitor.ask(put_item("basket", "a horse")).await?.is_empty(204)?;
    let mut holder_of_the_old_key = visitor.fork();
    let old_key = visitor.jar().value("sessionid").unwrap_or_default().to_owned();
    let mut someone = context.login(visitor).await?;
    ensure(someone.credential.text() != old_key, "another key than before the login", || "the same".to_owned())?;
    someone.has_item("basket", "a horse").await?;
    holder_of_the_old_key.send(Request::get("/mine")).await?.is_problem(401, "not-logged-in")?;
    let left = holder_of_the_old_key.send(Request::get("/items")).await?.is_json(200)?;
    ensure(left["items"] == json!({}), "nothing under the old session id", || left.to_string())
}

pub(super) async fn a_key_of_the_clients_choice_is_never_adopted(context: &Context) -> Checked {
    let mut visitor = context.client();
    visitor.jar_mut().replace("sessionid", CHOSEN_BY_AN_ATTACKER);
    let victim = visitor.fork();
    visitor.ask(put_item("basket", "a horse")).await?.is_empty(204)?;
    let someone = context.login(victim).await?;
    for key in [visitor.jar().value("sessionid"), Some(someone.credential.text())] {
        let adopted = key == Some(CHOSEN_BY_AN_ATTACKER);
        ensure(!adopted, "a key of the server's own making", || "the one the client chose".to_owned())?;
    }
    let attack = Request::get("/mine").cookie("sessionid", CHOSEN_BY_AN_ATTACKER);
    context.ask(attack).await?.is_problem(401, "not-logged-in")
}

pub(super) async fn a_client_that_only_reads_gets_no_session(context: &Context) -> Checked {
    for path in ["/items", "/items/none", "/mine", "/"] {
        let answer = context.ask(Request::get(path)).await?;
        answer.ensure(answer.set_cookies().next().is_none(), "no session for a client that only reads")?;
    }
    Ok(())
}

pub(super) async fn the_cookie_lives_as_long_as_the_session(context: &Context) -> Checked {
    let someone = context.someone().await?;
    let max_age = someone.login.set_cookie("sessionid").and_then(|cookie| Some(cookie.max_age()?.whole_seconds()));
    let lifetime = i64::try_from(context.about()?.lifetime).ok();
    ensure(max_age == lifetime, format!("Max-Age={lifetime:?}"), || format!("{max_age:?}"))
}

/// Sends a partial logout, and checks every member of the answer.
async fn left_by(someone: &mut Visitor, way: &str, expected: Value) -> Result<(), Failure> {
    let answer = someone.ask(Request::post(format!("/logout?how={way}"))).await?;
    let body = answer.is_json(200)?;
    answer.ensure(body == expected, expected.to_string())?;
    let cleared = answer.deletes_cookie("sessionid");
    answer.ensure(expected["cookie_cleared"] == cleared, "`cookie_cleared` to agree with the cookies of the answer")
}

pub(super) async fn a_logout_flushes_unless_told_otherwise(context: &Context) -> Checked {
    for path in ["/logout", "/logout?how=flush"] {
        let mut someone = context.someone_who_wrote("note", "kept").await?;
        let mut kept_the_key = someone.copy();
        let answer = someone.ask(Request::post(path)).await?;
        answer.is_empty(204)?;
        answer.ensure(answer.deletes_cookie("sessionid"), "the cookie deleted")?;
        kept_the_key.is_logged_out().await?;
        kept_the_key.has_items(&json!({})).await?;
    }
    Ok(())
}

pub(super) async fn deleting_the_cookie_leaves_the_record_to_whoever_kept_the_key(context: &Context) -> Checked {
    let mut someone = context.someone_who_wrote("note", "kept").await?;
    let mut kept_the_key = someone.copy();
    let left = json!({"how": "delete-cookie", "cookie_cleared": true, "record_left": true, "login_left": true});
    left_by(&mut someone, "delete-cookie", left).await?;
    someone.is_logged_out().await?;
    kept_the_key.is_logged_in().await?;
    kept_the_key.has_item("note", "kept").await
}

pub(super) async fn deleting_the_login_leaves_the_record_and_the_cookie(context: &Context) -> Checked {
    let mut someone = context.someone_who_wrote("note", "kept").await?;
    let mut elsewhere = context.elsewhere(&someone).await?;
    let left = json!({"how": "delete-login", "cookie_cleared": false, "record_left": true, "login_left": false});
    left_by(&mut someone, "delete-login", left).await?;
    someone.is_logged_out().await?;
    let same_key = someone.client.jar().value("sessionid") == Some(someone.credential.text());
    ensure(same_key, "the cookie to stay", || "none, or another".to_owned())?;
    someone.has_item("note", "kept").await?;
    let logins = elsewhere.logins().await?;
    ensure(logins.len() == 1, "one login left", || format!("{logins:?}"))
}

pub(super) async fn clearing_leaves_an_empty_record_under_the_same_key(context: &Context) -> Checked {
    let mut someone = context.someone_who_wrote("note", "kept").await?;
    let left = json!({"how": "clear", "cookie_cleared": false, "record_left": true, "login_left": false});
    left_by(&mut someone, "clear", left).await?;
    someone.is_logged_out().await?;
    someone.has_items(&json!({})).await?;
    someone.put("note", "new").await?.is_empty(204)?;
    let same_key = someone.client.jar().value("sessionid") == Some(someone.credential.text());
    ensure(same_key, "the session id to stay", || "another".to_owned())
}

pub(super) async fn half_a_logout_can_be_done_twice(context: &Context) -> Checked {
    for way in PARTIAL_WAYS {
        let request = || Request::post(format!("/logout?how={way}"));
        context.ask(request()).await?.is_json(200)?;
        let someone = context.someone().await?;
        for _ in 0..2 {
            // Uses the credential of the first logout each time, as a client does that lost the answer.
            let answer = someone.copy().ask(request()).await?;
            let body = answer.is_json(200)?;
            answer.ensure(body["record_left"] == true, "the record to stay")?;
        }
        someone.copy().log_out().await?.is_empty(204)?;
        let body = someone.copy().ask(request()).await?.is_json(200)?;
        ensure(body["record_left"] == false, "no record after the flush", || body.to_string())?;
    }
    Ok(())
}

pub(super) async fn what_a_login_left_behind_is_not_for_the_next_account(context: &Context) -> Checked {
    let mut first = context.someone_who_wrote("note", "private").await?;
    first.ask(Request::post("/logout?how=delete-login")).await?.is(200)?;
    let mut same_again = Visitor::log_in(first.client.fork(), &first.username, LoginWith::Json).await?;
    same_again.has_item("note", "private").await?;
    same_again.ask(Request::post("/logout?how=delete-login")).await?.is(200)?;
    let mut next = context.login(same_again.client).await?;
    next.has_items(&json!({})).await
}
