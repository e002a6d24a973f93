//! The errors of a mechanism. `http::problem` turns each into an answer.

use std::error::Error;

/// The operation was not carried out; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// 401: the operation needs a valid login.
    #[error("not logged in: {0}")]
    NotLoggedIn(Denied),
    /// 401: the password was changed while this login began.
    #[error("the password was changed while this login began")]
    PasswordReplaced,
    /// 400: the request contains two values that contradict each other.
    #[error("ambiguous: {0}")]
    Ambiguous(String),
    /// 400: a signature is wrong, or its stamp is too old. The value is not revealed.
    #[error("bad signature: {0}")]
    BadSignature(String),
    /// 400 `invalid_grant` (RFC 6749 §5.2): the refresh token is not accepted.
    #[error("the refresh token is invalid, expired or ended: {0}")]
    InvalidGrant(Denied),
    /// 413: the value is too large; `limit` in bytes.
    #[error("too large: {what} would exceed {limit} bytes")]
    TooLarge { what: &'static str, limit: usize },
    /// 413: the client already carries the maximum number.
    #[error("too many: a client may carry {limit} {what}")]
    TooMany { what: &'static str, limit: usize },
    /// 422: the value is invalid; the text says what would be accepted.
    #[error("invalid input: {0}")]
    InvalidInput(String),
    /// 501: this mechanism cannot do it.
    #[error(transparent)]
    Cannot(#[from] Cannot),
    /// 503: the store could not be reached.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why there is no login. The client learns only whether it sent a credential; metrics and log have the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    #[error("no credential was sent")]
    Missing,
    #[error("the credential is malformed")]
    Malformed,
    #[error("the credential's signature is wrong")]
    Forged,
    #[error("the credential has expired")]
    Expired,
    #[error("the credential was issued in the future")]
    FromTheFuture,
    #[error("the login is unknown or has been ended")]
    Ended,
}

impl Denied {
    /// The value of a metric's label; one of a fixed set.
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

/// An operation that a mechanism cannot do, with the reason and an alternative.
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

/// A store could not be reached, or did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("{what} is unavailable")]
pub struct Unavailable {
    /// The name of the store, which clients may see: `database`, `session store`.
    pub what: &'static str,
    pub source: Box<dyn Error + Send + Sync>,
}
