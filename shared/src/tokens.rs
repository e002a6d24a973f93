//! The nouns of tokens, in the words of OAuth 2.0.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a login by token is kept in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// A signed JSON Web Token, which carries everything
    #[default]
    Jwt,
    /// A random token, and a row of the server's that has everything
    Opaque,
}

/// What is known of a token (RFC 7662 §2.2). Of one that does not hold, nothing is told but that.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Introspection {
    pub active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The account's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// Names the login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// `Bearer` of an access token; a refresh token has none, since it opens nothing.
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
    /// Unknown, forged, expired and ended look alike.
    pub fn inactive() -> Self {
        Self::default()
    }
}
