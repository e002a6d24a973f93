//! Items: the small named texts that a client carries or a server keeps for it.

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

/// The text is no item key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an item key is 1 to 64 of A-Z, a-z, 0-9, _ and -")]
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

/// An item as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub value: String,
    /// `None`: as long as the login (or the browser) lives, or not known to the format.
    pub expires_at: Option<Timestamp>,
}

/// An item to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewItem {
    pub key: ItemKey,
    pub value: String,
    /// `None`: as long as the login (or the browser) lives.
    pub max_age: Option<Duration>,
    /// For mechanisms whose clients carry their items one by one.
    pub sealing: Sealing,
}

/// How the reader wants an item opened and judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The oldest an item may be, where the format carries a stamp but no lifetime.
    pub max_age: Option<Duration>,
    pub sealing: Sealing,
}

/// How an item is protected on its way through the client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sealing {
    pub seal: Seal,
    /// What the item is for: one sealed under a salt does not open under another.
    pub salt: String,
}

/// What a client can do with an item that it carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seal {
    /// Read it and change it.
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
