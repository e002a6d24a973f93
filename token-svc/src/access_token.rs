//! The access token of a request: its kind, and where a request carries it.

use std::fmt;

use authlab_mechanism::{
    login::TokenCookies,
    presented::Presented,
    refusal::{Denied, Refusal},
};
use authlab_secrets::Secret;

use crate::text::OPAQUE_PREFIX;

/// The cookies in which browsers hold tokens.
pub const COOKIES: TokenCookies = TokenCookies { access: "token", refresh: "refresh" };

/// The text of an access token, by its kind. Nothing about the token is verified yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum AccessToken<'a> {
    /// Every text without the prefix of opaque tokens.
    Jwt(&'a str),
    Opaque(&'a str),
}

impl<'a> AccessToken<'a> {
    pub fn parse(token: &'a str) -> Self {
        if token.starts_with(OPAQUE_PREFIX) { Self::Opaque(token) } else { Self::Jwt(token) }
    }

    /// The one access token of a request: in its header, its query or its cookie (RFC 6750 §2).
    pub fn from_presented(presented: &'a Presented) -> Result<Option<Self>, Refusal> {
        let header = presented.bearer().map(Secret::expose);
        let query = presented.query().map(Secret::expose);
        let cookie = presented.credential(COOKIES.access);
        let mut tokens = [header, query, cookie].into_iter().flatten();
        let first = tokens.next();
        if tokens.any(|other| Some(other) != first) {
            return Err(Refusal::Ambiguous("two different tokens were sent; send one, in one place".to_owned()));
        }
        Ok(first.map(Self::parse))
    }

    /// The one access token of a request that needs one.
    pub(crate) fn required(presented: &'a Presented) -> Result<Self, Refusal> {
        Self::from_presented(presented)?.ok_or(Refusal::NotLoggedIn(Denied::Missing))
    }

    /// Every access token of a request. Of cookies that contradict one another none is accepted, but a logout ends the logins of all.
    pub(crate) fn all_from_presented(presented: &'a Presented) -> Result<Vec<Self>, Refusal> {
        let one = Self::from_presented(presented)?;
        let mut tokens = Self::from_cookies(presented);
        tokens.extend(one.filter(|one| !tokens.contains(one)));
        Ok(tokens)
    }

    pub(crate) fn from_cookies(presented: &'a Presented) -> Vec<Self> {
        presented.credentials(COOKIES.access).into_iter().map(Self::parse).collect()
    }
}

/// Without the text, which is a credential.
impl fmt::Debug for AccessToken<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Jwt(_) => "Jwt",
            Self::Opaque(_) => "Opaque",
        })
    }
}
