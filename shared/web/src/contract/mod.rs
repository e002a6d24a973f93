//! The request and response bodies of the contract. The OpenAPI document is generated from these types.

mod about;
mod nouns;

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, IntoDeserializer as _},
};
use utoipa::ToSchema;

pub use self::about::{About, Can};
pub use self::nouns::{
    CarrierWord, IntrospectionBody, ListedLoginBody, PlaceWord, PublicKeysBody, RecordBody, SealWord, StateLivesWord,
    TokenKindWord,
};
use authlab_mechanism::login::{Card, Login};
use authlab_secrets::Secret;

use super::door::TokenBody;

#[derive(Debug, Deserialize, ToSchema)]
pub struct Registration {
    /// Compared by Unicode's `NFKC_Casefold`, which ignores invisible characters. Must contain a visible character, no control or
    /// unassigned characters and no text direction marks, and no space at either end.
    #[schema(example = "alice", min_length = 1, max_length = 150)]
    pub username: String,
    /// Hashed in Unicode form NFC, otherwise unchanged. Refused if attackers guess it first: a common password or the username, once or
    /// repeated a few times.
    #[schema(value_type = String, format = Password, max_length = 1024, example = "correct horse battery staple")]
    pub password: Secret,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Registered {
    pub username: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Credentials {
    #[schema(example = "alice")]
    pub username: String,
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    pub password: Secret,
    /// Only in forms: the local path to go to afterwards.
    pub next: Option<String>,
    /// Only in token-svc: the kind of token. The default is the setting `TOKEN_KIND`.
    // `null` is refused, as in a form, where it would be an unknown kind called `null`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = TokenKindWord, required = false)]
    pub kind: Option<TokenKindWord>,
}

/// Deserializes a word that must not be `null`.
fn given<'a, D: Deserializer<'a>, T: Deserialize<'a>>(written: D) -> Result<Option<T>, D::Error> {
    word(written).map(Some)
}

/// Deserializes a word. Without the text in between, any other value would be an error of JSON's syntax.
fn word<'a, D: Deserializer<'a>, T: Deserialize<'a>>(written: D) -> Result<T, D::Error> {
    T::deserialize(String::deserialize(written)?.into_deserializer())
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LoggedIn {
    pub username: String,
    pub mechanism: &'static str,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    /// Only in token-svc, for JSON clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenBody>,
}

/// How much a logout deletes. All ways except `flush` exist for comparison, where the server keeps a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogoutWay {
    /// Deletes the record and the cookie.
    #[default]
    Flush,
    /// Deletes the cookie. The record stays, and a copy of the session id still works.
    DeleteCookie,
    /// Deletes the login from the record. Record and cookie stay.
    DeleteLogin,
    /// Deletes all data from the record. The session id stays.
    Clear,
}

/// The effect of a partial logout.
#[derive(Debug, Serialize, ToSchema)]
pub struct HalfLogout {
    pub how: LogoutWay,
    /// Whether this answer deletes the cookie.
    pub cookie_cleared: bool,
    /// Whether the server still keeps a record for the session id.
    pub record_left: bool,
    /// Whether a copy of the session id is still logged in.
    pub login_left: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Mine {
    pub username: String,
    pub mechanism: &'static str,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub items: BTreeMap<String, String>,
}

impl Mine {
    pub fn new(card: &Card, login: Login, items: BTreeMap<String, String>) -> Self {
        let Login { username, issued_at, expires_at } = login;
        Self { username, mechanism: card.mechanism, issued_at, expires_at, items }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct PasswordChange {
    #[schema(value_type = String, format = Password)]
    pub current: Secret,
    #[schema(value_type = String, format = Password, max_length = 1024)]
    pub new: Secret,
}

/// A fresh token, for clients that carry one.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreshToken {
    pub token: TokenBody,
}

/// The body of `POST /token` (RFC 6749 §6). Other parameters are ignored.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RefreshRequest {
    #[schema(value_type = String, example = "refresh_token")]
    pub grant_type: Option<String>,
    #[schema(value_type = String)]
    pub refresh_token: Option<Secret>,
}

/// The body of `POST /revoke` (RFC 7009 §2.1) and `POST /introspect` (RFC 7662 §2.1). A `token_type_hint` is ignored: the token shows
/// its own type.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TokenInQuestion {
    #[schema(value_type = String)]
    pub token: Option<Secret>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LoginList {
    pub logins: Vec<ListedLoginBody>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ItemBody {
    /// Any text.
    #[schema(example = "你好 👋")]
    pub value: String,
    /// Seconds. The default is as long as the login (or the browser) lives.
    #[serde(default, deserialize_with = "whole_seconds")]
    #[schema(value_type = Option<u64>, format = "uint64", example = 60)]
    pub max_age: Option<Duration>,
    /// Only in cookie-svc: how the cookie is protected.
    #[serde(default, deserialize_with = "word")]
    pub seal: SealWord,
    /// Only in cookie-svc: the purpose of the cookie.
    #[serde(default)]
    pub salt: String,
}

/// In JSON, `60`, `60.0` and `6e1` are the same number. A number too large for a clock means for ever.
pub(super) fn whole_seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    let Some(seconds) = Option::<f64>::deserialize(from)? else { return Ok(None) };
    if seconds < 0.0 || seconds.fract() != 0.0 {
        return Err(D::Error::custom("`max_age` must be a whole number of seconds, not negative"));
    }
    Ok(Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_secs(u64::MAX))))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ItemFound {
    pub key: String,
    pub value: String,
    pub expires_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ItemList {
    pub items: BTreeMap<String, String>,
}

/// The login that `DELETE /logins` does not end.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum ExceptedLogin {
    Current,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    pub status: &'static str,
    /// The dependency that cannot be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<&'static str>,
}

/// A description of the form, for clients that prefer JSON.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormDescription {
    pub method: &'static str,
    pub action: &'static str,
    pub fields: Vec<&'static str>,
}
