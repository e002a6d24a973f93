//! The handlers, one file for each family of routes. Each calls one verb of the mechanism.

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
    door::{Caller, Delivered, Delivery},
    contract::FreshToken,
    problem::{Problem, Shown},
};

/// How an answer to this caller hands a token over, once there is a login.
fn delivery(is_form: bool) -> Delivery {
    if is_form { Delivery::Cookie } else { Delivery::AsItCame }
}

/// It is done: 204, or 200 with the fresh token.
fn done(delivered: Delivered) -> Response {
    let Delivered { headers, token } = delivered;
    match token {
        Some(token) => (headers, Json(FreshToken { token })).into_response(),
        None => (StatusCode::NO_CONTENT, headers).into_response(),
    }
}

/// A form that succeeded goes on to a path of ours (`303 See Other`).
fn see_other(path: &str, delivered: Delivered) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, delivered.headers, [(header::LOCATION, location)]).into_response()
}

/// HTML for those that prefer it, JSON for everyone else.
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

/// The form again, with what was wrong.
fn form_again(problem: Problem, page: Markup) -> Response {
    let mut response = html(problem.kind.status(), page);
    response.extensions_mut().insert(problem);
    response.extensions_mut().insert(Shown);
    response
}

/// A path on this very service, to which a browser may be sent after a login.
///
/// Browsers read a backslash as a slash and drop tabs and line ends, so `/\evil` and `/<tab>/evil` leave the site.
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
