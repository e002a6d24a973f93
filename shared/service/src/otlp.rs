//! Traces by OTLP over HTTP (`http/protobuf`), in batches from a thread of their own.
//!
//! The client is a plain one, without TLS: a collector stands beside the service, and passes on what it gets as it likes.

use std::time::Duration;

use async_trait::async_trait;
use authlab_telemetry::traces::Header;
use http::{Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use opentelemetry::{
    propagation::{Extractor, TextMapPropagator as _},
    trace::TracerProvider as _,
};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tokio::{net::TcpStream, runtime::Handle, task::spawn_blocking, time::timeout};
use tracing::Span;
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt as _};
use tracing_subscriber::{Layer, Registry};

/// For a batch; a collector that is away must not keep the next one waiting.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);
/// More than a collector ever answers.
const MAX_ANSWER_SIZE: usize = 64 * 1024;
/// Where a collector takes traces.
const TRACES: &str = "/v1/traces";

/// Sends spans until it is finished.
#[derive(Debug)]
pub(crate) struct Exporter(SdkTracerProvider);

impl Exporter {
    /// To the collector at this base address; and the layer that hears the spans.
    pub(crate) fn to(
        endpoint: &str,
        service: &'static str,
    ) -> Result<(Self, impl Layer<Registry> + Send + Sync), String> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_http_client(Client { runtime: Handle::current() })
            .with_endpoint(traces_at(endpoint)?)
            .with_timeout(EXPORT_TIMEOUT)
            .build()
            .map_err(|error| error.to_string())?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(Resource::builder().with_service_name(service).build())
            .build();
        let layer = OpenTelemetryLayer::new(provider.tracer("authlab"));
        // What a span says is what it was made with: no places in the source, no threads, no log lines.
        let layer = layer.with_location(false).with_threads(false).with_target(false).with_tracked_inactivity(false);
        Ok((Self(provider), layer))
    }

    /// Sends what is left, for as long as one batch may take.
    pub(crate) async fn finish(self) {
        let finished = spawn_blocking(move || self.0.shutdown_with_timeout(EXPORT_TIMEOUT)).await;
        if let Ok(Err(error)) = finished {
            tracing::warn!(%error, "the last spans could not be sent");
        }
    }
}

/// Makes the span a part of the trace that the headers name.
pub(crate) fn continue_trace(span: &Span, header: Header<'_>) {
    let parent = TraceContextPropagator::new().extract(&Headers(header));
    // Refused only where the span was entered already.
    let _ = span.set_parent(parent);
}

struct Headers<'a>(Header<'a>);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (self.0)(key)
    }

    /// The propagator asks for its headers by name.
    fn keys(&self) -> Vec<&str> {
        Vec::new()
    }
}

fn traces_at(endpoint: &str) -> Result<String, String> {
    let unusable = || format!("`{endpoint}` is not the address of a collector, such as `http://collector:4318`");
    let uri: Uri = endpoint.parse().map_err(|_| unusable())?;
    match (uri.scheme_str(), uri.authority()) {
        (Some("http"), Some(_)) => Ok(format!("{}{TRACES}", endpoint.trim_end_matches('/'))),
        (Some("https"), _) => {
            Err("traces go out without TLS; name a collector beside the service by `http://`".to_owned())
        }
        _ => Err(unusable()),
    }
}

/// One connection a batch, on the runtime of the service: the thread that sends has none.
#[derive(Debug)]
struct Client {
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.runtime.spawn(async move { timeout(EXPORT_TIMEOUT, exchange(request)).await? }).await?;
        sent.inspect_err(|error| tracing::warn!(%error, "spans could not be sent"))
    }
}

async fn exchange(mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let authority = request.uri().authority().ok_or("the address names no host")?.clone();
    let address = (authority.host().trim_matches(['[', ']']).to_owned(), authority.port_u16().unwrap_or(80));
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let path = request.uri().path_and_query().map_or(TRACES, |path| path.as_str()).parse()?;
    request.headers_mut().insert(header::HOST, authority.as_str().parse()?);
    *request.uri_mut() = path;
    let (head, body) = sender.send_request(request.map(Full::new)).await?.into_parts();
    Ok(Response::from_parts(head, Limited::new(body, MAX_ANSWER_SIZE).collect().await?.to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::traces_at;

    #[test]
    fn a_collector_is_named_by_its_base_address() {
        assert_eq!(traces_at("http://collector:4318").unwrap(), "http://collector:4318/v1/traces");
        assert_eq!(traces_at("http://[::1]:4318/otlp/").unwrap(), "http://[::1]:4318/otlp/v1/traces");
        for bad in ["", "collector:4318", "/v1/traces", "ftp://collector", "https://collector"] {
            assert!(traces_at(bad).is_err(), "{bad}");
        }
    }
}
