//! Items: small named texts that the client carries, or that the server keeps for the client.

use std::{fmt, str::FromStr, time::Duration};

use jiff::Timestamp;

/// The name of an item: 1 to 64 of `A-Za-z0-9_-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey(String);

impl ItemKey {
    pub const MAX_LENGTH: usize = 64;

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for ItemKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The text is not an item key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an item key must have 1 to 64 characters of A-Z, a-z, 0-9, _ and -")]
pub struct BadItemKey;

impl FromStr for ItemKey {
    type Err = BadItemKey;

    fn from_str(text: &str) -> Result<Self, BadItemKey> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if text.is_empty() || text.len() > Self::MAX_LENGTH || !text.bytes().all(allowed) {
            return Err(BadItemKey);
        }
        Ok(Self(text.to_owned()))
    }
}

/// An item that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub value: String,
    /// `None`: as long as the login (or the browser) lives, or unknown, if the format has no expiry.
    pub expires_at: Option<Timestamp>,
}

/// An item to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewItem {
    pub key: ItemKey,
    pub value: String,
    /// `None`: as long as the login (or the browser) lives.
    pub max_age: Option<Duration>,
    /// Used by mechanisms whose clients carry each item separately.
    pub sealing: Sealing,
}

/// How the reader wants an item to be opened and checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The maximum age of the item, for formats with a stamp but no expiry.
    pub max_age: Option<Duration>,
    pub sealing: Sealing,
}

/// How an item is protected while the client carries it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sealing {
    pub seal: Seal,
    /// The purpose of the item. An item sealed with one salt cannot be opened with another.
    pub salt: String,
}

/// What the client can do with an item that it carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seal {
    /// Read and change it.
    Plain,
    /// Read it.
    #[default]
    Signed,
    /// Neither.
    Private,
}

/// One item or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    One(&'a ItemKey),
    All,
}
