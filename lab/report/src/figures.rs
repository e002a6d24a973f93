//! Queries on a run.

use authlab_results::{
    Contender, Metric, Point, Run,
    statistics::{Estimate, Samples, estimate, median, paired},
};
use serde::Deserialize;

#[derive(Clone, Copy, Debug)]
pub struct Figures<'a>(pub &'a Run);

/// A quantity at a point: a metric, or two metrics together. Each is per request; memory is per login.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// CPU time of the service and its store together, in nanoseconds.
    Cpu,
    /// Memory of the service and bytes in its store together.
    Memory,
    #[serde(untagged)]
    Of(Metric),
}

impl From<Metric> for Quantity {
    fn from(metric: Metric) -> Self {
        Self::Of(metric)
    }
}

impl Quantity {
    /// Whether the quantity is timed. A noisy machine puts timed quantities in doubt, but not counted ones.
    pub fn is_timed(self) -> bool {
        matches!(self.unit().0, "µs" | "ms")
    }

    /// The unit in texts, and the factor for it.
    pub fn unit(self) -> (&'static str, f64) {
        match self.metrics().0 {
            Metric::ServerCpu | Metric::StoreCpu | Metric::Wall => ("µs", 1e-3),
            Metric::LatencyMedian | Metric::Latency99 | Metric::Latency999 => ("ms", 1e-6),
            Metric::ServerMemory | Metric::StoreMemory | Metric::BytesSent | Metric::BytesReceived => ("bytes", 1.0),
            Metric::StoreCommands => ("commands", 1.0),
            Metric::ClientKinds => ("kinds of clients", 1.0),
        }
    }

    /// The metric of this quantity, and a second metric to add, if any.
    fn metrics(self) -> (Metric, Option<Metric>) {
        match self {
            Self::Cpu => (Metric::ServerCpu, Some(Metric::StoreCpu)),
            Self::Memory => (Metric::ServerMemory, Some(Metric::StoreMemory)),
            Self::Of(metric) => (metric, None),
        }
    }
}

impl<'a> Figures<'a> {
    /// The samples of this quantity; `None` if it was not measured.
    pub fn samples(self, quantity: impl Into<Quantity>, at: &Point) -> Option<Samples> {
        let (own, more) = quantity.into().metrics();
        let own = &self.0.figure(own, at)?.samples;
        match more.and_then(|more| self.0.figure(more, at)) {
            Some(more) => Some(paired(own, &more.samples, |own, more| own + more)),
            None => Some(own.clone()),
        }
    }

    pub fn estimate(self, quantity: impl Into<Quantity>, at: &Point) -> Option<Estimate> {
        self.samples(quantity, at).map(|samples| estimate(&samples))
    }

    pub fn median(self, quantity: impl Into<Quantity>, at: &Point) -> Option<f64> {
        self.samples(quantity, at).map(|samples| median(&samples.concat()))
    }

    /// The medians of both parts of a quantity, in its unit; `None` if the first was not measured.
    pub fn parts(self, quantity: Quantity, at: &Point) -> Option<Vec<f64>> {
        let (service, store) = quantity.metrics();
        let part = |metric| Some(self.median(metric, at)?.max(0.0) * quantity.unit().1);
        Some(vec![part(service)?, store.and_then(part).unwrap_or_default()])
    }

    /// The ratio of two figures, round by round.
    pub fn ratio(self, quantity: impl Into<Quantity>, of: &Point, to: &Point) -> Option<Estimate> {
        self.compared(quantity.into(), of, to, |of, to| of / to)
    }

    /// The difference of two figures, round by round.
    pub fn difference(self, quantity: impl Into<Quantity>, of: &Point, to: &Point) -> Option<Estimate> {
        self.compared(quantity.into(), of, to, |of, to| of - to)
    }

    fn compared(self, quantity: Quantity, of: &Point, to: &Point, how: fn(f64, f64) -> f64) -> Option<Estimate> {
        Some(estimate(&paired(&self.samples(quantity, of)?, &self.samples(quantity, to)?, how)))
    }

    pub fn contenders(self) -> impl Iterator<Item = &'a Contender> {
        self.0.contenders.iter()
    }

    /// The distinct conditions of this metric, without the contender, in the order of the run.
    pub fn conditions(self, metric: Metric, which: impl Fn(&Point) -> bool) -> Vec<Point> {
        let mut found: Vec<Point> = Vec::new();
        for figure in self.0.figures.iter().filter(|figure| figure.metric == metric && which(&figure.at)) {
            let condition = Point { contender: String::new(), ..figure.at.clone() };
            if !found.contains(&condition) {
                found.push(condition);
            }
        }
        found
    }
}

/// The point of one contender under these conditions.
pub fn with(contender: &str, condition: &Point) -> Point {
    Point { contender: contender.to_owned(), ..condition.clone() }
}

/// `GET /mine`, one request at a time.
pub fn mine(contender: &str) -> Point {
    at(contender, "mine", Some(1))
}

/// `GET /mine` without conditions except the number of concurrent requests.
pub fn is_plain(point: &Point) -> bool {
    *point == Point { in_flight: point.in_flight, ..mine(&point.contender) }
}

pub fn at(contender: &str, journey: &str, in_flight: Option<u32>) -> Point {
    Point { in_flight, ..Point::new(contender, journey) }
}
