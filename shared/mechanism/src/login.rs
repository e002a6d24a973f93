//! The nouns of a login, shared by every mechanism.

use std::{borrow::Cow, collections::BTreeMap, fmt, num::NonZeroU32, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{cookie_attributes::CookieAttributes, handover::Handover, presented::Presented, refusal::Denied, tokens::TokenKind};

/// An account as mechanisms see it: no password, nothing but its identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Stable for the life of the account, never reused.
    pub id: i64,
    /// As it was registered; compared elsewhere.
    pub username: String,
    /// How often the account's logins had been ended when its password was read. A login that begins with it ends with the next ending:
    /// [`authlab_endings`].
    pub generation: i64,
}

/// A login that is to begin: the password was right.
#[derive(Clone, Copy, Debug)]
pub struct NewLogin<'a> {
    /// What the client presented before.
    pub presented: &'a Presented,
    pub account: &'a Account,
    pub device: &'a Device,
    /// The kind of token that the client asked for, where the credential is a token.
    pub kind: Option<TokenKind>,
    /// The credential goes into cookies, in the place of those that the client presented.
    pub into_cookies: bool,
}

impl<'a> NewLogin<'a> {
    /// A login whose credential goes into cookies, and for which no kind of token was asked.
    pub fn new(presented: &'a Presented, account: &'a Account, device: &'a Device) -> Self {
        Self { presented, account, device, kind: None, into_cookies: true }
    }
}

/// What is remembered of the device that logged in, so that its owner can recognise it in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The `User-Agent`, cut to a sane length.
    pub user_agent: Option<String>,
}

/// Names one login in a list; not a secret and of no use as a credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LoginId(pub String);

impl fmt::Display for LoginId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A login that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    pub username: String,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Who a client is and what is kept for it.
#[derive(Clone, Debug)]
pub struct Recalled {
    /// The login, or why there is none. An anonymous client may still have items.
    pub login: Result<Login, Denied>,
    pub items: BTreeMap<String, String>,
    /// What the client should hold from now on; empty on most requests.
    pub handover: Handover,
}

/// A login that has just begun, and what the client must hold for it.
#[derive(Clone, Debug)]
pub struct Granted {
    pub login: Login,
    pub handover: Handover,
}

/// What a logout left that went only part of the way.
#[derive(Clone, Debug)]
pub struct PartlyLoggedOut {
    pub handover: Handover,
    /// The server still keeps something under the credential.
    pub record_left: bool,
    /// Whoever presents the credential is still logged in.
    pub login_left: bool,
}

/// One line of `GET /logins`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedLogin {
    pub id: LoginId,
    /// Whether the request came from this very login.
    pub current: bool,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
    pub user_agent: Option<String>,
}

/// Where a record lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the client alone; the server keeps nothing.
    Client,
    Memory,
    Redis,
    Sql,
}

/// What the server keeps for a login.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub place: Place,
    /// Bytes the server spends on it, without the overhead of the store.
    pub bytes: u64,
    /// The record itself, without anything that would let its reader log in.
    pub record: Option<serde_json::Value>,
}

impl Record {
    /// Nothing is kept on the server.
    pub const IN_THE_CLIENT: Self = Self { place: Place::Client, bytes: 0, record: None };
}

/// How a credential may travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    Cookie,
    /// `Authorization: Bearer` (RFC 6750 §2.1).
    Bearer,
    /// `?token=` (RFC 6750 §2.3), which RFC 9700 §4.3.2 forbids in production.
    Query,
}

/// Whether the state of a login lives with the client or with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateLives {
    Client,
    Server,
}

/// How a 401 tells the client to authenticate (`WWW-Authenticate`, RFC 9110 §11.6.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// A cookie of this name, obtained by the form at `/login`.
    Cookie(Cow<'static, str>),
    /// A bearer token (RFC 6750 §3), which browsers hold in cookies of these names.
    Bearer(TokenCookies),
}

/// The names of the cookies in which a browser holds tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenCookies {
    pub access: &'static str,
    pub refresh: &'static str,
}

impl Scheme {
    /// Whether the cookie of this name holds a credential.
    pub fn is_credential(&self, name: &str) -> bool {
        match self {
            Self::Cookie(credential) => credential == name,
            Self::Bearer(cookies) => name == cookies.access || name == cookies.refresh,
        }
    }
}

/// The facts about a mechanism as it is configured.
///
/// What concerns listing and revocation is not here: it follows from the facets the mechanism has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The name of the mechanism: `cookie`, `session`, `token`.
    pub mechanism: &'static str,
    pub state_lives: StateLives,
    /// The server's store, if there is one.
    pub store: Option<Place>,
    pub carriers: &'static [Carrier],
    pub scheme: Scheme,
    /// How its cookies are dressed.
    pub cookies: CookieAttributes,
    /// How long a login lasts.
    pub lifetime: Duration,
    /// How long a login can go on, refreshing and prolonging included.
    pub login_lifetime: Duration,
    /// How many logins an account can have at once; the least recently used ends for another. `None`: any number.
    pub logins_at_most: Option<NonZeroU32>,
    /// Items are kept for clients that never logged in.
    pub anonymous_items: bool,
    /// Two items written at the same moment by one client both survive.
    pub concurrent_item_writes: bool,
}

impl Card {
    /// Whether a client that stores no cookies can use this mechanism.
    pub fn cookieless_clients(&self) -> bool {
        self.carriers.contains(&Carrier::Bearer)
    }
}
