//! The nouns of tokens, in the words of OAuth 2.0.

/// What a login by token is kept in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenKind {
    /// A signed JSON Web Token, which carries everything
    #[default]
    Jwt,
    /// A random token, and a row of the server's that has everything
    Opaque,
}

/// What is known of a token (RFC 7662 §2.2). Of one that does not hold, nothing is told but that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Introspection {
    pub active: bool,
    pub username: Option<String>,
    /// The account's id.
    pub sub: Option<String>,
    /// Names the login.
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
    /// Unknown, forged, expired and ended look alike.
    pub fn inactive() -> Self {
        Self::default()
    }
}
