//! The kinds of problems, by the slugs of the contract.

use http::StatusCode;

/// The kind of a problem, named by the slugs of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    MalformedRequest,
    BadSignature,
    NotLoggedIn,
    InvalidCredentials,
    CrossSiteRequest,
    RegistrationClosed,
    NotFound,
    MethodNotAllowed,
    UsernameTaken,
    TooLarge,
    UnsupportedMediaType,
    InvalidInput,
    TooManyAttempts,
    MechanismCannot,
    StoreUnavailable,
    /// A status that the contract has no slug for; its type is `about:blank` (RFC 9457 §4.2.1).
    Other(StatusCode),
}

impl Kind {
    /// All kinds that have a slug in the contract.
    pub const NAMED: [Self; 15] = [
        Self::MalformedRequest,
        Self::BadSignature,
        Self::NotLoggedIn,
        Self::InvalidCredentials,
        Self::CrossSiteRequest,
        Self::RegistrationClosed,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::UsernameTaken,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::InvalidInput,
        Self::TooManyAttempts,
        Self::MechanismCannot,
        Self::StoreUnavailable,
    ];

    /// Slug, status and title.
    fn row(self) -> (Option<&'static str>, StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::MalformedRequest => (Some("malformed-request"), S::BAD_REQUEST, "Malformed request"),
            Self::BadSignature => (Some("bad-signature"), S::BAD_REQUEST, "Bad signature"),
            Self::NotLoggedIn => (Some("not-logged-in"), S::UNAUTHORIZED, "Not logged in"),
            Self::InvalidCredentials => (Some("invalid-credentials"), S::UNAUTHORIZED, "Invalid credentials"),
            Self::CrossSiteRequest => (Some("cross-site-request"), S::FORBIDDEN, "Cross-site request"),
            Self::RegistrationClosed => (Some("registration-closed"), S::FORBIDDEN, "Registration closed"),
            Self::NotFound => (Some("not-found"), S::NOT_FOUND, "Not found"),
            Self::MethodNotAllowed => (Some("method-not-allowed"), S::METHOD_NOT_ALLOWED, "Method not allowed"),
            Self::UsernameTaken => (Some("username-taken"), S::CONFLICT, "Username taken"),
            Self::TooLarge => (Some("too-large"), S::PAYLOAD_TOO_LARGE, "Too large"),
            Self::UnsupportedMediaType => {
                (Some("unsupported-media-type"), S::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type")
            }
            Self::InvalidInput => (Some("invalid-input"), S::UNPROCESSABLE_ENTITY, "Invalid input"),
            Self::TooManyAttempts => (Some("too-many-attempts"), S::TOO_MANY_REQUESTS, "Too many attempts"),
            Self::MechanismCannot => (Some("mechanism-cannot"), S::NOT_IMPLEMENTED, "The mechanism cannot do this"),
            Self::StoreUnavailable => (Some("store-unavailable"), S::SERVICE_UNAVAILABLE, "Store unavailable"),
            Self::Other(status) => (None, status, status.canonical_reason().unwrap_or("Error")),
        }
    }

    pub fn status(self) -> StatusCode {
        self.row().1
    }

    pub fn title(self) -> &'static str {
        self.row().2
    }

    /// The value of the metrics' label and of `type`; one of a fixed set.
    pub fn slug(self) -> Option<&'static str> {
        self.row().0
    }

    /// The kind of an answer that a layer or the router gave without a problem.
    pub fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::BAD_REQUEST => Self::MalformedRequest,
            StatusCode::FORBIDDEN => Self::CrossSiteRequest,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            other => Self::Other(other),
        }
    }
}
