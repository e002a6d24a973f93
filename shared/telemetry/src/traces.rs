//! Spans for traces: one for a request, and inside it one for each question to a store and each password that is checked.
//!
//! They are apart from what is logged, and are not even made where nobody collects them.

use std::sync::OnceLock;

use tracing::{Span, field::Empty};

/// The target of these spans. The log leaves it out, and the exporter takes nothing else.
pub const TARGET: &str = "authlab::trace";

/// The value of a request's header, by its name.
pub type Header<'a> = &'a dyn Fn(&str) -> Option<&'a str>;

/// Makes a span a part of the trace that the headers of a request name.
pub type ContinueTrace = fn(&Span, Header<'_>);

static COLLECTED: OnceLock<ContinueTrace> = OnceLock::new();

/// From now on spans are made: a collector wants them.
pub fn collect(continue_trace: ContinueTrace) {
    COLLECTED.get_or_init(|| continue_trace);
}

/// A request, as a part of the trace that its `traceparent` names (W3C Trace Context). `route` is a pattern, never a path.
pub fn of_request(method: &str, route: &str, id: &str, header: Header<'_>) -> Option<Span> {
    let continue_trace = COLLECTED.get()?;
    let span = tracing::info_span!(
        target: TARGET,
        "request",
        otel.name = format!("{method} {route}").trim_end(),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        authlab.request_id = id,
    );
    continue_trace(&span, header);
    Some(span)
}

/// Records the status of the answer.
pub fn answered(span: &Span, status: u16) {
    span.record("http.response.status_code", i64::from(status));
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

pub fn of_store(system: &str, operation: &str, collection: &str) -> Span {
    if COLLECTED.get().is_none() {
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
pub fn password_span() -> Span {
    if COLLECTED.get().is_none() {
        return Span::none();
    }
    tracing::info_span!(target: TARGET, "password hash")
}
