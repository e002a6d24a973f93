//! Prometheus metrics under OpenTelemetry's names, with one registry per service. The values of labels come from fixed sets.
//!
//! Metrics of every request use handles that are resolved once: see [`Durations`].

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
    time::Duration,
};

use authlab_accounts::Accounts;
use authlab_database::Database;
use authlab_mechanism::{
    Mechanism,
    refusal::{Denied, Refusal},
};
use authlab_telemetry::Counted;
use http::{Method, StatusCode};
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder, core::Collector,
};

use super::{events::Event, problem::Kind};

/// Seconds, as OpenTelemetry recommends for HTTP. They are too coarse for a mechanism, which takes microseconds.
const REQUEST_BUCKETS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
/// Seconds, from a signature check in memory to a slow store.
const VERIFY_BUCKETS: [f64; 13] =
    [1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2];
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
/// The usual statuses. All others are looked up by their labels.
const STATUSES: [u16; 12] = [200, 201, 204, 303, 400, 401, 403, 404, 405, 422, 501, 503];
/// One for a login, one for each reason why there is none, and one for an error.
const VERDICTS: usize = 8;

#[derive(Clone, Debug)]
pub struct Metrics(Arc<Families>);

#[derive(Debug)]
struct Families {
    registry: Registry,
    requests: HistogramVec,
    active: IntGauge,
    verified: HistogramVec,
    verdicts: [OnceLock<Histogram>; VERDICTS],
    events: IntCounterVec,
    refusals: IntCounterVec,
}

/// Durations of one route's requests. Each method and status is resolved when it first occurs.
#[derive(Debug)]
pub struct Durations {
    family: HistogramVec,
    route: Box<str>,
    resolved: [[OnceLock<Histogram>; STATUSES.len()]; METHODS.len()],
}

impl Metrics {
    /// The metrics of a service: of its mechanism, its accounts and its database.
    pub fn new(mechanism: &dyn Mechanism, accounts: &Accounts, database: &Database) -> Self {
        let others =
            mechanism.collectors().into_iter().chain(accounts.collectors()).chain([database.meter().collector()]);
        let families = Families::new(mechanism.card().mechanism, others);
        Self(Arc::new(families.expect("the names and labels of the metrics are valid and each registered once")))
    }

    /// The durations of the route with this pattern. The pattern is empty for paths without a route.
    pub fn durations(&self, route: &str) -> Durations {
        let resolved = std::array::from_fn(|_| std::array::from_fn(|_| OnceLock::new()));
        Durations { family: self.0.requests.clone(), route: route.into(), resolved }
    }

    /// Counts a request as active until the result is dropped.
    pub fn active(&self) -> Counted {
        Counted::new(&self.0.active)
    }

    /// Records the time it took to resolve the credential.
    pub fn verified<T>(&self, outcome: Result<&Result<T, Denied>, &Refusal>, took: Duration) {
        let (at, label) = match outcome {
            Ok(Ok(_)) => (0, "ok"),
            Ok(Err(denied)) | Err(Refusal::NotLoggedIn(denied)) => (1 + *denied as usize, denied.label()),
            Err(_) => (VERDICTS - 1, "error"),
        };
        let verdict = self.0.verdicts[at].get_or_init(|| self.0.verified.with_label_values(&[label]));
        verdict.observe(took.as_secs_f64());
    }

    /// Counts a security event.
    pub fn event(&self, event: Event, result: &str) {
        self.0.events.with_label_values(&[event.name(), result]).inc();
    }

    pub fn refusal(&self, kind: Kind, denied: Option<Denied>) {
        let reason = denied.map_or("", Denied::label);
        self.0.refusals.with_label_values(&[kind.slug().unwrap_or("other"), reason]).inc();
    }

    /// All metrics in Prometheus' text format.
    pub fn text(&self) -> String {
        TextEncoder::new().encode_to_string(&self.0.registry.gather()).unwrap_or_default()
    }
}

impl Families {
    fn new(mechanism: &str, others: impl Iterator<Item = Box<dyn Collector>>) -> prometheus::Result<Self> {
        let registry = Registry::new_custom(None, Some(HashMap::from([("mechanism".into(), mechanism.into())])))?;
        let requests = HistogramOpts::new("http_server_request_duration_seconds", "Duration of HTTP requests.")
            .const_label("url_scheme", "http")
            .buckets(REQUEST_BUCKETS.into());
        let verified = HistogramOpts::new(
            "auth_verify_duration_seconds",
            "Time to resolve the presented credential to a login and its items.",
        );
        let events = Opts::new("auth_events_total", "Security events of accounts and logins.");
        let refusals = Opts::new("auth_refusals_total", "Requests answered with a problem.");
        let labels = ["http_request_method", "http_route", "http_response_status_code"];
        let families = Self {
            requests: shown(&registry, HistogramVec::new(requests, &labels)?)?,
            active: shown(&registry, IntGauge::new("http_server_active_requests", "Requests in progress.")?)?,
            verified: shown(&registry, HistogramVec::new(verified.buckets(VERIFY_BUCKETS.into()), &["result"])?)?,
            verdicts: std::array::from_fn(|_| OnceLock::new()),
            events: shown(&registry, IntCounterVec::new(events, &["event", "result"])?)?,
            refusals: shown(&registry, IntCounterVec::new(refusals, &["problem", "reason"])?)?,
            registry,
        };
        #[cfg(target_os = "linux")]
        families.registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        for collector in others {
            families.registry.register(collector)?;
        }
        Ok(families)
    }
}

/// Registers a metric.
fn shown<T: Collector + Clone + 'static>(registry: &Registry, metric: T) -> prometheus::Result<T> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

impl Durations {
    pub fn observe(&self, method: &Method, status: StatusCode, took: Duration) {
        let at = METHODS.iter().position(|known| *known == method.as_str());
        let resolve = || {
            // Clients may invent methods, but the values of a label must be a fixed set.
            let method = at.map_or("_OTHER", |at| METHODS[at]);
            self.family.with_label_values(&[method, &self.route, status.as_str()])
        };
        let cell = at.zip(STATUSES.iter().position(|known| *known == status.as_u16()));
        match cell {
            Some((method, status)) => self.resolved[method][status].get_or_init(resolve).observe(took.as_secs_f64()),
            None => resolve().observe(took.as_secs_f64()),
        }
    }
}
