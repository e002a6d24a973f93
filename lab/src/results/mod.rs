//! What the benches measured, as they leave it and as the report reads it: raw samples, never only a summary.
//!
//! A run is one JSON file under `benches/results/`. It says on what it was measured, how to repeat it, how much else the
//! machine had to do meanwhile, and for every figure each single sample, by launch (fresh processes) and by round (everybody's turn
//! once). Medians, ratios and their intervals are computed from it, by [`statistics`], whenever they are needed.

mod machine;
pub mod statistics;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::machine::Machine;
use self::statistics::{Estimate, Samples, estimate, paired};

/// The version of this format; a file of another one is not read.
pub const FORMAT: u32 = 1;

/// One run of the benches.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Run {
    pub format: u32,
    pub started: Timestamp,
    /// `None`: it did not come to its end, and what is there is reported as such.
    pub finished: Option<Timestamp>,
    /// What repeats it.
    pub command: String,
    pub machine: Machine,
    /// `rustc`, `authlab` (the commit), `redis`, `postgres`, `django` and others that took part.
    pub versions: BTreeMap<String, String>,
    pub contenders: Vec<Contender>,
    pub rounds: Vec<Round>,
    pub figures: Vec<Figure>,
    /// What shows whether the instruments can be believed.
    #[serde(default)]
    pub controls: Vec<Control>,
    /// What could not be measured here, and why.
    pub left_out: Vec<LeftOut>,
}

/// Who was measured.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Contender {
    /// Unlike every other: `cookie signed, feed`.
    pub name: String,
    pub family: Family,
    /// Its settings, version and what it keeps, in one sentence.
    pub about: String,
}

/// What a contender is there for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// To be compared with: an answer without a mechanism.
    Null,
    /// To show what the measurement can tell: the same twice, and a known difference.
    Control,
    Cookie,
    Session,
    Token,
    /// Somebody else's.
    Peer,
}

/// Everybody's turn, once.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Round {
    pub launch: u32,
    pub round: u32,
    /// The share of all processors' time that went to neither the contenders, their stores nor the client: 0 to 1.
    pub foreign: f64,
}

impl Round {
    /// So much foreign load that the round is named in the report.
    pub const NOISY: f64 = 0.10;

    pub fn is_noisy(&self) -> bool {
        self.foreign > Self::NOISY
    }
}

/// One quantity at one point, with every sample.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Figure {
    pub metric: Metric,
    #[serde(flatten)]
    pub at: Point,
    /// By launch, by round; what is counted and not measured has one sample.
    pub samples: Samples,
}

/// What was measured or counted. Each for one request, unless it says otherwise.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// CPU time of the server's process, in nanoseconds.
    ServerCpu,
    /// CPU time of its store's processes, in nanoseconds.
    StoreCpu,
    /// Commands that the store was sent.
    StoreCommands,
    /// Kinds of clients that the service knows again as it comes; at a kind of its own, 1 or 0.
    ClientKinds,
    /// Bytes of the request, head and body.
    BytesSent,
    /// Bytes of the answer, head and body.
    BytesReceived,
    /// Bytes that the service's memory grows by for each live login.
    ServerMemory,
    /// Bytes that the store grows by for each live login.
    StoreMemory,
    /// Nanoseconds from when a request was due until it was answered, half of them at most (open loop).
    LatencyMedian,
    /// The same for 99 of 100.
    Latency99,
    /// The same for 999 of 1,000.
    Latency999,
    /// Wall time that a client saw, in nanoseconds; only to show how it misleads.
    Wall,
}

/// Under which conditions.
#[derive(Clone, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(default)]
pub struct Point {
    pub contender: String,
    /// `mine`, `login`, `item read`, `item write`, `anonymous`, `refresh`, `logout`, `forged`, `expired`, `mix`; of
    /// [`Metric::ClientKinds`] the kind of client, or `every kind`.
    pub journey: String,
    /// Requests at the same time, each on a connection of its own; 1 unless something else is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_flight: Option<u32>,
    /// Bytes of items that the login carries or the store keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_bytes: Option<u32>,
    /// Logins alive meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logins: Option<u32>,
    /// `cookie` or `bearer`, where both are possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// Requests a second, where they were sent by the clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<u32>,
    /// Microseconds by which the answers of the store were held up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_delay: Option<u32>,
    /// The bad habit that was switched on to show what it does: `closed loop`, `generator inside`, `no warm-up`, `key parsed per call`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub habit: Option<String>,
}

/// A quantity that is known to lie within bounds if the measurement is sound.
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

/// Something that was asked for and is not there.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct LeftOut {
    pub what: String,
    pub why: String,
}

impl Run {
    /// The figure of this metric at this point.
    pub fn figure(&self, metric: Metric, at: &Point) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.metric == metric && figure.at == *at)
    }

    /// How many times the one figure is the other, sample by sample of the same round.
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
