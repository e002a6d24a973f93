//! What was sent, what was answered, what each side holds afterwards. Filled by the journey, read by the terminal, the
//! page and the JSON output; secrets are shortened before they come in here.

use serde::Serialize;

/// One request and its answer.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    pub method: String,
    /// Path and query; a token in the query is shortened.
    pub path: String,
    /// The request headers that matter, in the order they were sent.
    pub request_headers: Vec<(String, String)>,
    pub request_body: Option<String>,
    /// Bytes on the wire, head and body together.
    pub bytes_sent: usize,
    pub status: u16,
    /// The response headers that matter, in the order they came.
    pub response_headers: Vec<(String, String)>,
    /// JSON is indented; empty bodies are `None`.
    pub response_body: Option<String>,
    /// Bytes on the wire, head and body together.
    pub bytes_received: usize,
}

/// One thing the client holds after a step.
#[derive(Clone, Debug, Serialize)]
pub struct Held {
    /// `cookie` or `token`.
    pub kind: &'static str,
    pub name: String,
    /// Shortened.
    pub value: String,
    /// Bytes that travel with each request because of it.
    pub bytes: usize,
}

/// What one target did at one step.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    pub exchanges: Vec<Exchange>,
    pub client_holds: Vec<Held>,
    /// The answer of `GET /mine/record`: where the server keeps this login, how many bytes, and what.
    pub server_keeps: Option<serde_json::Value>,
    pub verdict: Verdict,
}

/// How the outcome stands to the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", content = "because", rename_all = "snake_case")]
pub enum Verdict {
    /// As the contract says, and as any mechanism would do it.
    AsContract,
    /// As the contract says, but another mechanism answers differently; says why it may.
    AllowedDifference(String),
    /// Not as the contract says.
    Breach(String),
    /// Not played, because an earlier step it builds on was breached.
    Skipped(String),
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
    pub outcomes: Vec<Outcome>,
}
