//! One attack: the attempt, the standard by which it must fail, and its possible outcomes.

use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::Serialize;

use crate::client::expect::Failure;

use super::stage::Stage;

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The number in the attack matrix, such as `A05`.
    pub number: &'static str,
    /// Stable: the file and the name of the row's function.
    pub id: &'static str,
    pub family: Family,
    /// The attempt, as an imperative.
    pub title: &'static str,
    /// Numbers of OWASP ASVS 5.0 and RFCs, or of another standard where it is more precise.
    pub standard: &'static str,
    pub(super) play: Play,
}

pub(super) type Play = for<'a> fn(&'a mut Stage) -> BoxFuture<'a, Ended>;

/// The return type of a row's function. A failure says why the row could not finish.
pub(super) type Ended = Result<Outcome, Failure>;

/// A group of rows, in the order of the table.
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
    /// The attack was blocked.
    Held,
    /// The attack succeeded, and the service should have blocked it.
    Fell { what: String },
    /// The attack succeeded, and the mechanism cannot prevent it in this configuration.
    ByNature(Nature),
    /// The service has no target for this attack, or the row lacks something it needs, such as the key.
    NotApplicable { because: String },
    /// The service did not give an answer that the row needs.
    NotPlayed { because: String },
}

/// Why the mechanism cannot prevent the attack, and the cost of the cheapest remedy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Nature {
    pub because: &'static str,
    pub remedy: &'static str,
    /// Counted in look-ups.
    pub price: &'static str,
}

/// How long a credential was still accepted after its login had ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Leak {
    /// From the answer that confirmed the end to the last accepted replay.
    #[serde(rename = "measured_ms", serialize_with = "milliseconds")]
    pub measured: Duration,
    /// Set if the credential was still accepted when the measurement ended: seconds from then until it expires.
    pub open_for_seconds: Option<u64>,
}

impl Outcome {
    pub(super) fn fell(what: impl Into<String>) -> Self {
        Self::Fell { what: what.into() }
    }

    pub(super) fn not_applicable(because: impl Into<String>) -> Self {
        Self::NotApplicable { because: because.into() }
    }

    /// Whether this outcome makes the exit code 1: the attack succeeded, or could not run.
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
