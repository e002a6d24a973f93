//! The log of a process on standard error, and its traces to a collector where one is named.

use std::io;

use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{ParseError, filter_fn},
    layer::SubscriberExt as _,
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use super::traces;
use crate::settings::{LogFormat, LogSettings, SettingsError};

type Boxed<S> = Box<dyn Layer<S> + Send + Sync>;

/// What has to be ended in good order.
#[derive(Debug, Default)]
#[must_use = "what was not sent yet is lost when the process ends"]
pub struct Telemetry {
    #[cfg(feature = "otlp")]
    exporter: Option<super::otlp::Exporter>,
}

impl Telemetry {
    /// For the process of this name.
    pub(crate) fn install(settings: &LogSettings, name: &'static str) -> Result<Self, SettingsError> {
        let filter: EnvFilter =
            settings.filter.parse().map_err(|error: ParseError| SettingsError::Log(error.to_string()))?;
        let Some(endpoint) = settings.otlp_endpoint.as_deref().filter(|endpoint| !endpoint.is_empty()) else {
            tracing_subscriber::registry().with(filter).with(lines(settings.log_format)).init();
            return Ok(Self::default());
        };
        let (spans, telemetry) = Self::exporting(endpoint, name)?;
        // Spans of traces are no lines, and lines are no part of traces.
        let lines = lines(settings.log_format).with_filter(filter);
        let lines = lines.with_filter(filter_fn(|of| of.target() != traces::TARGET));
        tracing_subscriber::registry().with(vec![lines.boxed(), spans]).init();
        Ok(telemetry)
    }

    #[cfg(feature = "otlp")]
    fn exporting(endpoint: &str, name: &'static str) -> Result<(Boxed<Registry>, Self), SettingsError> {
        let (exporter, spans) = super::otlp::Exporter::to(endpoint, name).map_err(SettingsError::Otlp)?;
        traces::are_collected();
        let spans = spans.with_filter(filter_fn(|of| of.target() == traces::TARGET));
        Ok((spans.boxed(), Self { exporter: Some(exporter) }))
    }

    #[cfg(not(feature = "otlp"))]
    fn exporting(_: &str, _: &'static str) -> Result<(Boxed<Registry>, Self), SettingsError> {
        Err(SettingsError::Otlp("this program was built without the feature `otlp`".to_owned()))
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
