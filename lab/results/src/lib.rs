//! The format of measurements and attack results, which the benches and attacks write and the report reads.
//!
//! A run of the benches is one JSON file in `benches/results/`. It holds the machine, the command that repeats it, the load of other
//! processes, and every single sample: by launch (fresh processes) and by round (each contender once). [`statistics`] computes medians,
//! ratios and their intervals from the samples. Attack results are [`attacks::AttackTable`].

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
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Run {
    pub format: u32,
    pub started: Timestamp,
    /// `None` if the run was interrupted.
    pub finished: Option<Timestamp>,
    /// The command that repeats it.
    pub command: String,
    pub machine: Machine,
    /// The versions of `rustc`, `authlab` (the commit), `redis`, `postgres`, `django` and others.
    pub versions: BTreeMap<String, String>,
    pub contenders: Vec<Contender>,
    pub rounds: Vec<Round>,
    pub figures: Vec<Figure>,
    /// Quantities that show whether the measurement is sound.
    #[serde(default)]
    pub controls: Vec<Control>,
    /// What could not be measured, and why.
    pub left_out: Vec<LeftOut>,
}

/// A measured program.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Contender {
    /// Unique: `cookie signed, feed`.
    pub name: String,
    pub family: Family,
    /// Its settings, version and store, in one sentence.
    pub about: String,
}

/// The purpose of a contender.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// A baseline: an answer without a mechanism.
    Null,
    /// A control of the measurement: the same server twice, and a known difference.
    Control,
    Cookie,
    Session,
    Token,
    /// A program of others.
    Peer,
}

/// One turn of each contender.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Round {
    pub launch: u32,
    pub round: u32,
    /// The share of all processors' time that went to neither the contenders, their stores nor the client: 0 to 1.
    pub foreign: f64,
}

impl Round {
    /// From this share of foreign load on, the report names the round.
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
    /// By launch, by round. A counted quantity has one sample.
    pub samples: Samples,
}

/// A measured or counted quantity. It is for one request, unless its comment says otherwise.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// CPU time of the server's process, in nanoseconds.
    ServerCpu,
    /// CPU time of its store's processes, in nanoseconds.
    StoreCpu,
    /// Commands that the store was sent.
    StoreCommands,
    /// Kinds of clients that the service recognises with its defaults. For a single kind, 1 or 0.
    ClientKinds,
    /// Bytes of the request, head and body.
    BytesSent,
    /// Bytes of the answer, head and body.
    BytesReceived,
    /// Bytes by which the service's memory grows for each active login.
    ServerMemory,
    /// Bytes by which the store grows for each active login.
    StoreMemory,
    /// Median latency in nanoseconds, from when a request was due until it was answered (open loop).
    LatencyMedian,
    /// 99th percentile of the latency.
    Latency99,
    /// 99.9th percentile of the latency.
    Latency999,
    /// Wall time at the client, in nanoseconds. The report only shows how it misleads.
    Wall,
}

/// The conditions of a measurement.
#[derive(Clone, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(default)]
pub struct Point {
    pub contender: String,
    /// `mine`, `login`, `item read`, `item write`, `anonymous`, `refresh`, `logout`, `forged`, `expired`, `mix`; of
    /// [`Metric::ClientKinds`] the kind of client, or `every kind`.
    pub journey: String,
    /// Concurrent requests, each on its own connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_flight: Option<u32>,
    /// Bytes of items that the login carries or the store keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_bytes: Option<u32>,
    /// Active logins during the measurement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logins: Option<u32>,
    /// `cookie` or `bearer`, if both are possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// Requests a second in an open loop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<u32>,
    /// Microseconds by which the answers of the store were delayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_delay: Option<u32>,
    /// The mistake of measurement that was made on purpose, to show its effect: `closed loop`, `generator inside`, `no warm-up`, `key parsed per call`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub habit: Option<String>,
}

/// A quantity that is within bounds if the measurement is sound.
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

/// Something that could not be measured.
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

    /// The ratio of two figures, from the samples of the same round.
    pub fn ratio(&self, metric: Metric, of: &Point, to: &Point) -> Option<Estimate> {
        let (of, to) = (self.figure(metric, of)?, self.figure(metric, to)?);
        Some(estimate(&paired(&of.samples, &to.samples, |of, to| of / to)))
    }
}

impl Figure {
    pub fn estimate(&self) -> Estimate {
        estimate(&self.samples)
    }
}
