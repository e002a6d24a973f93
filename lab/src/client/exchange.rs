//! Turns a request and its answer into an entry of the transcript: relevant headers, with secrets shortened.

use http::{HeaderName, HeaderValue, header};

use crate::journey::transcript::Exchange;

use super::{
    answer::{Answer, lossy},
    shortened,
};

const OF_A_REQUEST: [HeaderName; 4] = [header::CONTENT_TYPE, header::ACCEPT, header::COOKIE, header::AUTHORIZATION];
const OF_AN_ANSWER: [HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::SET_COOKIE,
    header::WWW_AUTHENTICATE,
    header::LOCATION,
    header::RETRY_AFTER,
    header::CACHE_CONTROL,
];

impl Answer {
    /// The exchange without secrets, safe to show.
    pub fn exchange(&self) -> Exchange {
        let asked = &self.asked;
        let content_type = asked.headers.iter().find(|(name, _)| name == header::CONTENT_TYPE);
        let content_type = content_type.map(|(_, value)| lossy(value));
        Exchange {
            method: asked.method.to_string(),
            path: shortened::path(&asked.path),
            request_headers: shown(asked.headers.iter().map(|(name, value)| (name, value)), &OF_A_REQUEST),
            request_body: asked.body.as_ref().and_then(|body| shortened::body(content_type.as_deref(), body)),
            bytes_sent: self.bytes_sent,
            status: self.status,
            response_headers: shown(self.headers.iter(), &OF_AN_ANSWER),
            response_body: shortened::body(self.header("content-type"), &self.body),
            bytes_received: self.bytes_received,
        }
    }
}

fn shown<'a>(
    headers: impl Iterator<Item = (&'a HeaderName, &'a HeaderValue)>,
    matter: &[HeaderName],
) -> Vec<(String, String)> {
    headers
        .filter(|(name, _)| matter.contains(name))
        .map(|(name, value)| (title_case(name.as_str()), shortened::header(name.as_str(), &lossy(value))))
        .collect()
}

/// Writes `content-type` as `Content-Type`, for readers.
fn title_case(name: &str) -> String {
    if name == "www-authenticate" {
        return "WWW-Authenticate".to_owned();
    }
    let capital = |word: &str| format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..]);
    name.split('-').map(capital).collect::<Vec<_>>().join("-")
}
