//! Errors as `application/problem+json` (RFC 9457). Only this file turns refusals into answers.
//!
//! A [`Problem`] only says what is wrong. `site::problems` writes it as JSON or as a page, which depends on the request.

mod kind;

use std::borrow::Cow;

use authlab_accounts::AccountError;
use authlab_mechanism::refusal::{Cannot, Denied, Refusal, Unavailable};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

pub use self::kind::Kind;

/// Seconds after which a client may retry when a store or the password pool is overloaded.
const RETRY_SOON: u64 = 1;

/// An answer that says what was wrong, and what to do about it.
#[derive(Clone, Debug)]
pub struct Problem {
    pub kind: Kind,
    pub detail: Cow<'static, str>,
    /// Seconds, for `Retry-After`.
    pub retry_after: Option<u64>,
    /// The limit that was exceeded, usually in bytes; `detail` names the unit.
    pub limit: Option<usize>,
    /// Why there is no login, for the challenge and the metrics.
    pub denied: Option<Denied>,
    /// The error code of OAuth 2.0 (RFC 6749 §5.2), in answers to its clients.
    pub error: Option<&'static str>,
}

/// Marks an answer whose page already shows the problem, next to the form.
#[derive(Clone, Copy, Debug)]
pub struct Shown;

/// The body of every error (RFC 9457 §3).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid-input")]
    pub kind: String,
    #[schema(example = "Invalid input")]
    pub title: String,
    #[schema(example = 422)]
    pub status: u16,
    /// What was wrong, and what to do.
    pub detail: String,
    /// With `too-large`: the limit, usually in bytes; `detail` names the unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// At `/token`, `/revoke` and `/introspect`: the error code of OAuth 2.0 (RFC 6749 §5.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "invalid_grant")]
    pub error: Option<&'static str>,
}

impl Problem {
    pub fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, detail: detail.into(), retry_after: None, limit: None, denied: None, error: None }
    }

    pub fn too_large(what: &str, limit: usize) -> Self {
        let detail = format!("{what} may have at most {limit} bytes; nothing was changed");
        Self { limit: Some(limit), ..Self::new(Kind::TooLarge, detail) }
    }

    /// An error of OAuth 2.0 (RFC 6749 §5.2).
    pub fn oauth(error: &'static str, detail: &'static str) -> Self {
        Self { error: Some(error), ..Self::new(Kind::MalformedRequest, detail) }
    }

    /// 503 in place of any failure of the service.
    pub fn failed() -> Self {
        Self::retry(Kind::StoreUnavailable, "the service failed; try again", RETRY_SOON)
    }

    /// 401 in place of any error that the client made: its request proves no login.
    pub fn unusable(error: Option<Self>) -> Self {
        let denied = error.as_ref().and_then(|problem| problem.denied).unwrap_or(Denied::Malformed);
        let detail = error.map_or("the request cannot be read".into(), |problem| problem.detail);
        Self { denied: Some(denied), ..Self::new(Kind::NotLoggedIn, detail) }
    }

    fn retry(kind: Kind, detail: impl Into<Cow<'static, str>>, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(kind, detail) }
    }

    pub fn body(&self) -> ProblemBody {
        ProblemBody {
            kind: self.kind.slug().map_or_else(|| "about:blank".to_owned(), |slug| format!("/problems/{slug}")),
            title: self.kind.title().to_owned(),
            status: self.kind.status().as_u16(),
            detail: self.detail.clone().into_owned(),
            limit: self.limit,
            error: self.error,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotLoggedIn(denied) => denied.into(),
            Refusal::PasswordReplaced => Self::new(
                Kind::InvalidCredentials,
                "the password was changed while this login began; log in with the new password",
            ),
            Refusal::Ambiguous(detail) => Self::new(Kind::MalformedRequest, detail),
            Refusal::BadSignature(detail) => Self::new(Kind::BadSignature, detail),
            Refusal::InvalidGrant(denied) => {
                let detail = "the refresh token is invalid, expired or ended; log in again by `POST /login`";
                Self { denied: Some(denied), ..Self::oauth("invalid_grant", detail) }
            }
            Refusal::TooLarge { what, limit } => Self::too_large(what, limit),
            Refusal::TooMany { what, limit } => Self {
                limit: Some(limit),
                ..Self::new(Kind::TooLarge, format!("a client may carry at most {limit} {what}; nothing was changed"))
            },
            Refusal::InvalidInput(detail) => Self::new(Kind::InvalidInput, detail),
            Refusal::Cannot(cannot) => cannot.into(),
            Refusal::Unavailable(unavailable) => unavailable.into(),
        }
    }
}

impl From<Denied> for Problem {
    /// Unknown, forged, expired and ended credentials get the same answer, so that guessing reveals nothing (RFC 7662 §2.2).
    fn from(denied: Denied) -> Self {
        let detail = match denied {
            Denied::Missing => "this needs a login; log in first by `POST /login`",
            _ => "the credential is invalid, expired or ended; log in again by `POST /login`",
        };
        Self { denied: Some(denied), ..Self::new(Kind::NotLoggedIn, detail) }
    }
}

impl From<Cannot> for Problem {
    fn from(cannot: Cannot) -> Self {
        let Cannot { mechanism, what, because, instead } = cannot;
        Self::new(
            Kind::MechanismCannot,
            format!("the {mechanism} mechanism cannot {what}: {because}. Instead: {instead}."),
        )
    }
}

impl From<Unavailable> for Problem {
    fn from(unavailable: Unavailable) -> Self {
        tracing::error!(store = unavailable.what, error = %unavailable.source, "{unavailable}");
        Self::retry(
            Kind::StoreUnavailable,
            format!("cannot reach the {}; nothing was changed; try again", unavailable.what),
            RETRY_SOON,
        )
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let detail = error.to_string();
        match error {
            AccountError::BadUsername(_) | AccountError::BadPassword(_) => Self::new(Kind::InvalidInput, detail),
            AccountError::Taken => Self::new(Kind::UsernameTaken, detail),
            AccountError::RegistrationClosed => Self::new(Kind::RegistrationClosed, detail),
            AccountError::InvalidCredentials => Self::new(Kind::InvalidCredentials, detail),
            AccountError::TooManyAttempts(refused) => Self::retry(Kind::TooManyAttempts, detail, refused.retry_after),
            AccountError::Busy(_) => Self::retry(Kind::TooManyAttempts, detail, RETRY_SOON),
            AccountError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}
