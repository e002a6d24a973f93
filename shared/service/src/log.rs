//! The log of a process on standard error, and its traces to a collector where one is named.

use std::io;

use authlab_telemetry::traces;
use clap::Args;
use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{ParseError, filter_fn},
    layer::SubscriberExt as _,
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use crate::choice::{Choice, choice};

type Boxed<S> = Box<dyn Layer<S> + Send + Sync>;

/// What to log and how.
#[derive(Clone, Debug, Args)]
pub struct LogSettings {
    /// `error`, `warn`, `info`, `debug`, or a filter such as `info,sqlx=warn`
    #[arg(long = "log", env = "LOG", default_value = "info", value_name = "FILTER")]
    pub filter: String,
    /// Format of the log: text, or one JSON object per line
    #[arg(long, env = "LOG_FORMAT", default_value = "text", value_parser = choice::<LogFormat>())]
    pub log_format: LogFormat,
    /// Base address of an OTLP/HTTP collector for traces, such as `http://collector:4318`. The default is to send no traces
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,
}

#[derive(Clone, Copy, Debug)]
pub enum LogFormat {
    Text,
    Json,
}

impl Choice for LogFormat {
    const VALUES: &[(&str, Self, &str)] = &[("text", Self::Text, ""), ("json", Self::Json, "")];
}

/// A setting of the log that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("LOG: {0}")]
    Filter(String),
    #[error("OTEL_EXPORTER_OTLP_ENDPOINT: {0}")]
    Otlp(String),
}

impl LogSettings {
    /// Installs the log of this process, on standard error, and its traces. To be called within a runtime.
    pub fn install(&self, name: &'static str) -> Result<Telemetry, LogError> {
        let filter: EnvFilter = self.filter.parse().map_err(|error: ParseError| LogError::Filter(error.to_string()))?;
        let Some(endpoint) = self.otlp_endpoint.as_deref().filter(|endpoint| !endpoint.is_empty()) else {
            tracing_subscriber::registry().with(filter).with(lines(self.log_format)).init();
            return Ok(Telemetry::default());
        };
        let (spans, telemetry) = Telemetry::exporting(endpoint, name)?;
        // Spans of traces are no lines, and lines are no part of traces.
        let lines = lines(self.log_format).with_filter(filter);
        let lines = lines.with_filter(filter_fn(|of| of.target() != traces::TARGET));
        tracing_subscriber::registry().with(vec![lines.boxed(), spans]).init();
        Ok(telemetry)
    }
}

/// What has to be ended in good order.
#[derive(Debug, Default)]
#[must_use = "what was not sent yet is lost when the process ends"]
pub struct Telemetry {
    #[cfg(feature = "otlp")]
    exporter: Option<crate::otlp::Exporter>,
}

impl Telemetry {
    #[cfg(feature = "otlp")]
    fn exporting(endpoint: &str, name: &'static str) -> Result<(Boxed<Registry>, Self), LogError> {
        let (exporter, spans) = crate::otlp::Exporter::to(endpoint, name).map_err(LogError::Otlp)?;
        traces::collect(crate::otlp::continue_trace);
        let spans = spans.with_filter(filter_fn(|of| of.target() == traces::TARGET));
        Ok((spans.boxed(), Self { exporter: Some(exporter) }))
    }

    #[cfg(not(feature = "otlp"))]
    fn exporting(_: &str, _: &'static str) -> Result<(Boxed<Registry>, Self), LogError> {
        Err(LogError::Otlp("this program was built without the feature `otlp`".to_owned()))
    }

    /// Sends what was not sent yet.
    pub async fn finish(self) {
        #[cfg(feature = "otlp")]
        if let Some(exporter) = self.exporter {
            exporter.finish().await;
        }
    }
}

/// One line an event: as text, or as a JSON object with the time in RFC 3339 and UTC.
fn lines<S: Subscriber + for<'span> LookupSpan<'span>>(format: LogFormat) -> Boxed<S> {
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    }
}
