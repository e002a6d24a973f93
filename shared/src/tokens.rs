//! The types of tokens, in the terms of OAuth 2.0.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The kind of an access token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// A signed JSON Web Token, which contains the login and its items
    #[default]
    Jwt,
    /// A random token; the server keeps the login and its items
    Opaque,
}

/// The state of a token (RFC 7662 §2.2). An inactive token has no other field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Introspection {
    pub active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The account's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The id of the login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// `Bearer` for an access token. A refresh token has none, since it grants no access.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    /// Seconds since the epoch, as is `exp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
}

impl Introspection {
    /// The same answer for unknown, forged, expired and ended tokens.
    pub fn inactive() -> Self {
        Self::default()
    }
}
