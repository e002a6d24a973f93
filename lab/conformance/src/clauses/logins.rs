//! Listing logins, and ending one or all of them. A mechanism that cannot do this says so and gives the reason.

use authlab_client::{
    answer::Answer,
    credential::Credential,
    expect::{ensure, instant, members},
    request::{Request, encoded},
    visitor::{LoginWith, Visitor},
};

use crate::{
    clause::{
        Standing,
        Stands::{Holds, NotApplicable},
    },
    context::Context,
};

fn end(id: &str) -> Request {
    Request::delete(format!("/logins/{}", encoded(id)))
}

/// 501 with a reason, and the login still works.
async fn is_refused(someone: &mut Visitor, request: Request) -> Standing {
    let answer: Answer = someone.ask(request).await?;
    let problem = answer.is_problem(501, "mechanism-cannot")?;
    let reasons = problem["detail"].as_str().is_some_and(|detail| detail.split_whitespace().count() >= 6);
    answer.ensure(reasons, "a reason and an alternative in `detail`")?;
    someone.is_logged_in().await?;
    Ok(Holds)
}

pub(super) async fn the_logins_are_listed_or_refused(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    if !context.about()?.can.list_logins {
        return is_refused(&mut someone, Request::get("/logins")).await;
    }
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
    ensure(agents.contains(&"lab (elsewhere)"), "the user agent of the other device", || agents.join(", "))?;
    Ok(Holds)
}

pub(super) async fn one_login_is_ended_or_refused(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    if !context.about()?.can.revoke_login {
        return is_refused(&mut someone, end("any")).await;
    }
    let mut other = context.elsewhere(&someone).await?;
    let id = other.login_id().await?;
    someone.ask(end(&id)).await?.is_empty(204)?;
    other.is_logged_out().await?;
    someone.is_logged_in().await?;
    // An ended login stays ended, and ending it again is no error.
    someone.ask(end(&id)).await?.is_empty(204)?;
    Ok(Holds)
}

pub(super) async fn the_current_login_may_be_the_one(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    if !context.about()?.can.revoke_login {
        return is_refused(&mut someone, end("current")).await;
    }
    let mut copy = someone.copy();
    let id = someone.login_id().await?;
    someone.ask(end(&id)).await?.is_empty(204)?;
    copy.is_logged_out().await?;
    Ok(Holds)
}

pub(super) async fn all_logins_are_ended_or_refused(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    if !context.about()?.can.revoke_all {
        return is_refused(&mut someone, Request::delete("/logins")).await;
    }
    let mut other = context.elsewhere(&someone).await?;
    let mut copy = someone.copy();
    someone.ask(Request::delete("/logins")).await?.is_empty(204)?;
    copy.is_logged_out().await?;
    other.is_logged_out().await?;
    Visitor::log_in(context.client(), &someone.username, LoginWith::Json).await?.is_logged_in().await?;
    Ok(Holds)
}

pub(super) async fn all_others_are_ended_or_refused(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    let all_others = || Request::delete("/logins?except=current");
    if !context.about()?.can.revoke_all {
        return is_refused(&mut someone, all_others()).await;
    }
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
    next.ask(Request::delete("/logins?except=none")).await?.is_problem(422, "invalid-input")?;
    Ok(Holds)
}

/// Only a low limit is tested, because each login costs a password hash. Among logins used within one minute, any may
/// end.
pub(super) async fn a_login_beyond_the_limit_ends_another(context: &Context) -> Standing {
    const MAX_TRIED: u32 = 20;
    let Some(at_most) = context.about()?.logins_at_most.filter(|at_most| *at_most <= MAX_TRIED) else {
        return Ok(NotApplicable(format!("no limit of at most {MAX_TRIED} logins is set")));
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
    Ok(Holds)
}

pub(super) async fn nobody_ends_a_strangers_login(context: &Context) -> Standing {
    let (mut someone, mut stranger) = (context.someone().await?, context.someone().await?);
    if !context.about()?.can.revoke_login {
        return is_refused(&mut stranger, end("of-somebody-else")).await;
    }
    let id = someone.login_id().await?;
    let answer = stranger.ask(end(&id)).await?;
    answer.ensure(answer.status < 500, "any answer but a fault of the server")?;
    someone.is_logged_in().await?;
    Ok(Holds)
}

pub(super) async fn the_id_of_a_login_opens_nothing(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    if !context.about()?.can.list_logins {
        return is_refused(&mut someone, Request::get("/logins")).await;
    }
    let id = someone.login_id().await?;
    ensure(someone.credential.text() != id, "an id that is not the credential", || "the credential itself".to_owned())?;
    let with_id = match &someone.credential {
        Credential::Cookie { name, .. } => Request::get("/mine").cookie(name, &encoded(&id)),
        Credential::Bearer(_) => Request::get("/mine").bearer(&id),
    };
    context.ask(with_id).await?.is_problem(401, "not-logged-in")?;
    Ok(Holds)
}

pub(super) async fn logins_are_for_those_who_are_logged_in(context: &Context) -> Standing {
    let can = context.about()?.can;
    for (request, can) in [
        (Request::get("/logins"), can.list_logins),
        (end("any"), can.revoke_login),
        (Request::delete("/logins"), can.revoke_all),
    ] {
        let answer = context.ask(request).await?;
        if can || answer.status == 401 {
            answer.is_problem(401, "not-logged-in")?;
        } else {
            answer.is_problem(501, "mechanism-cannot")?;
        }
    }
    Ok(Holds)
}
