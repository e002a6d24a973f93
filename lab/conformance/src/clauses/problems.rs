//! Errors: each is a problem document that says what was wrong.

use authlab_client::{expect::ensure, request::Request, visitor::account};
use http::{Method, header};
use serde_json::json;

use crate::{
    clause::{Standing, Stands::Holds},
    context::Context,
};

const TOO_LARGE_FOR_ANY_CALL: usize = 4 * 1024 * 1024;

pub(super) async fn an_unknown_path_is_not_found(context: &Context) -> Standing {
    context.ask(Request::get("/no-such-path")).await?.is_problem(404, "not-found")?;
    Ok(Holds)
}

pub(super) async fn a_wrong_method_is_told_which_are_allowed(context: &Context) -> Standing {
    for (request, allowed) in [
        (Request::delete("/mine"), "GET"),
        (Request::get("/logout"), "POST"),
        (Request::put("/register"), "POST"),
        (Request::post("/about"), "GET"),
        (Request::new(Method::PATCH, "/items/a"), "PUT"),
    ] {
        let answer = context.ask(request).await?;
        answer.is_problem(405, "method-not-allowed")?;
        let allow = answer.header("allow").unwrap_or_default();
        let names_it = allow.split(',').any(|method| method.trim() == allowed);
        ensure(names_it, format!("an Allow header that names {allowed}"), || {
            format!("`{allow}` in {}", answer.in_short())
        })?;
    }
    Ok(Holds)
}

pub(super) async fn a_content_type_that_is_not_read_is_refused(context: &Context) -> Standing {
    let body = account("nobody", "a password of some length").to_string();
    for content_type in ["text/plain", "application/xml", ""] {
        for path in ["/register", "/login"] {
            let answer = context.ask(Request::post(path).body(content_type, body.clone())).await?;
            answer.is_problem(415, "unsupported-media-type")?;
        }
    }
    Ok(Holds)
}

pub(super) async fn a_content_type_may_name_its_charset(context: &Context) -> Standing {
    let username = authlab_client::fresh::username("conform");
    let body = account(&username, "a password of some length").to_string();
    context.ask(Request::post("/register").body("application/json; charset=utf-8", body)).await?.is(201)?;
    Ok(Holds)
}

pub(super) async fn malformed_json_is_malformed(context: &Context) -> Standing {
    for body in [&br#"{"username": "#[..], b"", b"not json", b"{\"username\": \"\xff\xfe\", \"password\": \"x\"}"] {
        for path in ["/register", "/login"] {
            let answer = context.ask(Request::post(path).body("application/json", body.to_vec())).await?;
            answer.is_problem(400, "malformed-request")?;
        }
    }
    Ok(Holds)
}

pub(super) async fn wrong_types_and_missing_members_are_invalid(context: &Context) -> Standing {
    for body in
        [json!({"username": 1, "password": []}), json!({"username": "alone"}), json!({}), json!([]), json!(null)]
    {
        for path in ["/register", "/login"] {
            context.ask(Request::post(path).json(&body)).await?.is_problem(422, "invalid-input")?;
        }
    }
    Ok(Holds)
}

pub(super) async fn a_body_too_large_for_any_call_is_refused(context: &Context) -> Standing {
    let body = account("large", &"x".repeat(TOO_LARGE_FOR_ANY_CALL));
    context.ask(Request::post("/register").json(&body)).await?.is_problem(413, "too-large")?;
    let chunked = Request::post("/register").json(&body).header(header::TRANSFER_ENCODING, "chunked");
    context.ask(chunked).await?.is_problem(413, "too-large")?;
    Ok(Holds)
}

pub(super) async fn deeply_nested_json_is_refused_not_fatal(context: &Context) -> Standing {
    let nested = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let answer = context.ask(Request::post("/login").body("application/json", nested)).await?;
    answer.ensure((400..500).contains(&answer.status), "a 4xx status")?;
    context.ask(Request::get("/livez")).await?.is(200)?;
    Ok(Holds)
}

pub(super) async fn every_answer_carries_a_request_id_of_its_own(context: &Context) -> Standing {
    let mut seen = Vec::new();
    for request in [
        Request::get("/about"),
        Request::get("/about"),
        Request::get("/mine"),
        Request::get("/no-such-path"),
        Request::delete("/about"),
        Request::post("/logout"),
        Request::get("/login").from_a_browser(),
    ] {
        let answer = context.ask(request).await?;
        let id = answer.header("x-request-id").unwrap_or_default().to_owned();
        answer.ensure(!id.is_empty() && !seen.contains(&id), "a different X-Request-Id in each answer")?;
        seen.push(id);
    }
    Ok(Holds)
}

pub(super) async fn what_depends_on_the_login_is_not_stored(context: &Context) -> Standing {
    let mut someone = context.someone().await?;
    let mut answers = vec![someone.login.clone()];
    for path in ["/mine", "/mine/record", "/items", "/logins"] {
        answers.push(someone.ask(Request::get(path)).await?);
    }
    answers.push(context.ask(Request::get("/mine")).await?);
    for answer in answers {
        let says_so = answer.header("cache-control").is_some_and(|value| value.contains("no-store"));
        answer.ensure(says_so, "`Cache-Control: no-store`")?;
    }
    Ok(Holds)
}
