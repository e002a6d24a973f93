//! Errors: each is a problem document that says what was wrong.

use authlab_client::{
    expect::ensure,
    fresh,
    request::Request,
    visitor::{account, register},
};
use http::{Method, header};
use serde_json::json;

use super::{Checked, Context};

const TOO_LARGE_FOR_ANY_CALL: usize = 4 * 1024 * 1024;

pub(super) async fn an_unknown_path_is_not_found(context: &Context) -> Checked {
    context.ask(Request::get("/no-such-path")).await?.is_problem(404, "not-found")
}

pub(super) async fn a_wrong_method_is_told_which_are_allowed(context: &Context) -> Checked {
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
        let came = || format!("`{allow}` in {}", answer.in_short());
        ensure(names_it, format!("an Allow header that names {allowed}"), came)?;
    }
    Ok(())
}

pub(super) async fn a_content_type_that_is_not_read_is_refused(context: &Context) -> Checked {
    let body = account("nobody", "a password of some length").to_string();
    for path in ["/register", "/login"] {
        let types = ["text/plain", "application/xml", ""];
        let requests = types.map(|content_type| Request::post(path).body(content_type, body.clone()));
        context.refuses(requests, (415, "unsupported-media-type")).await?;
    }
    Ok(())
}

pub(super) async fn a_content_type_may_name_its_charset(context: &Context) -> Checked {
    let body = account(&fresh::username("conform"), "a password of some length").to_string();
    context.ask(Request::post("/register").body("application/json; charset=utf-8", body)).await?.is(201)
}

pub(super) async fn malformed_json_is_malformed(context: &Context) -> Checked {
    for path in ["/register", "/login"] {
        let bodies = [&br#"{"username": "#[..], b"", b"not json", b"{\"username\": \"\xff\xfe\", \"password\": \"x\"}"];
        let requests = bodies.map(|body| Request::post(path).body("application/json", body));
        context.refuses(requests, (400, "malformed-request")).await?;
    }
    Ok(())
}

pub(super) async fn wrong_types_and_missing_members_are_invalid(context: &Context) -> Checked {
    let (wrong, missing) = (json!({"username": 1, "password": []}), json!({"username": "alone"}));
    let bodies = [wrong, missing, json!({}), json!([]), json!(null)];
    for path in ["/register", "/login"] {
        context.refuses(bodies.each_ref().map(|body| Request::post(path).json(body)), (422, "invalid-input")).await?;
    }
    Ok(())
}

pub(super) async fn a_body_too_large_for_any_call_is_refused(context: &Context) -> Checked {
    let large = register("large", &"x".repeat(TOO_LARGE_FOR_ANY_CALL));
    let chunked = large.clone().header(header::TRANSFER_ENCODING, "chunked");
    context.refuses([large, chunked], (413, "too-large")).await
}

pub(super) async fn deeply_nested_json_is_refused_not_fatal(context: &Context) -> Checked {
    let nested = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let answer = context.ask(Request::post("/login").body("application/json", nested)).await?;
    answer.ensure((400..500).contains(&answer.status), "a 4xx status")?;
    context.ask(Request::get("/livez")).await?.is(200)
}

pub(super) async fn every_answer_carries_a_request_id_of_its_own(context: &Context) -> Checked {
    let mut seen = Vec::new();
    let mut requests = ["/about", "/about", "/mine", "/no-such-path"].map(Request::get).to_vec();
    requests.extend([Request::delete("/about"), Request::post("/logout"), Request::get("/login").from_a_browser()]);
    for request in requests {
        let answer = context.ask(request).await?;
        let id = answer.header("x-request-id").unwrap_or_default().to_owned();
        answer.ensure(!id.is_empty() && !seen.contains(&id), "a different X-Request-Id in each answer")?;
        seen.push(id);
    }
    Ok(())
}

pub(super) async fn what_depends_on_the_login_is_not_stored(context: &Context) -> Checked {
    let mut someone = context.someone().await?;
    let mut answers = vec![someone.login.clone()];
    for path in ["/mine", "/mine/record", "/items", "/logins"] {
        answers.push(someone.ask(Request::get(path)).await?);
    }
    answers.push(context.ask(Request::get("/mine")).await?);
    for answer in answers {
        answer.is_not_stored()?;
    }
    Ok(())
}
