//! The kinds of problems, by the slugs of the contract.

use http::StatusCode;

/// The kinds with their slugs, statuses and titles.
macro_rules! kinds {
    ($($kind:ident = $slug:literal, $status:ident, $title:literal;)+) => {
        /// The kind of a problem, named by the slugs of the contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($kind,)+
            /// A status that the contract has no slug for; its type is `about:blank` (RFC 9457 §4.2.1).
            Other(StatusCode),
        }

        impl Kind {
            /// All kinds that have a slug in the contract.
            pub const NAMED: &[Self] = &[$(Self::$kind),+];

            /// Slug, status and title.
            fn row(self) -> (Option<&'static str>, StatusCode, &'static str) {
                match self {
                    $(Self::$kind => (Some($slug), StatusCode::$status, $title),)+
                    Self::Other(status) => (None, status, status.canonical_reason().unwrap_or("Error")),
                }
            }
        }
    };
}

kinds! {
    MalformedRequest = "malformed-request", BAD_REQUEST, "Malformed request";
    BadSignature = "bad-signature", BAD_REQUEST, "Bad signature";
    NotLoggedIn = "not-logged-in", UNAUTHORIZED, "Not logged in";
    InvalidCredentials = "invalid-credentials", UNAUTHORIZED, "Invalid credentials";
    CrossSiteRequest = "cross-site-request", FORBIDDEN, "Cross-site request";
    RegistrationClosed = "registration-closed", FORBIDDEN, "Registration closed";
    NotFound = "not-found", NOT_FOUND, "Not found";
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "Method not allowed";
    UsernameTaken = "username-taken", CONFLICT, "Username taken";
    TooLarge = "too-large", PAYLOAD_TOO_LARGE, "Too large";
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "Unsupported media type";
    InvalidInput = "invalid-input", UNPROCESSABLE_ENTITY, "Invalid input";
    TooManyAttempts = "too-many-attempts", TOO_MANY_REQUESTS, "Too many attempts";
    MechanismCannot = "mechanism-cannot", NOT_IMPLEMENTED, "The mechanism cannot do this";
    StoreUnavailable = "store-unavailable", SERVICE_UNAVAILABLE, "Store unavailable";
}

impl Kind {
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
}
