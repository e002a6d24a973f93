//! Headers that every answer carries, and the attributes of every cookie.

use authlab_client::{
    answer::Answer,
    expect::{Failure, ensure},
    request::{Hosts, Request},
    set_cookie::SetCookie,
    visitor::PASSWORD,
};
use serde_json::json;

use crate::{
    clause::{Standing, Stands::Holds},
    context::Context,
};

/// The maximum size of a cookie in browsers: name, value and attributes.
const MAX_COOKIE: usize = 4_096;

async fn one_of_each_kind(context: &Context) -> Result<Vec<Answer>, Failure> {
    let mut answers = Vec::new();
    for request in [
        Request::get("/about"),
        Request::get("/mine"),
        Request::get("/no-such-path"),
        Request::delete("/about"),
        Request::get("/"),
        Request::get("/metrics"),
        Request::get("/login").from_a_browser(),
        Request::get("/mine").from_a_browser(),
        Request::get("/docs").from_a_browser(),
    ] {
        answers.push(context.ask(request).await?);
    }
    Ok(answers)
}

pub(super) async fn no_browser_guesses_a_type(context: &Context) -> Standing {
    for answer in one_of_each_kind(context).await? {
        answer.has_header("x-content-type-options", "nosniff")?;
    }
    Ok(Holds)
}

pub(super) async fn no_page_is_framed_elsewhere(context: &Context) -> Standing {
    for answer in one_of_each_kind(context).await? {
        let policy = answer.header("content-security-policy").unwrap_or_default();
        let forbids = ["frame-ancestors 'none'", "frame-ancestors 'self'"].iter().any(|rule| policy.contains(rule));
        ensure(forbids, format!("a policy of frame-ancestors on {}", answer.asked.path), || format!("`{policy}`"))?;
    }
    Ok(Holds)
}

pub(super) async fn no_address_is_passed_on(context: &Context) -> Standing {
    let strict = ["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin", "origin"];
    for answer in one_of_each_kind(context).await? {
        let policy = answer.header("referrer-policy").unwrap_or_default();
        ensure(strict.contains(&policy), format!("a Referrer-Policy on {}", answer.asked.path), || {
            format!("`{policy}`")
        })?;
    }
    Ok(Holds)
}

pub(super) async fn every_cookie_is_dressed_alike(context: &Context) -> Standing {
    let mut someone = context.in_a_browser().await?;
    let mut cookies: Vec<SetCookie> = someone.login.set_cookies().collect();
    for request in [
        Request::put("/items/note").json(&json!({"value": "你好"})),
        Request::delete("/items/note"),
        Request::post("/password").json(&json!({"current": PASSWORD, "new": "another password of mine"})),
        Request::post("/logout"),
    ] {
        cookies.extend(someone.ask(request).await?.set_cookies());
    }
    for cookie in cookies {
        let name = cookie.name();
        let is =
            |holds, expected: &str| ensure(holds, format!("{expected} on the cookie `{name}`"), || "none".to_owned());
        is(cookie.http_only() == Some(true), "HttpOnly")?;
        is(cookie.same_site().is_some_and(|site| site.is_lax()), "SameSite=Lax")?;
        is(cookie.path() == Some("/"), "Path=/")?;
        is(cookie.domain().is_none(), "no Domain")?;
    }
    Ok(Holds)
}

/// Browsers drop a cookie that is too large, without an error. The service must refuse the item instead.
pub(super) async fn no_cookie_is_larger_than_a_browser_takes(context: &Context) -> Standing {
    let mut someone = context.in_a_browser().await?;
    for length in [2_000, 2_500, 3_000, 3_500, 3_900, 4_000, 4_096, 5_000, 10_000] {
        let answer = someone.put("large", &"x".repeat(length)).await?;
        if answer.status == 413 {
            answer.is_problem(413, "too-large")?;
        }
        for cookie in answer.headers.get_all(http::header::SET_COOKIE) {
            let bytes = cookie.len();
            ensure(bytes <= MAX_COOKIE, format!("at most {MAX_COOKIE} bytes in a cookie"), || {
                format!("{bytes} bytes")
            })?;
        }
    }
    someone.is_logged_in().await?;
    Ok(Holds)
}

pub(super) async fn one_host_is_named(context: &Context) -> Standing {
    for hosts in [Hosts::None, Hosts::Two] {
        context.ask(Request::get("/about").hosts(hosts)).await?.is(400)?;
    }
    Ok(Holds)
}
