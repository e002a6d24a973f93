//! Middleware for every answer of the page: refuses requests from other sites, and adds the security headers.

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::view;

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                                       img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; \
                                       base-uri 'none'";

const ALWAYS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not `no-referrer`: it makes a browser send `Origin: null` with forms. Over plain HTTP to another machine there is
    // no Sec-Fetch-Site, so the page's own forms would be refused.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

pub(super) fn around(routes: Router) -> Router {
    routes.layer(CsrfLayer::new().with_rejection_response(refused)).layer(middleware::from_fn(add_headers))
}

fn refused(_: ProtectionError) -> Response {
    let page = view::problem(
        "Sent by another site",
        "This request did not come from the lab's own page, so the lab did nothing. Open the lab's start page and start there.",
    );
    (StatusCode::FORBIDDEN, page).into_response()
}

async fn add_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A journey's page changes with each step, so it must not be stored.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
