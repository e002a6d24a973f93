//! What a client is to hold from now on. A mechanism decides what; how it travels is decided outside.

use std::time::Duration;

use authlab_secrets::Secret;

/// Changes to what the client holds; the default changes nothing.
#[derive(Clone, Debug, Default)]
pub struct Handover {
    /// Cookies to set or to delete; each name at most once.
    pub cookies: Vec<CookieChange>,
    /// A fresh token, or that the one the client has is to be forgotten.
    pub token: Option<TokenChange>,
}

impl Handover {
    /// The client keeps what it holds.
    pub fn nothing() -> Self {
        Self::default()
    }

    pub fn set_cookie(cookie: NewCookie) -> Self {
        Self { cookies: vec![CookieChange::Set(cookie)], token: None }
    }

    pub fn delete_cookie(name: impl Into<String>) -> Self {
        Self { cookies: vec![CookieChange::Delete(name.into())], token: None }
    }

    /// Whether a cookie is taken from the client.
    pub fn deletes_cookie(&self) -> bool {
        self.cookies.iter().any(|change| matches!(change, CookieChange::Delete(_)))
    }

    pub fn token(token: Token) -> Self {
        Self { cookies: Vec::new(), token: Some(TokenChange::Take(token)) }
    }

    pub fn forget_token() -> Self {
        Self { cookies: Vec::new(), token: Some(TokenChange::Forget) }
    }
}

#[derive(Clone, Debug)]
pub enum CookieChange {
    Set(NewCookie),
    Delete(String),
}

impl CookieChange {
    pub fn name(&self) -> &str {
        match self {
            Self::Set(cookie) => &cookie.name,
            Self::Delete(name) => name,
        }
    }
}

/// A cookie to be set. Its attributes (`Path`, `HttpOnly`, `Secure`, `SameSite`) are decided once for all, outside.
#[derive(Clone, Debug)]
pub struct NewCookie {
    pub name: String,
    pub value: Secret,
    /// `None`: until the browser ends.
    pub max_age: Option<Duration>,
}

#[derive(Clone, Debug)]
pub enum TokenChange {
    Take(Token),
    Forget,
}

/// A token: in the body for clients that asked in JSON, in a cookie for those that use one.
#[derive(Clone, Debug)]
pub struct Token {
    pub access_token: Secret,
    pub expires_in: Duration,
    /// How long a browser keeps it: past its end where a refresh follows, since it carries items across.
    pub kept_for: Duration,
    /// `None`: the client has one already, or there is none.
    pub refresh_token: Option<RefreshToken>,
}

/// What buys the next token (RFC 6749 §1.5); it opens nothing by itself.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    pub text: Secret,
    pub expires_in: Duration,
}
