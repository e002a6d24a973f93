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
pub mod verify;

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
    local_path::local_path,
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
