//! Traces, as a collector receives them by OTLP over HTTP.

use std::{
    net::TcpListener,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use authlab_client::{Client, request::Request, visitor::PASSWORD};
use authlab_secrets::random::to_hex;
use axum::{Router, body::Bytes, extract::State, routing::post};
use http::HeaderName;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{Span, span::SpanKind},
};
use prost::Message as _;

use super::support::{authlab::run, service::Service, visitor::logged_in};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The received request bodies.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Bytes>>>);

impl Collector {
    /// Starts a collector. Returns it and its base URL.
    async fn start() -> (Self, String) {
        let collector = Self::default();
        let take = |State(Self(taken)): State<Self>, batch: Bytes| async move { taken.lock().unwrap().push(batch) };
        let routes = Router::new().route("/v1/traces", post(take)).with_state(collector.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (collector, format!("http://{address}"))
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().concat()
    }

    fn spans(&self) -> Vec<Span> {
        let batches = self.0.lock().unwrap();
        let parsed = batches.iter().map(|batch| ExportTraceServiceRequest::decode(batch.clone()).unwrap());
        let resources = parsed.flat_map(|batch| batch.resource_spans).inspect(|resource| {
            let attributes = &resource.resource.as_ref().unwrap().attributes;
            assert_eq!(text(attributes, "service.name").as_deref(), Some("token-svc"));
        });
        resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans).collect()
    }
}

fn value<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a Value> {
    attributes.iter().find(|attribute| attribute.key == key)?.value.as_ref()?.value.as_ref()
}

fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    match value(attributes, key)? {
        Value::StringValue(text) => Some(text.clone()),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_a_span_of_the_trace_it_came_with_and_tells_no_secret() {
    let (collector, endpoint) = Collector::start().await;
    let service = Service::start(
        "token-svc",
        &["--otlp-endpoint", &endpoint, "--token-query", "on", "--revocation", "read", "--log", "debug"],
    );
    let mut client = logged_in(&service.target, "alice").await;
    let token = client.tokens().access().unwrap().to_owned();
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let traced = Request::get("/mine").token_in_query(&token).header(TRACEPARENT, &format!("00-{trace}-{parent}-01"));
    let answer = client.send(traced).await.unwrap();
    assert_eq!(answer.status, 200);
    let said = service.stopped();
    assert!(!said.contains("authlab::trace"), "spans must not be logged: {said}");

    let spans = collector.spans();
    let mine = spans.iter().find(|span| span.name == "GET /mine").expect("the request has a span");
    assert_eq!((to_hex(&mine.trace_id).as_str(), to_hex(&mine.parent_span_id).as_str()), (trace, parent));
    assert_eq!(mine.kind, SpanKind::Server as i32);
    assert_eq!(text(&mine.attributes, "http.route").as_deref(), Some("/mine"));
    assert_eq!(value(&mine.attributes, "http.response.status_code"), Some(&Value::IntValue(200)));
    assert_eq!(text(&mine.attributes, "authlab.request_id").as_deref(), answer.header("x-request-id"));
    let asked = spans.iter().find(|span| span.parent_span_id == mine.span_id).expect("the database query has a span");
    assert_eq!(text(&asked.attributes, "db.system.name").as_deref(), Some("sqlite"));
    assert_eq!(asked.name, "SELECT login_ending");
    let login = spans.iter().find(|span| span.name == "POST /login").unwrap();
    assert!(login.parent_span_id.is_empty() && login.trace_id != mine.trace_id, "the login begins a new trace");
    let hash = spans.iter().find(|span| span.name == "password hash" && span.parent_span_id == login.span_id);
    assert!(hash.is_some(), "the password hash has a span");

    let sent = String::from_utf8_lossy(&collector.bytes()).into_owned();
    for secret in [&token, PASSWORD, "alice"] {
        assert!(!sent.contains(secret), "the collector received {secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_not_there_keeps_nobody_waiting() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let service = Service::start("cookie-svc", &["--otlp-endpoint", &format!("http://{nobody}")]);
    let mut client = Client::new(service.target.clone(), "a test");
    for _ in 0..100 {
        assert_eq!(client.send(Request::get("/about")).await.unwrap().status, 200);
    }
    #[expect(clippy::disallowed_methods, reason = "a duration is measured, no time is told")]
    let stopping = Instant::now();
    service.stopped();
    assert!(stopping.elapsed() < Duration::from_secs(10), "{:?}", stopping.elapsed());
}

#[test]
fn an_address_that_is_no_collectors_is_named_by_its_setting() {
    for address in ["collector:4318", "https://collector:4318"] {
        let output = run(&["--otlp-endpoint", address]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{address}: {said}");
        assert!(said.contains("OTEL_EXPORTER_OTLP_ENDPOINT") && said.trim().lines().count() == 1, "{said}");
    }
}
