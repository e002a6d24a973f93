//! The types of a login that all mechanisms share.

use std::{borrow::Cow, collections::BTreeMap, num::NonZeroU32, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    cookie_attributes::CookieAttributes, handover::Handover, presented::Presented, refusal::Denied, tokens::TokenKind,
};

/// An account as mechanisms see it: its identity, without its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Stable for the life of the account, never reused.
    pub id: i64,
    /// As registered. `accounts::username` compares usernames.
    pub username: String,
    /// How often all logins of the account had been ended when its password was read. The next ending ends the logins that begin with
    /// this generation: the crate `authlab-endings`.
    pub generation: i64,
}

/// A login that begins; the password was correct.
#[derive(Clone, Copy, Debug)]
pub struct NewLogin<'a> {
    /// What the client presented before.
    pub presented: &'a Presented,
    pub account: &'a Account,
    pub device: &'a Device,
    /// The kind of token that the client requested, for mechanisms with tokens.
    pub kind: Option<TokenKind>,
    /// Whether the credential is set as cookies, which replace those that the client presented.
    pub into_cookies: bool,
}

impl<'a> NewLogin<'a> {
    /// A login whose credential is set as cookies, without a requested kind of token.
    pub fn new(presented: &'a Presented, account: &'a Account, device: &'a Device) -> Self {
        Self { presented, account, device, kind: None, into_cookies: true }
    }
}

/// What is stored about the device that logged in, so that its owner can recognize it in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The `User-Agent`, cut to a maximum length.
    pub user_agent: Option<String>,
}

/// The id of a login in a list. Not a secret, and not accepted as a credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LoginId(pub String);

/// A valid login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    pub username: String,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// The result of resolving the presented credential: the login and its items.
#[derive(Clone, Debug)]
pub struct Recalled {
    /// The login, or why there is none. An anonymous client may still have items.
    pub login: Result<Login, Denied>,
    pub items: BTreeMap<String, String>,
    /// New credentials for the client; empty on most requests.
    pub handover: Handover,
}

/// A valid login and the ids by which other programs know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub login: Login,
    pub login_id: LoginId,
    pub account: i64,
}

/// The result of resolving the presented credential for a gateway.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The login, or why there is none.
    pub identity: Result<Identity, Denied>,
    /// New credentials for the client; empty unless the request counts as a use.
    pub handover: Handover,
}

/// A login that has just begun, and its credentials.
#[derive(Clone, Debug)]
pub struct Granted {
    pub login: Login,
    pub handover: Handover,
}

/// The result of a partial logout.
#[derive(Clone, Debug)]
pub struct PartlyLoggedOut {
    pub handover: Handover,
    /// Whether the server still keeps a record for the credential.
    pub record_left: bool,
    /// Whether the credential is still logged in.
    pub login_left: bool,
}

/// One line of `GET /logins`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedLogin {
    pub id: LoginId,
    /// Whether the request came from this login.
    pub current: bool,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
    pub user_agent: Option<String>,
}

/// Where a record is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Only in the client; the server keeps nothing.
    Client,
    Memory,
    Redis,
    Sql,
}

/// What the server keeps for a login.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub place: Place,
    /// The size of the record in bytes, without the overhead of the store.
    pub bytes: u64,
    /// The record itself, without anything that would let its reader log in.
    pub record: Option<serde_json::Value>,
}

impl Record {
    /// The server keeps nothing.
    pub const IN_THE_CLIENT: Self = Self { place: Place::Client, bytes: 0, record: None };
}

/// How a credential is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    Cookie,
    /// `Authorization: Bearer` (RFC 6750 §2.1).
    Bearer,
    /// `?token=` (RFC 6750 §2.3), which RFC 9700 §4.3.2 forbids in production.
    Query,
}

/// Whether the client or the server keeps the state of a login.
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
/// Facts about listing and ending logins are not here: they follow from the facets of the mechanism.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The name of the mechanism: `cookie`, `session`, `token`.
    pub mechanism: &'static str,
    pub state_lives: StateLives,
    /// The server's store, if there is one.
    pub store: Option<Place>,
    pub carriers: &'static [Carrier],
    pub scheme: Scheme,
    /// The attributes of its cookies.
    pub cookies: CookieAttributes,
    /// How long a login is valid.
    pub lifetime: Duration,
    /// How long a login can continue, with refreshing and prolonging.
    pub login_lifetime: Duration,
    /// Maximum number of concurrent logins per account. One more ends the least recently used. `None`: unlimited.
    pub logins_at_most: Option<NonZeroU32>,
    /// How long an answer of [`verify`](crate::Mechanism::verify) may be used again without a look at the store.
    pub staleness: Duration,
    /// Whether items are kept for clients that never logged in.
    pub anonymous_items: bool,
    /// Whether two items that one client writes at the same time both survive.
    pub concurrent_item_writes: bool,
}

impl Card {
    /// Whether a client that stores no cookies can use this mechanism.
    pub fn cookieless_clients(&self) -> bool {
        self.carriers.contains(&Carrier::Bearer)
    }
}
