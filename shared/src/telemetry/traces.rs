//! Spans for traces: one for a request, and inside it one for each question to a store and each password that is checked.
//!
//! They are apart from what is logged, and are not even made where nobody collects them.

use std::sync::atomic::{AtomicBool, Ordering};

use http::{HeaderMap, Method, StatusCode};
use tracing::{Span, field::Empty};

/// The target of these spans, by which the log is deaf to them and the exporter to everything else.
pub(super) const TARGET: &str = "authlab::trace";

static COLLECTED: AtomicBool = AtomicBool::new(false);

/// From now on there is somebody who wants them.
#[cfg(feature = "otlp")]
pub(super) fn are_collected() {
    COLLECTED.store(true, Ordering::Relaxed);
}

/// A request, as a part of the trace that its `traceparent` names (W3C Trace Context). `route` is a pattern, never a path.
pub(crate) fn of_request(method: &Method, route: &str, id: &str, headers: &HeaderMap) -> Option<Span> {
    if !COLLECTED.load(Ordering::Relaxed) {
        return None;
    }
    let span = tracing::info_span!(
        target: TARGET,
        "request",
        otel.name = format!("{method} {route}").trim_end(),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method.as_str(),
        http.route = route,
        http.response.status_code = Empty,
        authlab.request_id = id,
    );
    #[cfg(feature = "otlp")]
    super::otlp::continue_trace(&span, headers);
    #[cfg(not(feature = "otlp"))]
    let _ = headers;
    Some(span)
}

/// What became of the request.
pub(crate) fn answered(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}

pub(super) fn of_store(system: &str, operation: &str, collection: &str) -> Span {
    if !COLLECTED.load(Ordering::Relaxed) {
        return Span::none();
    }
    tracing::info_span!(
        target: TARGET,
        "store",
        otel.name = format!("{operation} {collection}").trim_end(),
        otel.kind = "client",
        db.system.name = system,
        db.operation.name = operation,
        db.collection.name = collection,
    )
}

/// Waiting for a thread that hashes included.
pub(crate) fn of_password() -> Span {
    if !COLLECTED.load(Ordering::Relaxed) {
        return Span::none();
    }
    tracing::info_span!(target: TARGET, "password hash")
}
