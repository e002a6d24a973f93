//! Listing logins, and ending one or all of them. A mechanism that cannot do this says so and gives the reason.

use authlab_client::{
    about::Can,
    credential::Credential,
    expect::{Failure, ensure, instant, members},
    request::{Request, encoded},
    visitor::{LoginWith, Visitor},
};

use super::{Applied, Checked, ClauseOutcome, Context};

pub(super) fn end(id: &str) -> Request {
    Request::delete(format!("/logins/{}", encoded(id)))
}

/// Someone who is logged in, if the mechanism can do this. Otherwise the request must be 501 with a reason, and the login
/// still works.
async fn someone_who(context: &Context, can: fn(Can) -> bool, request: Request) -> Result<Option<Visitor>, Failure> {
    let mut someone = context.someone().await?;
    if can(context.about()?.can) {
        return Ok(Some(someone));
    }
    let answer = someone.ask(request).await?;
    let problem = answer.problem(501, "mechanism-cannot")?;
    let reasons = problem["detail"].as_str().is_some_and(|detail| detail.split_whitespace().count() >= 6);
    answer.ensure(reasons, "a reason and an alternative in `detail`")?;
    someone.is_logged_in().await?;
    Ok(None)
}

pub(super) async fn the_logins_are_listed_or_refused(context: &Context) -> Checked {
    let can = |can: Can| can.list_logins;
    let Some(mut someone) = someone_who(context, can, Request::get("/logins")).await? else { return Ok(()) };
    context.elsewhere(&someone).await?;
    let logins = someone.logins().await?;
    ensure(logins.len() == 2, "both logins of the account", || format!("{logins:?}"))?;
    for login in &logins {
        members(login, &["id", "current", "created_at", "last_seen_at", "expires_at", "user_agent"])?;
        for member in ["created_at", "last_seen_at", "expires_at"] {
            instant(login, member)?;
        }
    }
    someone.login_id().await?;
    let agents: Vec<&str> = logins.iter().filter_map(|login| login["user_agent"].as_str()).collect();
    ensure(agents.contains(&"lab (elsewhere)"), "the user agent of the other device", || agents.join(", "))
}

pub(super) async fn one_login_is_ended_or_refused(context: &Context) -> Checked {
    let can = |can: Can| can.revoke_login;
    let Some(mut someone) = someone_who(context, can, end("any")).await? else { return Ok(()) };
    let mut other = context.elsewhere(&someone).await?;
    let id = other.login_id().await?;
    someone.ask(end(&id)).await?.is_empty(204)?;
    other.is_logged_out().await?;
    someone.is_logged_in().await?;
    // An ended login stays ended, and ending it again is no error.
    someone.ask(end(&id)).await?.is_empty(204)
}

pub(super) async fn the_current_login_may_be_the_one(context: &Context) -> Checked {
    let can = |can: Can| can.revoke_login;
    let Some(mut someone) = someone_who(context, can, end("current")).await? else { return Ok(()) };
    let mut copy = someone.copy();
    let id = someone.login_id().await?;
    someone.ask(end(&id)).await?.is_empty(204)?;
    copy.is_logged_out().await
}

pub(super) async fn all_logins_are_ended_or_refused(context: &Context) -> Checked {
    let can = |can: Can| can.revoke_all;
    let Some(mut someone) = someone_who(context, can, Request::delete("/logins")).await? else { return Ok(()) };
    let mut other = context.elsewhere(&someone).await?;
    let mut copy = someone.copy();
    someone.ask(Request::delete("/logins")).await?.is_empty(204)?;
    copy.is_logged_out().await?;
    other.is_logged_out().await?;
    Visitor::log_in(context.client(), &someone.username, LoginWith::Json).await?.is_logged_in().await
}

pub(super) async fn all_others_are_ended_or_refused(context: &Context) -> Checked {
    let all_others = || Request::delete("/logins?except=current");
    let can = |can: Can| can.revoke_all;
    let Some(mut someone) = someone_who(context, can, all_others()).await? else { return Ok(()) };
    let mut other = context.elsewhere(&someone).await?;
    someone.ask(all_others()).await?.is_empty(204)?;
    someone.is_logged_in().await?;
    other.is_logged_out().await?;
    // Each call spares only the login that sent it.
    let mut next = context.elsewhere(&someone).await?;
    next.is_logged_in().await?;
    next.ask(all_others()).await?.is_empty(204)?;
    next.is_logged_in().await?;
    someone.is_logged_out().await?;
    next.ask(Request::delete("/logins?except=none")).await?.is_problem(422, "invalid-input")
}

/// Only a low limit is tested, because each login costs a password hash. Among logins used within one minute, any may
/// end.
pub(super) async fn a_login_beyond_the_limit_ends_another(context: &Context) -> Applied {
    const MAX_TRIED: u32 = 20;
    let Some(at_most) = context.about()?.logins_at_most.filter(|at_most| *at_most <= MAX_TRIED) else {
        return Ok(ClauseOutcome::not_applicable(format!("no limit of at most {MAX_TRIED} logins is set")));
    };
    let mut logins = vec![context.someone().await?];
    for _ in 0..at_most {
        logins.push(context.elsewhere(&logins[0]).await?);
    }
    let mut last = logins.pop().expect("there are at least two");
    last.is_logged_in().await?;
    let mut ended = 0;
    for login in &mut logins {
        ended += u32::from(login.ask(Request::get("/mine")).await?.status == 401);
    }
    ensure(ended == 1, "one other login has ended", || format!("{ended} have ended"))?;
    Ok(ClauseOutcome::Passed)
}

pub(super) async fn nobody_ends_a_strangers_login(context: &Context) -> Checked {
    let can = |can: Can| can.revoke_login;
    let Some(mut stranger) = someone_who(context, can, end("of-somebody-else")).await? else { return Ok(()) };
    let mut someone = context.someone().await?;
    let id = someone.login_id().await?;
    let answer = stranger.ask(end(&id)).await?;
    answer.ensure(answer.status < 500, "any answer but a fault of the server")?;
    someone.is_logged_in().await
}

pub(super) async fn the_id_of_a_login_opens_nothing(context: &Context) -> Checked {
    let can = |can: Can| can.list_logins;
    let Some(mut someone) = someone_who(context, can, Request::get("/logins")).await? else { return Ok(()) };
    let id = someone.login_id().await?;
    ensure(someone.credential.text() != id, "an id that is not the credential", || "the credential itself".to_owned())?;
    let id = if matches!(someone.credential, Credential::Cookie { .. }) { encoded(&id) } else { id };
    context.ask(someone.forged(&id)).await?.is_problem(401, "not-logged-in")
}

pub(super) async fn logins_are_for_those_who_are_logged_in(context: &Context) -> Checked {
    let can = context.about()?.can;
    for (request, can) in [
        (Request::get("/logins"), can.list_logins),
        (end("any"), can.revoke_login),
        (Request::delete("/logins"), can.revoke_all),
    ] {
        let answer = context.ask(request).await?;
        let if_not = if can { (401, "not-logged-in") } else { (501, "mechanism-cannot") };
        answer.is_either_problem([(401, "not-logged-in"), if_not])?;
    }
    Ok(())
}
