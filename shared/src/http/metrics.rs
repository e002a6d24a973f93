//! Prometheus metrics under OpenTelemetry's names, a registry for each service. Labels come from closed sets.

use std::{sync::Arc, time::Duration};

use http::{Method, StatusCode};
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};

use super::problem::Kind;

/// Seconds. A mechanism answers in microseconds, a password check in tens of milliseconds.
const BUCKETS: [f64; 14] =
    [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

#[derive(Clone, Debug)]
pub struct Metrics(Arc<Families>);

#[derive(Debug)]
struct Families {
    registry: Registry,
    requests: HistogramVec,
    logins: IntCounterVec,
    refusals: IntCounterVec,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new().expect("the names and labels of the metrics are valid and each registered once")
    }
}

impl Metrics {
    fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let requests = HistogramVec::new(
            HistogramOpts::new("http_server_request_duration_seconds", "Duration of HTTP requests.")
                .buckets(BUCKETS.into()),
            &["http_request_method", "http_route", "http_response_status_code"],
        )?;
        let logins = IntCounterVec::new(Opts::new("auth_logins_total", "Attempts to log in."), &["result"])?;
        let refusals = IntCounterVec::new(
            Opts::new("auth_refusals_total", "Requests answered with a problem."),
            &["problem", "reason"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(logins.clone()))?;
        registry.register(Box::new(refusals.clone()))?;
        Ok(Self(Arc::new(Families { registry, requests, logins, refusals })))
    }

    /// `route` is the pattern of the route, never the path.
    pub fn request(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        self.0.requests.with_label_values(&[known(method), route, status.as_str()]).observe(took.as_secs_f64());
    }

    /// An attempt to log in, and what refused it.
    pub fn login(&self, refused: Option<Kind>) {
        let result = refused.map_or("ok", |kind| kind.slug().unwrap_or("other"));
        self.0.logins.with_label_values(&[result]).inc();
    }

    pub fn refusal(&self, kind: Kind, reason: &str) {
        self.0.refusals.with_label_values(&[kind.slug().unwrap_or("other"), reason]).inc();
    }

    /// The text that Prometheus reads.
    pub fn text(&self) -> String {
        TextEncoder::new().encode_to_string(&self.0.registry.gather()).unwrap_or_default()
    }
}

/// Clients may invent methods; labels may not.
fn known(method: &Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "TRACE" | "CONNECT") => known,
        _ => "_OTHER",
    }
}
