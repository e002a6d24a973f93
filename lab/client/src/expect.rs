//! Assertions about an answer. Each returns the requested value, or a sentence about the difference.

use std::fmt;

use serde_json::Value;

use crate::{answer::Answer, shortened};

/// The maximum length of a body in a message.
const MAX_QUOTED_BODY: usize = 300;

/// A difference between the contract and the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub expected: String,
    pub came: String,
}

impl Failure {
    pub fn new(expected: impl Into<String>, came: impl Into<String>) -> Self {
        Self { expected: expected.into(), came: came.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "expected {}; came {}", self.expected, self.came)
    }
}

impl std::error::Error for Failure {}

/// The request got no answer.
impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::new("an answer", format!("{error:#}"))
    }
}

/// Fails with a sentence unless the condition holds.
pub fn ensure(holds: bool, expected: impl Into<String>, came: impl FnOnce() -> String) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(Failure::new(expected, came())) }
}

impl Answer {
    /// The answer in one line, for messages.
    pub fn in_short(&self) -> String {
        let asked = format!("{} {}", self.asked.method, shortened::path(&self.asked.path));
        let body = shortened::body(self.header("content-type"), &self.body).unwrap_or_default();
        let body: String =
            body.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_QUOTED_BODY).collect();
        format!("{} to {asked} {body}", self.status).trim_end().to_owned()
    }

    pub fn ensure(&self, holds: bool, expected: impl Into<String>) -> Result<(), Failure> {
        ensure(holds, expected, || self.in_short())
    }

    pub fn is(&self, status: u16) -> Result<(), Failure> {
        self.ensure(self.status == status, format!("status {status}"))
    }

    /// Asserts a status with an empty body.
    pub fn is_empty(&self, status: u16) -> Result<(), Failure> {
        self.is(status)?;
        self.ensure(self.body.is_empty(), format!("{status} with an empty body"))
    }

    /// Asserts a status with a JSON body.
    pub fn is_json(&self, status: u16) -> Result<Value, Failure> {
        self.is(status)?;
        self.has_type("application/json")?;
        self.json().ok_or_else(|| Failure::new(format!("{status} with a JSON body"), self.in_short()))
    }

    /// Asserts a status with an HTML page.
    pub fn is_page(&self, status: u16) -> Result<String, Failure> {
        self.is(status)?;
        self.has_type("text/html")?;
        Ok(self.text())
    }

    /// Asserts a problem (RFC 9457): the status, the media type, and the four members that the contract names.
    pub fn is_problem(&self, status: u16, slug: &str) -> Result<(), Failure> {
        self.problem(status, slug).map(drop)
    }

    /// Asserts one of these problems, which differ in their status.
    pub fn is_either_problem(&self, [one, other]: [(u16, &str); 2]) -> Result<(), Failure> {
        let (status, slug) = if self.status == one.0 { one } else { other };
        self.is_problem(status, slug)
    }

    /// Asserts that no cache may store the answer.
    pub fn is_not_stored(&self) -> Result<(), Failure> {
        self.ensure(self.forbids_storing(), "`Cache-Control: no-store`")
    }

    /// Asserts a problem, and returns its body.
    pub fn problem(&self, status: u16, slug: &str) -> Result<Value, Failure> {
        self.ensure(self.status == status, format!("{status} `{slug}`"))?;
        self.has_type("application/problem+json")?;
        let problem = self.json().ok_or_else(|| Failure::new("a JSON body", self.in_short()))?;
        let is = |member: &str, value: Value| {
            self.ensure(problem[member] == value, format!("a problem whose `{member}` is {value}"))
        };
        is("type", format!("/problems/{slug}").into())?;
        is("status", status.into())?;
        for member in ["title", "detail"] {
            let says = problem[member].as_str().is_some_and(|text| !text.trim().is_empty());
            self.ensure(says, format!("a problem with a `{member}`"))?;
        }
        Ok(problem)
    }

    pub fn has_type(&self, media_type: &str) -> Result<(), Failure> {
        let found = self.content_type();
        ensure(found.as_deref() == Some(media_type), format!("the content type {media_type}"), || {
            format!("{} in {}", found.unwrap_or_else(|| "none".to_owned()), self.in_short())
        })
    }

    pub fn has_header(&self, name: &str, value: &str) -> Result<(), Failure> {
        let found = self.header(name);
        ensure(found == Some(value), format!("`{name}: {value}` on {} {}", self.asked.method, self.asked.path), || {
            found.map_or_else(|| "no such header".to_owned(), |found| shortened::header(name, found))
        })
    }
}

/// The text in this member of an object.
pub fn text<'a>(value: &'a Value, member: &str) -> Result<&'a str, Failure> {
    value[member].as_str().ok_or_else(|| Failure::new(format!("a text `{member}`"), value[member].to_string()))
}

/// Asserts exactly these members, in any order.
pub fn members(value: &Value, names: &[&str]) -> Result<(), Failure> {
    let found: Vec<&str> = value.as_object().into_iter().flat_map(|object| object.keys().map(String::as_str)).collect();
    let all = found.len() == names.len() && names.iter().all(|name| found.contains(name));
    ensure(all, format!("the members {}", names.join(", ")), || found.join(", "))
}

/// A time in the contract's format: RFC 3339, UTC, whole seconds.
pub fn instant(value: &Value, member: &str) -> Result<jiff::Timestamp, Failure> {
    let text = text(value, member)?;
    let failure = || Failure::new(format!("`{member}` in RFC 3339, UTC, whole seconds"), text.to_owned());
    if text.len() != "2026-01-01T00:00:00Z".len() || !text.ends_with('Z') {
        return Err(failure());
    }
    text.parse().map_err(|_| failure())
}
