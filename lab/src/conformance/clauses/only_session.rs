//! What session-svc alone promises: a key that means nothing by itself, and that is never the client's choice.

use crate::{
    client::{
        expect::{Failure, ensure},
        request::Request,
    },
    conformance::{
        clause::{Standing, Stands::Holds},
        context::{Context, Credential, put},
    },
};

const CHOSEN_BY_AN_ATTACKER: &str = "abcdefghijklmnopqrstuvwxyz012345";

pub(super) async fn the_key_is_32_random_characters(context: &Context) -> Standing {
    let someone = context.someone().await?;
    let Credential::Cookie { name, value } = &someone.credential else {
        return Err(Failure::new("a cookie", someone.login.in_short()));
    };
    ensure(name == "sessionid", "the cookie `sessionid`", || name.clone())?;
    let alphabet = value.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    ensure(value.len() == 32 && alphabet, "32 characters of a-z0-9", || format!("{} characters", value.len()))?;
    Ok(Holds)
}

pub(super) async fn logging_in_changes_the_key_and_keeps_the_items(context: &Context) -> Standing {
    let mut visitor = context.visitor();
    put(&mut visitor, "basket", "a horse").await?.is_empty(204)?;
    let before = visitor.fork();
    let old_key = visitor.jar().value("sessionid").unwrap_or_default().to_owned();
    let mut someone = context.login(visitor, context.account().await?).await?;
    ensure(someone.credential.text() != old_key, "another key than before the login", || "the same".to_owned())?;
    let items = someone.items().await?;
    ensure(items["basket"] == "a horse", "the items from before", || items.to_string())?;
    let mut holder_of_the_old_key = before;
    holder_of_the_old_key.send(Request::get("/mine")).await?.is_problem(401, "not-logged-in")?;
    let left = holder_of_the_old_key.send(Request::get("/items")).await?.is_json(200)?;
    ensure(left["items"] == serde_json::json!({}), "nothing under the old key", || left.to_string())?;
    Ok(Holds)
}

pub(super) async fn a_key_of_the_clients_choice_is_never_adopted(context: &Context) -> Standing {
    let mut victim = context.visitor();
    victim.jar_mut().replace("sessionid", CHOSEN_BY_AN_ATTACKER);
    let written = put(&mut victim, "basket", "a horse").await?;
    written.is_empty(204)?;
    let adopted = victim.jar().value("sessionid") == Some(CHOSEN_BY_AN_ATTACKER);
    ensure(!adopted, "a key of the server's own making", || "the one the client chose".to_owned())?;
    let mut victim = context.visitor();
    victim.jar_mut().replace("sessionid", CHOSEN_BY_AN_ATTACKER);
    let someone = context.login(victim, context.account().await?).await?;
    ensure(someone.credential.text() != CHOSEN_BY_AN_ATTACKER, "a key of the server's own making", || {
        "the one the client chose".to_owned()
    })?;
    let attack = Request::get("/mine").cookie("sessionid", CHOSEN_BY_AN_ATTACKER);
    context.ask(attack).await?.is_problem(401, "not-logged-in")?;
    Ok(Holds)
}

pub(super) async fn a_client_that_only_reads_gets_no_session(context: &Context) -> Standing {
    for path in ["/items", "/items/none", "/mine", "/"] {
        let answer = context.ask(Request::get(path)).await?;
        answer.ensure(answer.set_cookies().next().is_none(), "no session for somebody who only reads")?;
    }
    Ok(Holds)
}

pub(super) async fn the_cookie_lives_as_long_as_the_session(context: &Context) -> Standing {
    let someone = context.someone().await?;
    let max_age = someone.login.set_cookie("sessionid").and_then(|cookie| cookie.max_age());
    let lifetime = i64::try_from(context.about()?.lifetime).ok();
    ensure(max_age == lifetime, format!("Max-Age={lifetime:?}"), || format!("{max_age:?}"))?;
    Ok(Holds)
}
