//! What was sent and answered, and what a client holds, as anybody may read it: no secret is shown whole.

use std::fmt;

use http::{HeaderName, HeaderValue, header};
use serde::Serialize;

use crate::{
    answer::{Answer, lossy},
    shortened,
};

const REQUEST_HEADERS: [HeaderName; 4] = [header::CONTENT_TYPE, header::ACCEPT, header::COOKIE, header::AUTHORIZATION];
const RESPONSE_HEADERS: [HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::SET_COOKIE,
    header::WWW_AUTHENTICATE,
    header::LOCATION,
    header::RETRY_AFTER,
    header::CACHE_CONTROL,
];

/// One request and its answer.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    pub method: String,
    /// Path and query; a token in the query is shortened.
    pub path: String,
    /// Those of [`REQUEST_HEADERS`], in the order they were sent.
    pub request_headers: Vec<(String, String)>,
    pub request_body: Option<String>,
    /// Bytes on the wire, head and body together.
    pub bytes_sent: usize,
    pub status: u16,
    /// Those of [`RESPONSE_HEADERS`], in the order they came.
    pub response_headers: Vec<(String, String)>,
    /// JSON is indented; empty bodies are `None`.
    pub response_body: Option<String>,
    /// Bytes on the wire, head and body together.
    pub bytes_received: usize,
}

/// One credential or item that a client holds.
#[derive(Clone, Debug, Serialize)]
pub struct Holding {
    /// `cookie` or `token`.
    pub kind: &'static str,
    pub name: String,
    /// Shortened.
    pub value: String,
    /// Bytes that travel with each request because of it.
    pub bytes: usize,
}

/// Records every answer that a client takes.
pub trait ExchangeRecorder: fmt::Debug + Send + Sync {
    /// `who` asked: `victim`, `thief`, …
    fn record(&self, who: &'static str, answer: &Answer);
}

impl Answer {
    /// The exchange as anybody may read it.
    pub fn exchange(&self) -> Exchange {
        let asked = &self.asked;
        let content_type = asked.headers.iter().find(|(name, _)| name == header::CONTENT_TYPE);
        let content_type = content_type.map(|(_, value)| lossy(value));
        Exchange {
            method: asked.method.to_string(),
            path: shortened::path(&asked.path),
            request_headers: selected(asked.headers.iter().map(|(name, value)| (name, value)), &REQUEST_HEADERS),
            request_body: asked.body.as_ref().and_then(|body| shortened::body(content_type.as_deref(), body)),
            bytes_sent: self.bytes_sent,
            status: self.status,
            response_headers: selected(self.headers.iter(), &RESPONSE_HEADERS),
            response_body: shortened::body(self.header("content-type"), &self.body),
            bytes_received: self.bytes_received,
        }
    }
}

fn selected<'a>(
    headers: impl Iterator<Item = (&'a HeaderName, &'a HeaderValue)>,
    names: &[HeaderName],
) -> Vec<(String, String)> {
    headers
        .filter(|(name, _)| names.contains(name))
        .map(|(name, value)| (title_case(name.as_str()), shortened::header(name.as_str(), &lossy(value))))
        .collect()
}

/// `content-type` as `Content-Type`: how people write it.
fn title_case(name: &str) -> String {
    if name == "www-authenticate" {
        return "WWW-Authenticate".to_owned();
    }
    let capital = |word: &str| format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..]);
    name.split('-').map(capital).collect::<Vec<_>>().join("-")
}
