//! Gives each request an id, measures it and writes one line of log, without query or headers: tokens travel there.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use authlab_secrets::random;
use authlab_telemetry::{Counted, now, traces};
use axum::{extract::Request, response::Response};
use http::{HeaderName, HeaderValue, Method, Uri};
use tracing::{Level, Span};

use super::routes::{Route, Routes};
use crate::App;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request that is being answered.
pub(super) struct Observed<'r> {
    begun: Instant,
    id: HeaderValue,
    method: Method,
    route: &'r Route,
    /// What is logged meanwhile belongs to this request, if anybody reads the log.
    line: Option<Span>,
    /// The same request as a part of a trace, if anybody collects them.
    trace: Option<Span>,
    _active: Counted,
}

impl<'r> Observed<'r> {
    pub(super) fn begin(app: &App, routes: &'r Routes, request: &Request) -> Self {
        let id = request_id(request);
        let text = id.to_str().unwrap_or_default();
        let service = app.mechanism().card().mechanism;
        let (method, route) = (request.method().clone(), routes.of(request.uri().path()));
        let line = tracing::span_enabled!(Level::INFO).then(|| tracing::info_span!("request", service, id = text));
        let trace = {
            let _entered = line.as_ref().map(Span::enter);
            let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
            traces::of_request(method.as_str(), &route.pattern, text, &header)
        };
        Self { begun: now(), id, method, route, line, trace, _active: app.metrics.active() }
    }

    /// What is done meanwhile belongs to this request.
    pub(super) fn within<T>(&self, what: impl FnOnce() -> T) -> T {
        let _entered = self.span().map(Span::enter);
        what()
    }

    /// The same for what may have to wait.
    pub(super) fn throughout<T>(&self, mut what: Pin<&mut impl Future<Output = T>>) -> impl Future<Output = T> {
        poll_fn(move |context| self.within(|| what.as_mut().poll(context)))
    }

    fn span(&self) -> Option<&Span> {
        self.trace.as_ref().or(self.line.as_ref())
    }

    /// Whether the route that was asked for needs the caller's login.
    pub(super) fn takes_a_login(&self, uri: &Uri) -> bool {
        self.route.takes_a_login(&self.method, uri)
    }

    /// Whether a gateway asks for the request of another.
    pub(super) fn is_for_gateways(&self) -> bool {
        self.route.is_for_gateways
    }

    pub(super) fn finish(self, mut response: Response) -> Response {
        let Self { begun, id, method, route, line, trace, .. } = self;
        let _entered = line.as_ref().map(Span::enter);
        let (took, status) = (begun.elapsed(), response.status());
        route.durations.observe(&method, status, took);
        if let Some(trace) = trace {
            traces::answered(&trace, status.as_u16());
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        tracing::info!(%method, route = &*route.pattern, status = status.as_u16(), micros, "answered");
        response.headers_mut().insert(X_REQUEST_ID, id);
        response
    }
}

/// The client's own id, if it is short and plain; else a new one.
fn request_id(request: &Request) -> HeaderValue {
    let sane = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        (1..=64).contains(&bytes.len()) && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
    };
    request.headers().get(X_REQUEST_ID).filter(sane).cloned().unwrap_or_else(new_id)
}

/// Unlike every other of this process, and very likely of all; no secret, so that the system need not be asked each time.
fn new_id() -> HeaderValue {
    static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(u64::from_ne_bytes(random::bytes())));
    let id = scattered(NEXT.fetch_add(1, Ordering::Relaxed));
    HeaderValue::try_from(random::to_hex(&id.to_be_bytes())).expect("hexadecimal digits can stand in a header")
}

/// Another number for each number, without a visible order (the finaliser of `SplitMix64`).
fn scattered(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::new_id;

    #[test]
    fn ids_are_sixteen_digits_each_unlike_the_others() {
        let ids: BTreeSet<String> = (0..10_000).map(|_| new_id().to_str().unwrap().to_owned()).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit())));
    }
}
