//! Bodies and headers, as the services send them.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The lifetime of a login in every peer.
pub const LIFETIME: Duration = Duration::from_hours(14 * 24);

/// The headers of every answer of the services.
pub const HEADERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'",
    ),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "same-origin"),
    ("cache-control", "no-store"),
    ("x-request-id", "0123456789abcdef"),
];

/// Items: keys and values.
pub type Items = BTreeMap<String, String>;

/// The login that a peer stores in its cookie or its store.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Login {
    pub username: String,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

impl Login {
    /// A login that begins now, in whole seconds.
    pub fn begin(username: String) -> Self {
        let issued_at = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default();
        Self { username, issued_at, expires_at: issued_at + LIFETIME }
    }

    pub fn is_over(&self) -> bool {
        self.expires_at <= Timestamp::now()
    }
}

/// The answer of `POST /login`, and with items that of `GET /mine`.
#[derive(Debug, Serialize)]
pub struct Mine {
    username: String,
    mechanism: &'static str,
    issued_at: Timestamp,
    expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Items>,
}

impl Mine {
    pub fn new(mechanism: &'static str, login: Login, items: impl Into<Option<Items>>) -> Self {
        let Login { username, issued_at, expires_at } = login;
        Self { username, mechanism, issued_at, expires_at, items: items.into() }
    }
}

#[derive(Debug, Deserialize)]
pub struct Credentials {
    pub username: String,
    pub password: String,
}

/// The body of `POST /login`: JSON, or a browser's form, which is answered with a redirect.
#[derive(Debug)]
pub struct LoginBody {
    pub credentials: Credentials,
    pub by_form: bool,
}

/// The redirect after a successful form.
pub const AFTER_LOGIN: (&str, &str) = ("location", "/mine");

impl LoginBody {
    /// `None` if it is neither.
    pub fn read(content_type: Option<&str>, body: &[u8]) -> Option<Self> {
        let by_form = content_type.is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
        let credentials =
            if by_form { serde_urlencoded::from_bytes(body).ok() } else { serde_json::from_slice(body).ok() };
        Some(Self { credentials: credentials?, by_form })
    }
}

#[derive(Debug, Serialize)]
pub struct Registered {
    pub username: String,
}

#[derive(Debug, Deserialize)]
pub struct PasswordChange {
    pub current: String,
    pub new: String,
}

#[derive(Debug, Deserialize)]
pub struct ItemBody {
    pub value: String,
}

#[derive(Debug, Serialize)]
pub struct ItemFound {
    pub key: String,
    pub value: String,
    pub expires_at: Option<Timestamp>,
}

impl ItemFound {
    pub fn new(key: String, value: String) -> Self {
        Self { key, value, expires_at: None }
    }
}

/// The answer of `GET /about`.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct About {
    pub mechanism: &'static str,
    pub version: &'static str,
    pub state_lives: &'static str,
    pub store: Option<&'static str>,
    pub carriers: &'static [&'static str],
    pub lifetime: u64,
    pub login_lifetime: u64,
    pub staleness: u64,
    pub can: Can,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Can {
    pub list_logins: bool,
    pub revoke_login: bool,
    pub revoke_all: bool,
    pub anonymous_items: bool,
    pub cookieless_clients: bool,
    pub concurrent_item_writes: bool,
}

impl About {
    /// With cookies; the state is in the client, or in the store of this name.
    pub const fn by_cookie(version: &'static str, store: Option<&'static str>) -> Self {
        let kept = store.is_some();
        Self {
            mechanism: if kept { "session" } else { "cookie" },
            version,
            state_lives: if kept { "server" } else { "client" },
            store,
            carriers: &["cookie"],
            lifetime: LIFETIME.as_secs(),
            login_lifetime: LIFETIME.as_secs(),
            staleness: 0,
            can: Can {
                list_logins: false,
                revoke_login: kept,
                revoke_all: false,
                anonymous_items: false,
                cookieless_clients: false,
                concurrent_item_writes: false,
            },
        }
    }
}
