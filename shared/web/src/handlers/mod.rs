//! The handlers, one file per family of routes. Each calls one method of the mechanism.

pub mod about;
pub mod accounts;
pub mod docs;
pub mod health;
pub mod items;
pub mod login;
pub mod logins;
pub mod mine;
pub mod tokens;

use axum::{
    Json,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use maud::Markup;

use super::{
    App,
    contract::FreshToken,
    door::{Caller, Delivered},
    pages::CredentialsForm,
    problem::{Problem, Shown},
};

/// The answer 204, or 200 with a fresh token.
fn done(delivered: Delivered) -> Response {
    let Delivered { headers, token } = delivered;
    match token {
        Some(token) => (headers, Json(FreshToken { token })).into_response(),
        None => (StatusCode::NO_CONTENT, headers).into_response(),
    }
}

/// Redirects after a successful form to a path of this service (`303 See Other`).
fn see_other(path: &str, delivered: Delivered) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, delivered.headers, [(header::LOCATION, location)]).into_response()
}

/// HTML for clients that prefer it, JSON for all others.
fn page_or_json<T: serde::Serialize>(
    caller: &Caller,
    page: impl FnOnce() -> Markup,
    json: impl FnOnce() -> T,
) -> Response {
    if caller.prefers_html { html(StatusCode::OK, page()) } else { Json(json()).into_response() }
}

fn html(status: StatusCode, page: Markup) -> Response {
    (status, Html(page.into_string())).into_response()
}

/// The answer to a refused request: for a form in a browser, the page with the form again and the error.
fn refused(
    problem: Problem,
    is_form: bool,
    caller: &Caller,
    page: impl FnOnce(&str) -> Markup,
) -> Result<Response, Problem> {
    if !(is_form && caller.prefers_html) {
        return Err(problem);
    }
    let mut response = html(problem.kind.status(), page(&problem.detail));
    response.extensions_mut().insert(problem);
    response.extensions_mut().insert(Shown);
    Ok(response)
}

/// The contents of the form at `/login` and `/register`.
fn credentials<'a>(app: &App, username: &'a str, next: Option<&'a str>, error: Option<&'a str>) -> CredentialsForm<'a> {
    let password_min_length = app.accounts.policy.password_min_length;
    CredentialsForm { username, next: next.and_then(local_path), error, password_min_length }
}

/// A path on this service, to which a browser may be redirected after a login.
///
/// Browsers read a backslash as a slash and drop tabs and line ends, so `/\evil` and `/<tab>/evil` would lead to another site.
fn local_path(next: &str) -> Option<&str> {
    let harmless = next.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
    (harmless && next.starts_with('/') && !next.starts_with("//")).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_a_path_of_this_service_is_followed() {
        for good in ["/", "/mine", "/mine?a=b", "/login?next=//x", "/a/../b", "/%2f%2fevil.example"] {
            assert_eq!(local_path(good), Some(good));
        }
        let elsewhere =
            ["//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example"];
        let other = ["", "mine", "http://evil.example", "javascript:alert(1)", "/\n/evil", " /mine", "/mi ne", "/ä"];
        for bad in elsewhere.iter().chain(&other) {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }
}
