//! How long a store takes to answer and how often it does not, under OpenTelemetry's names.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Instant,
};

use prometheus::{Histogram, HistogramOpts, HistogramVec};
use tracing::Instrument as _;

use super::{Collector, now, traces};

/// Seconds. A store beside the service answers within some ten microseconds; nobody waits for more than five seconds.
const BUCKETS: [f64; 14] =
    [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

/// One store. Clones share the figures.
#[derive(Clone)]
pub struct StoreMeter {
    system: &'static str,
    durations: HistogramVec,
}

/// One thing that is asked of a store. Clones share the figures.
#[derive(Clone, Debug)]
pub struct Operation(Arc<Asked>);

#[derive(Debug)]
struct Asked {
    store: StoreMeter,
    name: &'static str,
    collection: &'static str,
    /// Resolved when it is first answered.
    answered: OnceLock<Histogram>,
}

/// What is asked of one table.
#[derive(Clone, Debug)]
pub struct TableMeter {
    pub select: Operation,
    pub insert: Operation,
    pub update: Operation,
    pub delete: Operation,
}

impl StoreMeter {
    /// `system` as OpenTelemetry calls it: `postgresql`, `sqlite`, `redis`.
    pub fn new(system: &'static str) -> Self {
        let options = HistogramOpts::new("db_client_operation_duration_seconds", "Duration of operations of stores.");
        let options = options.const_label("db_system_name", system).buckets(BUCKETS.into());
        let labels = ["db_operation_name", "db_collection_name", "error_type"];
        let durations = HistogramVec::new(options, &labels).expect("the name and the labels are valid");
        Self { system, durations }
    }

    /// `name` is the command; `collection` the table, where there is one.
    pub fn operation(&self, name: &'static str, collection: &'static str) -> Operation {
        Operation(Arc::new(Asked { store: self.clone(), name, collection, answered: OnceLock::new() }))
    }

    pub fn table(&self, name: &'static str) -> TableMeter {
        TableMeter {
            select: self.operation("SELECT", name),
            insert: self.operation("INSERT", name),
            update: self.operation("UPDATE", name),
            delete: self.operation("DELETE", name),
        }
    }

    pub fn collector(&self) -> Collector {
        Box::new(self.durations.clone())
    }
}

impl fmt::Debug for StoreMeter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.system)
    }
}

impl Operation {
    /// The answer; and how long it took.
    pub async fn measured<T, E>(&self, answer: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let Asked { store, name, collection, .. } = &*self.0;
        let span = traces::of_store(store.system, name, collection);
        let mut running = Running { asked: &self.0, begun: now(), error: "timeout" };
        let answer = answer.instrument(span).await;
        running.error = if answer.is_ok() { "" } else { "unavailable" };
        answer
    }
}

/// Observed when it is dropped: whoever stops waiting drops it unfinished.
struct Running<'a> {
    asked: &'a Asked,
    begun: Instant,
    /// The label `error_type`; empty after an answer.
    error: &'static str,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let Asked { store, name, collection, answered } = self.asked;
        let resolved = || store.durations.with_label_values(&[*name, *collection, self.error]);
        let took = self.begun.elapsed().as_secs_f64();
        match self.error {
            "" => answered.get_or_init(resolved).observe(took),
            _ => resolved().observe(took),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use futures_util::FutureExt as _;
    use prometheus::core::Collector as _;

    use super::{Operation, StoreMeter};

    fn counted(meter: &StoreMeter) -> Vec<(String, u64)> {
        let families = meter.durations.collect();
        let of = |metric: &prometheus::proto::Metric| {
            let labels: Vec<&str> = metric.get_label().iter().map(prometheus::proto::LabelPair::value).collect();
            (labels.join(" "), metric.get_histogram().get_sample_count())
        };
        families[0].get_metric().iter().map(of).collect()
    }

    async fn ask(operation: &Operation) {
        operation.measured(ready(Ok::<_, ()>(()))).await.unwrap();
        operation.measured(ready(Err::<(), _>(()))).await.unwrap_err();
        // Whoever waited has given up.
        assert!(operation.measured(pending::<Result<(), ()>>()).now_or_never().is_none());
    }

    #[tokio::test]
    async fn an_answer_a_refusal_and_silence_are_told_apart() {
        let meter = StoreMeter::new("redis");
        ask(&meter.operation("HGETALL", "")).await;
        let mut counted = counted(&meter);
        counted.sort();
        let labels: Vec<_> = counted.iter().map(|(labels, _)| labels.split_whitespace().collect::<Vec<_>>()).collect();
        assert_eq!(
            labels,
            [vec!["HGETALL", "redis"], vec!["HGETALL", "redis", "timeout"], vec!["HGETALL", "redis", "unavailable"]]
        );
        assert!(counted.iter().all(|(_, count)| *count == 1));
    }
}
