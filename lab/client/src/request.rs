//! A request: what it asks, and anything unusual about how it is sent.

use http::{HeaderName, HeaderValue, Method, header};
use hyper::body::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::{answer::SentRequest, jar::Jar, target::Target, tokens::HeldTokens};

/// All but the characters that need no encoding anywhere in a URL (RFC 3986 §2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One request. By default it carries every cookie and the token that the client holds.
#[derive(Clone, Debug)]
pub struct Request {
    method: Method,
    path: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<Bytes>,
    /// Cookie pairs in addition to those of the jar, as they are sent.
    cookies: Vec<Vec<u8>>,
    hosts: Hosts,
    carries_cookies: bool,
    carries_token: bool,
}

/// How many `Host` headers are sent; HTTP/1.1 asks for exactly one (RFC 9112 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosts {
    None,
    One,
    Two,
}

impl Request {
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: Vec::new(),
            body: None,
            cookies: Vec::new(),
            hosts: Hosts::One,
            carries_cookies: true,
            carries_token: true,
        }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    pub fn put(path: impl Into<String>) -> Self {
        Self::new(Method::PUT, path)
    }

    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    pub fn method(&self) -> &Method {
        &self.method
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// The fields of an HTML form.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let fields: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        self.body("application/x-www-form-urlencoded", fields.join("&"))
    }

    /// Any bytes under any content type; an empty type sends none.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        if content_type.is_empty() { self } else { self.header(header::CONTENT_TYPE, content_type) }
    }

    /// One more header, even if there is one of that name.
    #[must_use]
    pub fn header(mut self, name: HeaderName, text: &str) -> Self {
        self.headers.push((name, value(text)));
        self
    }

    /// With the `Accept` header of a browser that opens a page.
    #[must_use]
    pub fn from_a_browser(self) -> Self {
        self.header(header::ACCEPT, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    }

    /// Carries this token instead of the client's.
    #[must_use]
    pub fn bearer(mut self, token: &str) -> Self {
        self.carries_token = false;
        self.headers.push((header::AUTHORIZATION, value(format!("Bearer {token}"))));
        self
    }

    /// Carries this token in the URL, and not the client's in a header.
    #[must_use]
    pub fn token_in_query(mut self, token: &str) -> Self {
        self.carries_token = false;
        let joint = if self.path.contains('?') { '&' } else { '?' };
        self.path = format!("{}{joint}token={}", self.path, encoded(token));
        self
    }

    /// One more cookie, even if the jar holds one of that name.
    #[must_use]
    pub fn cookie(self, name: &str, value: &str) -> Self {
        self.cookie_pair(format!("{name}={value}"))
    }

    /// One more cookie, with any bytes as its name and value.
    #[must_use]
    pub fn cookie_pair(mut self, pair: impl Into<Vec<u8>>) -> Self {
        self.cookies.push(pair.into());
        self
    }

    /// Carries nothing that the client holds.
    #[must_use]
    pub fn without_credential(mut self) -> Self {
        self.carries_cookies = false;
        self.carries_token = false;
        self
    }

    #[must_use]
    pub fn hosts(mut self, hosts: Hosts) -> Self {
        self.hosts = hosts;
        self
    }

    /// The request as it is sent, with its headers in order.
    pub(crate) fn written(&self, target: &Target, user_agent: &str, jar: &Jar, tokens: &HeldTokens) -> SentRequest {
        let mut headers = Vec::new();
        let host = value(target.authority());
        match self.hosts {
            Hosts::None => {}
            Hosts::One => headers.push((header::HOST, host)),
            Hosts::Two => headers.extend([(header::HOST, host), (header::HOST, value("elsewhere.example"))]),
        }
        headers.push((header::USER_AGENT, value(user_agent)));
        headers.extend(self.headers.iter().cloned());
        headers.extend(self.cookie_header(jar));
        if let (true, Some(token)) = (self.carries_token, tokens.access()) {
            headers.push((header::AUTHORIZATION, value(format!("Bearer {token}"))));
        }
        SentRequest { method: self.method.clone(), path: self.path.clone(), headers, body: self.body.clone() }
    }

    fn cookie_header(&self, jar: &Jar) -> Option<(HeaderName, HeaderValue)> {
        let kept = if self.carries_cookies { jar.pairs_for(&self.path) } else { Vec::new() };
        let kept = kept.iter().map(String::as_bytes);
        let pairs: Vec<&[u8]> = kept.chain(self.cookies.iter().map(Vec::as_slice)).collect();
        (!pairs.is_empty()).then(|| (header::COOKIE, value(pairs.join(b"; ".as_slice()))))
    }
}

/// One segment of a path or one value of a query, with every reserved character encoded.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A value that a target handed out goes back byte by byte. Bytes that no header may hold cannot have come from a target.
fn value(text: impl AsRef<[u8]>) -> HeaderValue {
    HeaderValue::from_bytes(text.as_ref()).unwrap_or_else(|_| HeaderValue::from_static("unprintable"))
}
