//! What a client shows: its cookies and its tokens, read from the request but not yet believed.

use crate::{refusal::Refusal, secret::Secret};

/// Everything in a request that a mechanism may look at.
#[derive(Clone, Debug, Default)]
pub struct Presented {
    cookies: Vec<(String, Secret)>,
    bearer: Option<Secret>,
    query: Option<Secret>,
}

impl Presented {
    pub fn new(cookies: Vec<(String, Secret)>, bearer: Option<Secret>, query: Option<Secret>) -> Self {
        Self { cookies, bearer, query }
    }

    /// The value of the cookie of this name, as text.
    ///
    /// Two cookies of one name are refused: which of them the browser meant cannot be known, and an attacker on a
    /// sibling domain can add one (cookie tossing).
    pub fn cookie(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.cookies.iter().filter(|(found, _)| found == name);
        let first = values.next();
        if values.next().is_some() {
            return Err(Refusal::Ambiguous(format!(
                "the cookie `{name}` was sent more than once; clear the cookies of this site and log in again"
            )));
        }
        Ok(first.map(|(_, value)| value.expose()))
    }

    /// The names of all cookies, each once, in the order in which they came.
    pub fn cookie_names(&self) -> impl Iterator<Item = &str> {
        self.cookies
            .iter()
            .enumerate()
            .filter(|(at, (name, _))| !self.cookies[..*at].iter().any(|(earlier, _)| earlier == name))
            .map(|(_, (name, _))| name.as_str())
    }

    /// About how many bytes the cookies other than `name` take in a request.
    pub fn bytes_of_cookies_but(&self, name: &str) -> usize {
        let others = self.cookies.iter().filter(|(other, _)| other != name);
        others.map(|(name, value)| name.len() + value.expose().len() + "=; ".len()).sum()
    }

    /// The token in `Authorization: Bearer`.
    pub fn bearer(&self) -> Option<&Secret> {
        self.bearer.as_ref()
    }

    /// The token in `?token=`.
    pub fn query(&self) -> Option<&Secret> {
        self.query.as_ref()
    }
}
