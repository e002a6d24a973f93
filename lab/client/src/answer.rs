//! An answer with its request, and the bytes of both on the wire.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use hyper::body::Bytes;
use serde_json::Value;

use crate::set_cookie::SetCookie;

/// A request as it was sent.
#[derive(Clone, Debug)]
pub struct SentRequest {
    pub method: Method,
    /// Path and query.
    pub path: String,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Option<Bytes>,
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub asked: SentRequest,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Head and body, counted at the socket.
    pub bytes_sent: usize,
    pub bytes_received: usize,
}

impl Answer {
    /// The first header of this name, if its value is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The media type without its parameters, in lower case.
    pub fn content_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        Some(value.split(';').next().unwrap_or(value).trim().to_ascii_lowercase())
    }

    /// The body as text; bytes that are not UTF-8 become replacement characters.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, whatever its content type.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    pub fn set_cookies(&self) -> impl Iterator<Item = SetCookie> {
        self.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| SetCookie::parse(&lossy(value)))
    }

    /// The cookie that the answer sets; deleted cookies do not count.
    pub fn new_cookie(&self) -> Option<SetCookie> {
        self.set_cookies().find(|cookie| !cookie.deletes())
    }

    pub fn deletes_cookie(&self, name: &str) -> bool {
        self.set_cookie(name).is_some_and(|cookie| cookie.deletes())
    }

    /// Whether no cache may store the answer (RFC 9111 §5.2.2.5).
    pub fn forbids_storing(&self) -> bool {
        self.header("cache-control").is_some_and(|value| value.contains("no-store"))
    }

    /// The cookie of this name that the answer sets or deletes.
    pub fn set_cookie(&self, name: &str) -> Option<SetCookie> {
        self.set_cookies().find(|cookie| cookie.name() == name)
    }
}

/// A header value as text; bytes that are not UTF-8 become replacement characters.
pub(crate) fn lossy(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}
