//! The types of tokens, in the terms of OAuth 2.0.

/// The kind of an access token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenKind {
    /// A signed JSON Web Token, which contains the login and its items
    #[default]
    Jwt,
    /// A random token; the server keeps the login and its items
    Opaque,
}

/// The state of a token (RFC 7662 §2.2). An inactive token has no other field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Introspection {
    pub active: bool,
    pub username: Option<String>,
    /// The account's id.
    pub sub: Option<String>,
    /// The id of the login.
    pub jti: Option<String>,
    /// `Bearer` of an access token; a refresh token has none, since it opens nothing.
    pub token_type: Option<&'static str>,
    /// Seconds since the epoch, as is `exp`.
    pub iat: Option<i64>,
    pub exp: Option<i64>,
    pub iss: Option<String>,
    pub aud: Option<String>,
}

impl Introspection {
    /// The same answer for unknown, forged, expired and ended tokens.
    pub fn inactive() -> Self {
        Self::default()
    }
}
