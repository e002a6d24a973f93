//! Every way in which a mechanism may say no. `http::problem` turns each into an answer, in one place.

use std::error::Error;

/// The verb was not carried out; nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// 401: the verb needs a login and there is none that holds.
    #[error("not logged in: {0}")]
    NotLoggedIn(Denied),
    /// 401: the password was changed while this login began.
    #[error("the password was changed while this login began")]
    PasswordReplaced,
    /// 400: the request shows two things that cannot both be meant.
    #[error("ambiguous: {0}")]
    Ambiguous(String),
    /// 400: a signature does not hold, or its stamp is too old; the value is not told.
    #[error("bad signature: {0}")]
    BadSignature(String),
    /// 400 `invalid_grant` (RFC 6749 §5.2): the refresh token buys nothing.
    #[error("the refresh token is not valid, or not any more: {0}")]
    InvalidGrant(Denied),
    /// 413: it does not fit; `limit` in bytes.
    #[error("too large: {what} would exceed {limit} bytes")]
    TooLarge { what: &'static str, limit: usize },
    /// 413: there are too many of them already.
    #[error("too many: a client may carry {limit} {what}")]
    TooMany { what: &'static str, limit: usize },
    /// 422: understood, but not acceptable; says what would be.
    #[error("invalid input: {0}")]
    InvalidInput(String),
    /// 501: this mechanism has no way to do it.
    #[error(transparent)]
    Cannot(#[from] Cannot),
    /// 503: the store could not be asked.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why there is no login. The client learns only whether it sent a credential; the reason is for metrics and log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    #[error("no credential was sent")]
    Missing,
    #[error("the credential has not the form of one")]
    Malformed,
    #[error("the credential's signature does not hold")]
    Forged,
    #[error("the credential has expired")]
    Expired,
    #[error("the credential is from the future")]
    FromTheFuture,
    #[error("the login is unknown or has been ended")]
    Ended,
}

impl Denied {
    /// A label for metrics: a closed set.
    pub fn label(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Forged => "forged",
            Self::Expired => "expired",
            Self::FromTheFuture => "from_the_future",
            Self::Ended => "ended",
        }
    }
}

/// What a mechanism cannot do, as a lesson and not as a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{mechanism} cannot {what}: {because}; {instead}")]
pub struct Cannot {
    pub mechanism: &'static str,
    /// A verb phrase: `list logins`.
    pub what: &'static str,
    /// A clause: `the server keeps no record of them`.
    pub because: &'static str,
    /// A clause: what to do instead.
    pub instead: &'static str,
}

/// A store could not be asked, or did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("{what} is unavailable")]
pub struct Unavailable {
    /// What could not be reached, in a word that a client may see: `database`, `session store`.
    pub what: &'static str,
    pub source: Box<dyn Error + Send + Sync>,
}
