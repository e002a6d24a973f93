//! The handlers, one file per family of routes. Each calls one method of the mechanism.

pub mod about;
pub mod accounts;
pub mod docs;
pub mod health;
pub mod items;
pub mod login;
pub mod logins;
pub mod mine;
pub mod public_keys;
pub mod tokens;

use axum::{
    Json,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use maud::Markup;

use super::{
    contract::FreshToken,
    door::{Caller, Delivered, Delivery},
    problem::{Problem, Shown},
};

/// How an answer to a logged-in caller delivers a token.
fn delivery(is_form: bool) -> Delivery {
    if is_form { Delivery::Cookie } else { Delivery::AsItCame }
}

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

/// The form again, with the error.
fn form_again(problem: Problem, page: Markup) -> Response {
    let mut response = html(problem.kind.status(), page);
    response.extensions_mut().insert(problem);
    response.extensions_mut().insert(Shown);
    response
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
        for bad in [
            "",
            "mine",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "http://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil",
            " /mine",
            "/mi ne",
            "/ä",
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }
}
