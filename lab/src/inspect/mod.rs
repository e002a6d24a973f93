//! What a credential says, asked of nobody: what it is, what anybody can read in it, when it was made and when it ends, and
//! with the key whether its signature holds.
//!
//! * `given`: from what was pasted to credentials: header lines, cookies, tokens
//! * `django`: what Django's signing makes: login cookies, signed items, sessions
//! * `jwt`: JSON Web Tokens
//! * `opaque`: what says nothing by itself
//! * [`render`]: for people and for programs

mod django;
mod given;
mod jwt;
mod opaque;
pub mod render;

use authlab_secrets::{keys::Keys, Secret};
use jiff::Timestamp;
use serde::Serialize;

use self::given::Given;

/// What was found out about one credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The name of the cookie, where it was given.
    pub name: Option<String>,
    /// What it is, in words.
    pub kind: &'static str,
    /// What anybody can read in it: part and text.
    pub readable: Vec<(&'static str, String)>,
    pub made_at: Option<Timestamp>,
    /// When it ends, or who knows.
    pub ends: String,
    pub signature: Signature,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "signature", content = "detail", rename_all = "snake_case")]
pub enum Signature {
    /// It has none.
    None,
    /// It has one, and no key was given, or one of another kind.
    Unchecked(String),
    /// It holds; for what it was made.
    Holds(String),
    /// It does not hold with this key.
    Broken,
}

/// The key with which signatures are checked. It may be one that a service would refuse: what it has signed is there.
#[derive(Clone, Debug)]
pub struct Key(Secret);

impl Key {
    pub fn new(secret: Secret) -> Self {
        Self(secret)
    }

    fn bytes(&self) -> &[u8] {
        self.0.expose().as_bytes()
    }

    /// The key for one purpose, as the services derive it; they do so from strong keys alone.
    fn derived(&self, purpose: &str) -> Option<[u8; 32]> {
        Keys::new(self.0.clone(), Vec::new()).ok()?.derived(purpose).first().copied()
    }
}

/// Every credential in the text, and at least one answer: `now` decides what has ended already.
pub fn inspect(text: &str, key: Option<&Key>, now: Timestamp) -> Vec<Finding> {
    let findings: Vec<Finding> = given::credentials(text).iter().map(|given| one(given, key, now)).collect();
    if findings.is_empty() { vec![opaque::unknown(&Given::default())] } else { findings }
}

fn one(given: &Given, key: Option<&Key>, now: Timestamp) -> Finding {
    jwt::inspect(given, key, now)
        .or_else(|| django::inspect(given, key, now))
        .or_else(|| opaque::inspect(given, key))
        .unwrap_or_else(|| opaque::unknown(given))
}

/// An instant as the contract writes it; what no calendar reaches is left out.
fn instant(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}

/// `at …`, and whether that is past.
fn end(at: Option<Timestamp>, now: Timestamp) -> String {
    match at {
        Some(at) if at <= now => format!("{at}, which is past"),
        Some(at) => at.to_string(),
        None => "at a time that no calendar has".to_owned(),
    }
}
