//! Logout: the cookies it clears, repeated logouts, and their reach.

use std::time::Duration;

use authlab_client::{
    about::StateLives,
    expect::{Failure, ensure, members},
    request::Request,
    set_cookie::SetCookie,
};

use super::{Checked, Context};

pub(super) async fn logging_out_ends_the_login(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    someone.log_out().await?.is_empty(204)?;
    someone.is_logged_out().await
}

pub(super) async fn anybody_may_log_out_as_often_as_they_like(context: &Context) -> Checked {
    context.ask(Request::post("/logout")).await?.is_empty(204)?;
    let someone = context.someone().await?;
    for _ in 0..2 {
        // Uses the old credential each time, as a client does that lost the answer.
        someone.copy().log_out().await?.is_empty(204)?;
    }
    Ok(())
}

pub(super) async fn the_credential_is_cleared_as_it_was_set(context: &Context) -> Checked {
    let mut someone = context.in_a_browser().await?;
    let answer = someone.log_out().await?;
    let (name, _) = someone.cookie()?;
    let set = someone.login.set_cookie(name);
    let cleared = answer.set_cookie(name).filter(SetCookie::deletes);
    let (Some(set), Some(cleared)) = (set, cleared) else {
        return Err(Failure::new(format!("the cookie `{name}` to be deleted"), answer.in_short()));
    };
    let attributes = |cookie: &SetCookie| {
        format!("{:?}", (cookie.path(), cookie.domain(), cookie.same_site(), cookie.http_only(), cookie.secure()))
    };
    let (before, after) = (attributes(&set), attributes(&cleared));
    ensure(before == after, format!("path, domain, SameSite, HttpOnly and Secure to be {before}"), || after)?;
    someone.is_logged_out().await
}

/// Either the copy is refused, or `/about` says that the mechanism cannot end it.
pub(super) async fn a_copy_dies_with_the_login_where_the_mechanism_can(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let mut copy = someone.copy();
    someone.log_out().await?.is(204)?;
    if context.about()?.can_end_copies() {
        return copy.is_logged_out().await;
    }
    let answer = copy.ask(Request::get("/mine")).await?;
    answer.ensure(matches!(answer.status, 200 | 401), "200 or 401, as long as nothing can be ended")
}

pub(super) async fn what_the_server_kept_is_gone(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let mut copy = someone.copy();
    someone.log_out().await?.is(204)?;
    let answer = copy.ask(Request::get("/mine/record")).await?;
    if answer.status == 401 {
        return Ok(());
    }
    let body = answer.is_json(200)?;
    let lives_in_client = context.about()?.state_lives == StateLives::Client;
    answer.ensure(body["bytes"] == 0 || lives_in_client, "nothing to be kept after the logout")?;
    answer.ensure(body["record"].is_null(), "no record after the logout")
}

pub(super) const PARTIAL_WAYS: [&str; 3] = ["delete-cookie", "delete-login", "clear"];

pub(super) async fn a_logout_goes_part_of_the_way_or_is_refused(context: &Context) -> Checked {
    for way in PARTIAL_WAYS {
        let mut someone = context.someone().await?;
        let answer = someone.ask(Request::post(format!("/logout?how={way}"))).await?;
        if answer.status == 501 {
            let problem = answer.problem(501, "mechanism-cannot")?;
            let instead = problem["detail"].as_str().is_some_and(|detail| detail.contains("Instead:"));
            answer.ensure(instead, "an alternative in `detail`")?;
            someone.is_logged_in().await?;
        } else {
            let body = answer.is_json(200)?;
            members(&body, &["how", "cookie_cleared", "record_left", "login_left"])?;
            answer.ensure(body["how"] == way, format!("`how` to be {way}"))?;
        }
    }
    Ok(())
}

pub(super) async fn an_unknown_way_to_log_out_is_refused(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    for way in ["", "FLUSH", "everything", "flush%20", "delete_cookie"] {
        someone.ask(Request::post(format!("/logout?how={way}"))).await?.is_problem(422, "invalid-input")?;
        someone.is_logged_in().await?;
    }
    someone.ask(Request::post("/logout?how=flush")).await?.is_empty(204)?;
    someone.is_logged_out().await
}

pub(super) async fn other_logins_of_the_account_go_on(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let mut other = context.elsewhere(&someone).await?;
    if someone.credential == other.credential {
        // Two stamped credentials of one second can be equal, and equal credentials would make the test pointless.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        other = context.elsewhere(&someone).await?;
    }
    someone.log_out().await?.is(204)?;
    other.is_logged_in().await
}
