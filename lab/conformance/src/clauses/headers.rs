//! Headers that every answer carries, and the attributes of every cookie.

use authlab_client::{
    answer::Answer,
    expect::{Failure, ensure},
    request::{Hosts, Request},
    set_cookie::SetCookie,
    visitor::{password_change, put_item},
};

use super::{Checked, Context};

/// The maximum size of a cookie in browsers: name, value and attributes.
const MAX_COOKIE: usize = 4_096;

async fn one_of_each_kind(context: &Context) -> Result<Vec<Answer>, Failure> {
    let mut requests = ["/about", "/mine", "/no-such-path", "/", "/metrics"].map(Request::get).to_vec();
    requests.push(Request::delete("/about"));
    requests.extend(["/login", "/mine", "/docs"].map(|path| Request::get(path).from_a_browser()));
    let mut answers = Vec::new();
    for request in requests {
        answers.push(context.ask(request).await?);
    }
    Ok(answers)
}

pub(super) async fn no_browser_guesses_a_type(context: &Context) -> Checked {
    for answer in one_of_each_kind(context).await? {
        answer.has_header("x-content-type-options", "nosniff")?;
    }
    Ok(())
}

pub(super) async fn no_page_is_framed_elsewhere(context: &Context) -> Checked {
    for answer in one_of_each_kind(context).await? {
        let policy = answer.header("content-security-policy").unwrap_or_default();
        let forbids = ["frame-ancestors 'none'", "frame-ancestors 'self'"].iter().any(|rule| policy.contains(rule));
        ensure(forbids, format!("a policy of frame-ancestors on {}", answer.asked.path), || format!("`{policy}`"))?;
    }
    Ok(())
}

pub(super) async fn no_address_is_passed_on(context: &Context) -> Checked {
    let strict = ["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin", "origin"];
    for answer in one_of_each_kind(context).await? {
        let policy = answer.header("referrer-policy").unwrap_or_default();
        let is_strict = strict.contains(&policy);
        ensure(is_strict, format!("a Referrer-Policy on {}", answer.asked.path), || format!("`{policy}`"))?;
    }
    Ok(())
}

pub(super) async fn every_cookie_is_dressed_alike(context: &Context) -> Checked {
    let mut someone = context.in_a_browser().await?;
    let mut cookies: Vec<SetCookie> = someone.login.set_cookies().collect();
    for request in
        [put_item("note", "你好"), Request::delete("/items/note"), password_change(), Request::post("/logout")]
    {
        cookies.extend(someone.ask(request).await?.set_cookies());
    }
    for cookie in cookies {
        let name = cookie.name();
        for (has, expected) in [
            (cookie.http_only() == Some(true), "HttpOnly"),
            (cookie.same_site().is_some_and(|site| site.is_lax()), "SameSite=Lax"),
            (cookie.path() == Some("/"), "Path=/"),
            (cookie.domain().is_none(), "no Domain"),
        ] {
            ensure(has, format!("{expected} on the cookie `{name}`"), || "none".to_owned())?;
        }
    }
    Ok(())
}

/// Browsers drop a cookie that is too large, without an error. The service must refuse the item instead.
pub(super) async fn no_cookie_is_larger_than_a_browser_takes(context: &Context) -> Checked {
    let mut someone = context.in_a_browser().await?;
    for length in [2_000, 2_500, 3_000, 3_500, 3_900, 4_000, 4_096, 5_000, 10_000] {
        let answer = someone.put("large", &"x".repeat(length)).await?;
        if answer.status == 413 {
            answer.is_problem(413, "too-large")?;
        }
        for cookie in answer.headers.get_all(http::header::SET_COOKIE) {
            let bytes = cookie.len();
            let fits = bytes <= MAX_COOKIE;
            ensure(fits, format!("at most {MAX_COOKIE} bytes in a cookie"), || format!("{bytes} bytes"))?;
        }
    }
    someone.is_logged_in().await
}

pub(super) async fn one_host_is_named(context: &Context) -> Checked {
    for hosts in [Hosts::None, Hosts::Two] {
        context.ask(Request::get("/about").hosts(hosts)).await?.is(400)?;
    }
    Ok(())
}
