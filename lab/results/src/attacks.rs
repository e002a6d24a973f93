//! Attack results: the table that `lab attack --json` prints, and that the report and the lab's page show.
//!
//! Members are added to the JSON and never renamed without a new `schema_version`. So some of them have other names there than here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Machine, Verdict};

/// The version of the JSON.
pub const SCHEMA_VERSION: u32 = 1;

/// The results of some attacks on some services.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct AttackTable {
    pub schema_version: u32,
    /// The version of the program that ran the attacks.
    pub authlab: String,
    /// When the run began.
    pub played_at: Timestamp,
    pub machine: Machine,
    #[serde(rename = "marks")]
    pub columns: Vec<Column>,
    /// Whether every attack was blocked that must be.
    pub holds: bool,
    pub rows: Vec<AttackRow>,
    /// The claims that this table decides.
    pub claims: Vec<AttackClaim>,
}

/// One attacked service.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Column {
    pub target: AttackedTarget,
    /// The mechanism that the service says it has.
    pub mechanism: String,
    /// The settings that distinguish it from other services with this mechanism. Empty for a service that was given by its address.
    pub setting: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct AttackedTarget {
    pub name: String,
    pub url: String,
}

/// One attack.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct AttackRow {
    /// `A05`
    pub number: String,
    /// Stable: the file and the name of its function.
    pub id: String,
    pub family: AttackFamily,
    /// What the attacker tries, as an imperative.
    pub title: String,
    /// The standards by which the attack must fail.
    pub standard: String,
    /// One for each column.
    pub cells: Vec<AttackCell>,
}

/// A group of similar attacks, in the order of the table.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttackFamily {
    Theft,
    Fixation,
    Tampering,
    Forgery,
    TokenConfusion,
    CrossSite,
    Injection,
    Guessing,
    Exhaustion,
    Routing,
    Exposure,
}

/// One attack on one service.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct AttackCell {
    #[serde(flatten)]
    pub outcome: Outcome,
    #[serde(rename = "leak")]
    pub accepted_after_end: Option<AcceptedAfterEnd>,
    /// Requests that the attack needed.
    pub requests: usize,
}

/// How an attack ended.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The service blocked it.
    Held,
    /// It succeeded, and the service should have blocked it.
    Fell { what: String },
    /// It succeeded. The mechanism, as it is set, cannot prevent it.
    ByNature(Nature),
    /// The service has nothing that this attack needs, or the lab lacks something.
    NotApplicable { because: String },
    /// The service did not answer as the attack needs it to.
    NotPlayed { because: String },
    /// Left out of published results, since the authors of the service are told first.
    NotStated,
}

/// Why the mechanism cannot prevent an attack, and the shortest remedy.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Nature {
    pub because: String,
    pub remedy: String,
    /// The price of the remedy, in look-ups.
    pub price: String,
}

/// How long a service accepted a credential after it was ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AcceptedAfterEnd {
    /// From the answer to the ending to the last replay that was accepted.
    pub measured_ms: u64,
    /// The service still accepted it when the measurement ended: seconds from then until it expires.
    pub open_for_seconds: Option<u64>,
}

/// A claim that one row decides.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AttackClaim {
    pub id: String,
    pub says: String,
    pub row: String,
    pub verdict: Verdict,
    /// The columns in which it is true, and those in which it is false.
    pub agree: Vec<String>,
    pub disagree: Vec<String>,
}

impl AttackTable {
    /// The cells of the attack with this id.
    pub fn row(&self, id: &str) -> Option<&[AttackCell]> {
        self.rows.iter().find(|row| row.id == id).map(|row| row.cells.as_slice())
    }

    pub fn cells(&self) -> impl Iterator<Item = &AttackCell> {
        self.rows.iter().flat_map(|row| &row.cells)
    }

    /// How many cells have this [`Outcome::word`].
    pub fn count(&self, word: &str) -> usize {
        self.cells().filter(|cell| cell.outcome.word() == word).count()
    }
}

impl Column {
    /// The heading of the column in a published table.
    pub fn name(&self) -> String {
        if self.setting.is_empty() { self.target.name.clone() } else { format!("{} {}", self.mechanism, self.setting) }
    }

    /// The name with the service's own name, as the claims list it.
    pub fn target_and_setting(&self) -> String {
        format!("{} {}", self.target.name, self.setting).trim_end().to_owned()
    }
}

impl AttackFamily {
    pub fn title(self) -> &'static str {
        match self {
            Self::Theft => "Stolen credentials",
            Self::Fixation => "Planted credentials",
            Self::Tampering => "Changed credentials",
            Self::Forgery => "Forged credentials",
            Self::TokenConfusion => "Confused token formats",
            Self::CrossSite => "Requests from other sites",
            Self::Injection => "Injection",
            Self::Guessing => "Guessing",
            Self::Exhaustion => "Exhaustion",
            Self::Routing => "Routing and framing",
            Self::Exposure => "Exposure",
        }
    }
}

impl AttackCell {
    /// The outcome in words, with the time that a credential was accepted after its end.
    pub fn in_words(&self) -> String {
        let word = self.outcome.word();
        match self.accepted_after_end {
            Some(AcceptedAfterEnd { open_for_seconds: Some(seconds), .. }) => {
                format!("{word}, open for {}", duration(seconds, " days"))
            }
            Some(AcceptedAfterEnd { measured_ms: 0, .. }) | None => word.to_owned(),
            Some(AcceptedAfterEnd { measured_ms, .. }) => format!("{word}, within {measured_ms} ms"),
        }
    }
}

impl Outcome {
    pub fn fell(what: impl Into<String>) -> Self {
        Self::Fell { what: what.into() }
    }

    pub fn by_nature(because: &str, remedy: &str, price: &str) -> Self {
        Self::ByNature(Nature { because: because.to_owned(), remedy: remedy.to_owned(), price: price.to_owned() })
    }

    pub fn not_applicable(because: impl Into<String>) -> Self {
        Self::NotApplicable { because: because.into() }
    }

    /// Whether it fails the run: the attack succeeded, or could not be run.
    pub fn is_breach(&self) -> bool {
        matches!(self, Self::Fell { .. } | Self::NotPlayed { .. })
    }

    /// The word that people see, in every table and text. The JSON has other, older words.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Held => "blocked",
            Self::Fell { .. } => "succeeded",
            Self::ByNature(_) => "unavoidable",
            Self::NotApplicable { .. } => "not applicable",
            Self::NotPlayed { .. } => "not run",
            Self::NotStated => "not stated",
        }
    }
}

impl AcceptedAfterEnd {
    /// For a narrow cell: `0 ms`, `4.0 s`, or how long it stays open, `14 d`.
    pub fn in_short(&self) -> String {
        match (self.open_for_seconds, self.measured_ms) {
            (Some(seconds), _) => duration(seconds, " d"),
            (None, 0..1_000) => format!("{} ms", self.measured_ms),
            // Rounded to tenths of a second.
            (None, _) => format!("{}.{} s", (self.measured_ms + 50) / 1_000, (self.measured_ms + 50) % 1_000 / 100),
        }
    }

    pub fn in_words(&self) -> String {
        let accepted = format!("last accepted {} ms after the end", self.measured_ms);
        match self.open_for_seconds {
            Some(seconds) => {
                format!("{accepted}, when the measurement stopped; open for {} more", duration(seconds, " d"))
            }
            None if self.measured_ms == 0 => "none: refused at once".to_owned(),
            None => accepted,
        }
    }
}

fn duration(seconds: u64, days: &str) -> String {
    match seconds {
        0..=599 => format!("{seconds} s"),
        600..=86_399 => format!("{} min", seconds / 60),
        _ => format!("{}{days}", seconds.div_ceil(86_400)),
    }
}
