//! The measurements' file format, which the benches write and the report reads. It contains all raw samples.
//!
//! A run is one JSON file under `benches/results/`. It contains the machine, the command to repeat it, the foreign
//! load, and every sample of every figure. Samples are grouped by launch (fresh processes) and by round (one turn of
//! each contender). [`statistics`] computes medians, ratios and intervals when needed.

pub mod attacks;
mod machine;
pub mod statistics;
mod verdict;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::statistics::{Estimate, Samples, estimate, paired};
pub use self::{machine::Machine, verdict::Verdict};

/// The version of this format. Files of another version are not read.
pub const FORMAT: u32 = 1;

/// One run of the benches.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Run {
    pub format: u32,
    pub started: Timestamp,
    /// `None` if the run did not finish; the report says so.
    pub finished: Option<Timestamp>,
    /// The command that repeats the run.
    pub command: String,
    pub machine: Machine,
    /// `rustc`, `authlab` (the commit), `redis`, `postgres`, `django`, and other programs involved.
    pub versions: BTreeMap<String, String>,
    pub contenders: Vec<Contender>,
    pub rounds: Vec<Round>,
    pub figures: Vec<Figure>,
    /// Figures that show whether the measurement is sound.
    #[serde(default)]
    pub controls: Vec<Control>,
    /// What could not be measured, and why.
    pub left_out: Vec<LeftOut>,
}

/// A measured program or configuration.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Contender {
    /// Unique, such as `cookie signed, feed`.
    pub name: String,
    pub family: Family,
    /// Its settings, its version and its stored state, in one sentence.
    pub about: String,
}

/// The role of a contender.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// The baseline: an answer without a mechanism.
    Null,
    /// Shows the precision of the measurement: the same service twice, and a known difference.
    Control,
    Cookie,
    Session,
    Token,
    /// Another project's implementation.
    Peer,
}

/// A round: one turn of each contender.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Round {
    pub launch: u32,
    pub round: u32,
    /// The share of all processors' time that was used by other processes, from 0 to 1.
    pub foreign: f64,
}

impl Round {
    /// The foreign load above which the report names the round.
    pub const NOISY: f64 = 0.10;

    pub fn is_noisy(&self) -> bool {
        self.foreign > Self::NOISY
    }
}

/// One quantity under one set of conditions, with every sample.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Figure {
    pub metric: Metric,
    #[serde(flatten)]
    pub at: Point,
    /// By launch, then by round. A counted quantity has one sample.
    pub samples: Samples,
}

/// The measured or counted quantity. Each is per request, unless it says otherwise.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// CPU time of the server's process, in nanoseconds.
    ServerCpu,
    /// CPU time of its store's processes, in nanoseconds.
    StoreCpu,
    /// Commands that the store received.
    StoreCommands,
    /// Kinds of clients that the service supports with its defaults; at a point for one kind, 1 or 0.
    ClientKinds,
    /// Bytes of the request, head and body.
    BytesSent,
    /// Bytes of the answer, head and body.
    BytesReceived,
    /// Growth of the service's memory per live login, in bytes.
    ServerMemory,
    /// Growth of the store per live login, in bytes.
    StoreMemory,
    /// Median latency in nanoseconds: from the time when a request was due until its answer (open loop).
    LatencyMedian,
    /// The 99th percentile of the latency.
    Latency99,
    /// The 99.9th percentile of the latency.
    Latency999,
    /// Wall time at the client, in nanoseconds; only to show how it misleads.
    Wall,
}

/// The conditions of a figure.
#[derive(Clone, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(default)]
pub struct Point {
    pub contender: String,
    /// `mine`, `login`, `item read`, `item write`, `anonymous`, `refresh`, `logout`, `forged`, `expired`, `mix`. For
    /// [`Metric::ClientKinds`] the kind of client, or `every kind`.
    pub journey: String,
    /// Concurrent requests, each on a separate connection; 1 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_flight: Option<u32>,
    /// Bytes of items that the login carries or the store holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_bytes: Option<u32>,
    /// Live logins during the measurement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logins: Option<u32>,
    /// `cookie` or `bearer`, if the service supports both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// Requests per second, if the requests were sent at a fixed rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<u32>,
    /// Artificial delay of the store's answers, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_delay: Option<u32>,
    /// The measurement mistake that was made on purpose to show its effect: `closed loop`, `generator inside`, `no
    /// warm-up`, `key parsed per call`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub habit: Option<String>,
}

/// A quantity that lies within known bounds if the measurement is sound.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Control {
    pub what: String,
    pub value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}

impl Control {
    pub fn holds(&self) -> bool {
        self.low.is_none_or(|low| low <= self.value) && self.high.is_none_or(|high| self.value <= high)
    }
}

/// A requested measurement that is missing.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct LeftOut {
    pub what: String,
    pub why: String,
}

impl Run {
    /// The figure of this metric under these conditions.
    pub fn figure(&self, metric: Metric, at: &Point) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.metric == metric && figure.at == *at)
    }

    /// The ratio of two figures, computed from samples of the same round.
    pub fn ratio(&self, metric: Metric, of: &Point, to: &Point) -> Option<Estimate> {
        let (of, to) = (self.figure(metric, of)?, self.figure(metric, to)?);
        Some(estimate(&paired(&of.samples, &to.samples, |of, to| of / to)))
    }
}

impl Point {
    pub fn new(contender: &str, journey: &str) -> Self {
        Self { contender: contender.to_owned(), journey: journey.to_owned(), ..Self::default() }
    }
}

impl Figure {
    pub fn estimate(&self) -> Estimate {
        estimate(&self.samples)
    }
}
