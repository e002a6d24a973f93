//! One attack: what is tried, by which standard it must fail, and how it may end.

use std::time::Duration;

use authlab_client::expect::Failure;
use futures_util::future::BoxFuture;
use serde::Serialize;

use super::stage::Stage;

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The number in the attack matrix: `A05`.
    pub number: &'static str,
    /// Stable: the file and the name of the function that plays it.
    pub id: &'static str,
    pub family: Family,
    /// What is tried, as an imperative.
    pub title: &'static str,
    /// OWASP ASVS 5.0 and RFC numbers, and others where they say it better.
    pub standard: &'static str,
    pub(super) play: Play,
}

pub(super) type Play = for<'a> fn(&'a mut Stage) -> BoxFuture<'a, Ended>;

/// What a row's function returns; a failure says why it could not be played to its end.
pub(super) type Ended = Result<Outcome, Failure>;

/// Rows of a kind, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
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
    Operation,
}

impl Family {
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
            Self::Operation => "Operation",
        }
    }
}

/// How an attack ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It was withstood.
    Held,
    /// It succeeded, and should not have.
    Fell { what: String },
    /// It succeeded, and the mechanism as it is configured has no way to prevent it.
    ByNature(Nature),
    /// There is nothing here that could be attacked so, or not with what is at hand.
    NotApplicable { because: String },
    /// The service did not answer as the row needs it to.
    NotPlayed { because: String },
}

/// Why it cannot be prevented, and what the shortest remedy costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Nature {
    pub because: &'static str,
    pub remedy: &'static str,
    /// In look-ups.
    pub price: &'static str,
}

/// How long a credential that was ended went on working.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Leak {
    /// From the answer that said it had ended to the last replay that was accepted.
    #[serde(rename = "measured_ms", serialize_with = "milliseconds")]
    pub measured: Duration,
    /// It was still accepted then, and will be until it expires: seconds from the end of the measurement.
    pub open_for_seconds: Option<u64>,
}

impl Outcome {
    pub(super) fn fell(what: impl Into<String>) -> Self {
        Self::Fell { what: what.into() }
    }

    pub(super) fn not_applicable(because: impl Into<String>) -> Self {
        Self::NotApplicable { because: because.into() }
    }

    /// Whether it decides the exit code: the attack succeeded, or nobody knows.
    pub fn is_breach(&self) -> bool {
        matches!(self, Self::Fell { .. } | Self::NotPlayed { .. })
    }

    /// A word for the table; stable.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Fell { .. } => "fell",
            Self::ByNature(_) => "by nature",
            Self::NotApplicable { .. } => "n/a",
            Self::NotPlayed { .. } => "not played",
        }
    }
}

fn milliseconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
