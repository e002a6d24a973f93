//! Queries on a run.

use authlab_results::{
    Contender, Metric, Point, Run,
    statistics::{Estimate, Samples, estimate, paired},
};
use serde::Deserialize;

#[derive(Clone, Copy, Debug)]
pub struct Figures<'a>(pub &'a Run);

/// A quantity at a point. Each is per request; memory is per login.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// CPU time of the service and its store together, in nanoseconds.
    Cpu,
    /// CPU time of the service only.
    ServerCpu,
    /// CPU time of the store only.
    StoreCpu,
    /// Memory of the service and bytes in its store together.
    Memory,
    StoreCommands,
    /// Counts only the kinds that the run tried.
    ClientKinds,
    BytesSent,
    BytesReceived,
    /// The median latency in nanoseconds.
    LatencyMedian,
    /// The 99th percentile of the latency.
    Latency99,
    Latency999,
    Wall,
}

impl Quantity {
    /// Whether the quantity is timed. A noisy machine puts timed quantities in doubt, but not counted ones.
    pub fn is_timed(self) -> bool {
        let counted = [Self::Memory, Self::StoreCommands, Self::ClientKinds, Self::BytesSent, Self::BytesReceived];
        !counted.contains(&self)
    }

    /// The unit in texts, and the factor for it.
    pub fn unit(self) -> (&'static str, f64) {
        match self {
            Self::Cpu | Self::ServerCpu | Self::StoreCpu | Self::Wall => ("µs", 1e-3),
            Self::LatencyMedian | Self::Latency99 | Self::Latency999 => ("ms", 1e-6),
            Self::Memory | Self::BytesSent | Self::BytesReceived => ("bytes", 1.0),
            Self::StoreCommands => ("commands", 1.0),
            Self::ClientKinds => ("kinds of clients", 1.0),
        }
    }

    /// The metric of this quantity, and a second metric to add, if any.
    fn metrics(self) -> (Metric, Option<Metric>) {
        match self {
            Self::Cpu => (Metric::ServerCpu, Some(Metric::StoreCpu)),
            Self::Memory => (Metric::ServerMemory, Some(Metric::StoreMemory)),
            Self::ServerCpu => (Metric::ServerCpu, None),
            Self::StoreCpu => (Metric::StoreCpu, None),
            Self::StoreCommands => (Metric::StoreCommands, None),
            Self::ClientKinds => (Metric::ClientKinds, None),
            Self::BytesSent => (Metric::BytesSent, None),
            Self::BytesReceived => (Metric::BytesReceived, None),
            Self::LatencyMedian => (Metric::LatencyMedian, None),
            Self::Latency99 => (Metric::Latency99, None),
            Self::Latency999 => (Metric::Latency999, None),
            Self::Wall => (Metric::Wall, None),
        }
    }
}

impl<'a> Figures<'a> {
    /// The samples of this quantity; `None` if it was not measured.
    pub fn samples(self, quantity: Quantity, at: &Point) -> Option<Samples> {
        let (own, more) = quantity.metrics();
        let own = &self.0.figure(own, at)?.samples;
        match more.and_then(|more| self.0.figure(more, at)) {
            Some(more) => Some(paired(own, &more.samples, |own, more| own + more)),
            None => Some(own.clone()),
        }
    }

    pub fn estimate(self, quantity: Quantity, at: &Point) -> Option<Estimate> {
        self.samples(quantity, at).map(|samples| estimate(&samples))
    }

    /// The ratio of two figures, round by round.
    pub fn ratio(self, quantity: Quantity, of: &Point, to: &Point) -> Option<Estimate> {
        self.compared(quantity, of, to, |of, to| of / to)
    }

    /// The difference of two figures, round by round.
    pub fn difference(self, quantity: Quantity, of: &Point, to: &Point) -> Option<Estimate> {
        self.compared(quantity, of, to, |of, to| of - to)
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

pub fn at(contender: &str, journey: &str, in_flight: Option<u32>) -> Point {
    Point { contender: contender.to_owned(), journey: journey.to_owned(), in_flight, ..Point::default() }
}
