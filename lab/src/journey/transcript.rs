//! The record of a journey: requests, answers, and what each side holds afterwards. Secrets are shortened before they
//! are stored here.

use authlab_client::recording::{Exchange, Holding};
use serde::Serialize;

/// The result of one step at one target.
#[derive(Clone, Debug, Serialize)]
pub struct StepOutcome {
    pub exchanges: Vec<Exchange>,
    pub client_holds: Vec<Holding>,
    /// The answer of `GET /mine/record`: the place of the login on the server, its bytes, and its content.
    pub server_keeps: Option<serde_json::Value>,
    pub verdict: StepVerdict,
}

/// The comparison of the answers with the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", content = "because", rename_all = "snake_case")]
pub enum StepVerdict {
    /// The answers are as the contract says, and the same in every mechanism.
    AsContract,
    /// The answers are as the contract says, but another mechanism answers differently; contains the reason.
    AllowedDifference(String),
    /// The answers break the contract.
    Breach(String),
    /// The step did not run, because an earlier step that it needs failed.
    Skipped(String),
}

impl StepOutcome {
    pub fn bytes_sent(&self) -> usize {
        self.exchanges.iter().map(|exchange| exchange.bytes_sent).sum()
    }

    pub fn bytes_received(&self) -> usize {
        self.exchanges.iter().map(|exchange| exchange.bytes_received).sum()
    }
}

impl StepVerdict {
    /// Whether the target broke the contract. A skipped step counts, because it was skipped after a failed step.
    pub fn is_breach(&self) -> bool {
        matches!(self, Self::Breach(_) | Self::Skipped(_))
    }

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

/// The results of one step at all targets.
#[derive(Clone, Debug, Serialize)]
pub struct StepResult {
    /// `register`, `login`, …: stable, used by links and tests.
    pub id: &'static str,
    pub title: &'static str,
    /// What this step shows, in a sentence.
    pub shows: &'static str,
    /// One per target, in the order of the targets.
    pub outcomes: Vec<StepOutcome>,
}
