//! Decodes a credential offline: its format, its readable content, its creation and expiry, and with the key its
//! signature.
//!
//! * `given`: finds credentials in pasted text: header lines, cookies, tokens
//! * `django`: Django's signing formats: login cookies, signed items, sessions
//! * `jwt`: JSON Web Tokens
//! * `opaque`: credentials without readable content
//! * [`render`]: the findings as text or JSON

mod django;
mod given;
mod jwt;
mod opaque;
pub mod render;

use authlab_secrets::{Secret, keys::Keys};
use jiff::Timestamp;
use serde::Serialize;

use self::given::Given;

/// The findings about one credential.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The cookie's name, if the text names it.
    pub name: Option<String>,
    /// The format, in words.
    pub kind: &'static str,
    /// The content that anybody can read: part and text.
    pub readable: Vec<(&'static str, String)>,
    pub made_at: Option<Timestamp>,
    /// The expiry, or who decides it.
    pub ends: String,
    pub signature: Signature,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "signature", content = "detail", rename_all = "snake_case")]
pub enum Signature {
    /// The credential has no signature.
    #[default]
    None,
    /// The signature was not checked: no key was given, or a key of another kind.
    Unchecked(String),
    /// The signature is right; says what the credential was made for.
    Holds(String),
    /// The signature is wrong for this key.
    Broken,
}

/// The key for checking signatures. It may be too weak for a service, because it may still have signed something.
#[derive(Clone, Debug)]
pub struct Key(Secret);

impl Key {
    pub fn new(secret: Secret) -> Self {
        Self(secret)
    }

    fn bytes(&self) -> &[u8] {
        self.0.expose().as_bytes()
    }

    /// The key that the services derive for this purpose; `None` for a key that they would refuse as too weak.
    fn derived(&self, purpose: &str) -> Option<[u8; 32]> {
        Keys::new(self.0.clone(), Vec::new()).ok()?.derived(purpose).first().copied()
    }
}

/// Inspects every credential in the text, and returns at least one finding. `now` decides whether a credential has
/// expired.
pub fn inspect(text: &str, key: Option<&Key>, now: Timestamp) -> Vec<Finding> {
    let findings: Vec<Finding> = given::credentials(text).iter().map(|given| one(given, key, now)).collect();
    if findings.is_empty() { vec![one(&Given::default(), key, now)] } else { findings }
}

fn one(given: &Given, key: Option<&Key>, now: Timestamp) -> Finding {
    let found = jwt::inspect(given, key, now)
        .or_else(|| django::inspect(given, key, now))
        .unwrap_or_else(|| opaque::inspect(&given.value, key));
    Finding { name: given.name.clone(), ..found }
}

/// A time in the contract's format; `None` if it is outside the calendar's range.
fn instant(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}

/// `at …`, with a note if that is in the past.
fn end(at: Option<Timestamp>, now: Timestamp) -> String {
    match at {
        Some(at) if at <= now => format!("{at}, which is past"),
        Some(at) => at.to_string(),
        None => "at a time that no calendar has".to_owned(),
    }
}
