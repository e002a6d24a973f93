//! Gives each request an id, measures it and writes one line of log, without query or headers: tokens travel there.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue};
use tracing::Instrument as _;

use crate::{http::App, random};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    #[expect(clippy::disallowed_methods, reason = "a duration is measured, no time is told")]
    let begun = Instant::now();
    let id = request_id(&request);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let span =
        tracing::info_span!("request", service = app.mechanism.card().mechanism, id = id.to_str().unwrap_or_default());

    let mut response = next.run(request).instrument(span.clone()).await;

    let status = response.status();
    let took = begun.elapsed();
    app.metrics.request(&method, route.as_ref().map_or("", MatchedPath::as_str), status, took);
    span.in_scope(|| tracing::info!(%method, path, status = status.as_u16(), micros = took.as_micros(), "answered"));
    response.headers_mut().insert(X_REQUEST_ID, id);
    response
}

/// The client's own id, if it is short and plain; else a new one.
fn request_id(request: &Request) -> HeaderValue {
    let sane = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        (1..=64).contains(&bytes.len()) && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
    };
    let given = request.headers().get(X_REQUEST_ID).filter(sane);
    given
        .cloned()
        .unwrap_or_else(|| HeaderValue::from_str(&random::hex::<8>()).unwrap_or(HeaderValue::from_static("-")))
}
