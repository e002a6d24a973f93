//! The results of a scenario, for the terminal, the page and the JSON output. Secrets are already shortened.

use authlab_client::recording::{Exchange, Holding};
use serde::Serialize;

/// What one target did at one step.
#[derive(Clone, Debug, Serialize)]
pub struct StepOutcome {
    pub exchanges: Vec<Exchange>,
    pub client_holds: Vec<Holding>,
    /// The answer of `GET /mine/record`: where the server keeps this login, how many bytes, and what.
    pub server_keeps: Option<serde_json::Value>,
    pub verdict: StepVerdict,
}

/// How the outcome compares with the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", content = "because", rename_all = "snake_case")]
pub enum StepVerdict {
    /// As the contract says, and as any mechanism would do it.
    AsContract,
    /// As the contract says, but another mechanism answers differently; says why it may.
    AllowedDifference(String),
    /// Not as the contract says.
    Breach(String),
    /// Not run, because an earlier step that it builds on did not succeed.
    Skipped(String),
}

impl StepVerdict {
    /// One column wide.
    pub fn sign(&self) -> &'static str {
        match self {
            Self::AsContract => "✓",
            Self::AllowedDifference(_) => "≠",
            Self::Breach(_) => "✗",
            Self::Skipped(_) => "–",
        }
    }
}

/// A step of the journey, with what every target did.
#[derive(Clone, Debug, Serialize)]
pub struct StepResult {
    /// `register`, `login`, …: stable, for links and tests.
    pub id: &'static str,
    pub title: &'static str,
    /// What this step shows, in a sentence.
    pub shows: &'static str,
    /// One for each target, in the order of the targets.
    pub outcomes: Vec<StepOutcome>,
}
