//! A request, and any unusual way of sending it.

use http::{HeaderName, HeaderValue, Method, header};
use hyper::body::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::{answer::SentRequest, jar::Jar, target::Target, tokens::HeldTokens};

/// RFC 3986 §2.3: the characters that need no encoding anywhere in a URL.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request. By default it carries all credentials that the client holds.
#[derive(Clone, Debug)]
#[must_use = "a client sends the request"]
pub struct Request {
    method: Method,
    path: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<Bytes>,
    /// Raw cookie pairs in addition to the jar's.
    cookies: Vec<Vec<u8>>,
    hosts: Hosts,
    carries_cookies: bool,
    carries_token: bool,
}

/// The number of `Host` headers; HTTP/1.1 requires exactly one (RFC 9112 §3.2).
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

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sends the fields of an HTML form.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let fields: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        self.body("application/x-www-form-urlencoded", fields.join("&"))
    }

    /// Sends any bytes with any content type; an empty type sends no header.
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        if content_type.is_empty() { self } else { self.header(header::CONTENT_TYPE, content_type) }
    }

    /// Adds a header and keeps earlier ones of the same name.
    pub fn header(mut self, name: HeaderName, text: &str) -> Self {
        self.headers.push((name, value(text)));
        self
    }

    /// Asks for a page, as a browser does.
    pub fn from_a_browser(self) -> Self {
        self.header(header::ACCEPT, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    }

    /// Sends this token instead of the client's token.
    pub fn bearer(mut self, token: &str) -> Self {
        self.carries_token = false;
        self.headers.push((header::AUTHORIZATION, value(format!("Bearer {token}"))));
        self
    }

    /// Sends this token in the URL, instead of the client's token in a header.
    pub fn token_in_query(mut self, token: &str) -> Self {
        self.carries_token = false;
        let joint = if self.path.contains('?') { '&' } else { '?' };
        self.path = format!("{}{joint}token={}", self.path, encoded(token));
        self
    }

    /// Adds a cookie, even if the jar has one of the same name.
    pub fn cookie(self, name: &str, value: &str) -> Self {
        self.cookie_pair(format!("{name}={value}"))
    }

    /// Adds a cookie of any bytes.
    pub fn cookie_pair(mut self, pair: impl Into<Vec<u8>>) -> Self {
        self.cookies.push(pair.into());
        self
    }

    /// Sends no credential of the client.
    pub fn without_credential(mut self) -> Self {
        self.carries_cookies = false;
        self.carries_token = false;
        self
    }

    pub fn hosts(mut self, hosts: Hosts) -> Self {
        self.hosts = hosts;
        self
    }

    /// The request with its headers in the order of sending.
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

/// Percent-encodes a path segment or a query value.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Sends a value exactly as the target issued it. A target cannot have issued bytes that no header allows.
fn value(text: impl AsRef<[u8]>) -> HeaderValue {
    HeaderValue::from_bytes(text.as_ref()).unwrap_or_else(|_| HeaderValue::from_static("unprintable"))
}
