//! The record of a journey: requests, answers, and what each side holds afterwards. Secrets are shortened before they
//! are stored here.

use serde::Serialize;

/// One request and its answer.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    pub method: String,
    /// A request and its answer.
    pub path: String,
    /// The relevant request headers, in the order of sending.
    pub request_headers: Vec<(String, String)>,
    pub request_body: Option<String>,
    /// Bytes on the wire: head and body.
    pub bytes_sent: usize,
    pub status: u16,
    /// The relevant response headers, in the order of arrival.
    pub response_headers: Vec<(String, String)>,
    /// JSON is indented; an empty body is `None`.
    pub response_body: Option<String>,
    /// Bytes on the wire: head and body.
    pub bytes_received: usize,
}

/// A cookie or token that the client holds after a step.
#[derive(Clone, Debug, Serialize)]
pub struct Held {
    /// `cookie` or `token`.
    pub kind: &'static str,
    pub name: String,
    /// Shortened.
    pub value: String,
    /// Bytes that it adds to each request.
    pub bytes: usize,
}

/// The result of one step at one target.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    pub exchanges: Vec<Exchange>,
    pub client_holds: Vec<Held>,
    /// The answer of `GET /mine/record`: the place of the login on the server, its bytes, and its content.
    pub server_keeps: Option<serde_json::Value>,
    pub verdict: Verdict,
}

/// The comparison of the answers with the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", content = "because", rename_all = "snake_case")]
pub enum Verdict {
    /// The answers are as the contract says, and the same in every mechanism.
    AsContract,
    /// The answers are as the contract says, but another mechanism answers differently; contains the reason.
    AllowedDifference(String),
    /// The answers break the contract.
    Breach(String),
    /// The step did not run, because an earlier step that it needs failed.
    Skipped(String),
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
    pub outcomes: Vec<Outcome>,
}
