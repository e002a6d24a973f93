//! Writes every error as a problem: as JSON, or as a page for a client that prefers one.

use std::net::IpAddr;

use authlab_mechanism::{login::Scheme, refusal::Denied};
use axum::{
    Json,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::{
    App,
    body::MAX_BODY_SIZE,
    pages,
    problem::{Kind, Problem, Shown},
};

/// The response, or what it says is wrong.
pub(super) fn written(app: &App, html: bool, from: Option<IpAddr>, mut response: Response) -> Response {
    let shown = response.extensions_mut().remove::<Shown>();
    let Some(problem) = response.extensions_mut().remove::<Problem>().or_else(|| unexplained(&response)) else {
        return response;
    };
    app.metrics.refusal(problem.kind, problem.denied);
    app.watch_for(&problem, from);
    if shown.is_some() {
        add_headers(app, &problem, response.headers_mut());
        return response;
    }
    let mut written = body(app, &problem, html);
    // What a layer or the router added (`Allow`, `Set-Cookie`) stays.
    for (name, value) in response.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            written.headers_mut().append(name, value.clone());
        }
    }
    written
}

fn body(app: &App, problem: &Problem, html: bool) -> Response {
    let status = problem.kind.status();
    let mut response = if html {
        Html(pages::problem(app.site(), problem.kind.title(), &problem.detail).into_string()).into_response()
    } else {
        let mut response = Json(problem.body()).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    };
    *response.status_mut() = status;
    add_headers(app, problem, response.headers_mut());
    response
}

/// What a problem says to programs.
fn add_headers(app: &App, problem: &Problem, headers: &mut HeaderMap) {
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.kind.status() == StatusCode::UNAUTHORIZED
        && let Ok(challenge) = HeaderValue::from_str(&challenge(&app.mechanism().card().scheme, problem.denied))
    {
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
}

/// RFC 6750 §3: an error code only where a token was sent.
fn challenge(scheme: &Scheme, denied: Option<Denied>) -> String {
    match (scheme, denied) {
        (Scheme::Cookie(name), _) => {
            format!("Cookie realm=\"authlab\", form-action=\"/login\", cookie-name=\"{name}\"")
        }
        (Scheme::Bearer(_), None | Some(Denied::Missing)) => "Bearer realm=\"authlab\"".to_owned(),
        (Scheme::Bearer(_), Some(_)) => "Bearer realm=\"authlab\", error=\"invalid_token\"".to_owned(),
    }
}

/// An error that came without words, from a layer or from the router.
fn unexplained(response: &Response) -> Option<Problem> {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    let content_type = response.headers().get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    if !(content_type.is_empty() || content_type.starts_with(b"text/plain")) {
        return None;
    }
    let (kind, detail) = match status {
        StatusCode::BAD_REQUEST => (Kind::MalformedRequest, "the path or the query cannot be read"),
        StatusCode::FORBIDDEN => (
            Kind::CrossSiteRequest,
            "this request came from another site; send it from this one, or name that site in CSRF_TRUSTED_ORIGINS",
        ),
        StatusCode::NOT_FOUND => (Kind::NotFound, "there is nothing at this path; see /docs"),
        StatusCode::METHOD_NOT_ALLOWED => (Kind::MethodNotAllowed, "see the Allow header for what can be done here"),
        StatusCode::REQUEST_TIMEOUT => (Kind::Other(status), "the request took too long"),
        StatusCode::PAYLOAD_TOO_LARGE => return Some(Problem::too_large("a body", MAX_BODY_SIZE)),
        _ => (Kind::Other(status), "the service failed; the log has more under this request's id"),
    };
    Some(Problem::new(kind, detail))
}
