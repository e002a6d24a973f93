//! The signing formats of Django 6.1, byte for byte, without a web framework.
//!
//! | here | in Django | what it makes |
//! |---|---|---|
//! | [`Signer`] | `signing.Signer` | `value:signature` |
//! | [`TimestampSigner`] | `signing.TimestampSigner` | `value:stamp:signature` |
//! | [`ObjectSigner`] | `signing.dumps`, `signing.loads` | `base64url(json):stamp:signature` |
//! | [`SignedCookie`] | `HttpResponse.set_signed_cookie` | the same as `TimestampSigner`, salted with the cookie's name |
//! | [`SessionSigner`] | `SessionStore.encode` | `session_data` of a row of `django_session` |
//! | [`cookie_value`] | Python's `http.cookies` | cookie values as Python writes them |
//!
//! One deliberate difference: Django accepts stamps from the future, so a clock that once ran ahead issues credentials that outlive
//! their `max_age`. Here a stamp more than a minute ahead is refused.
//!
//! Source: `django/core/signing.py` and `django/http/cookie.py` of Django 6.1.3, checked against vectors it made.

pub mod base62;
mod compression;
pub mod cookie_value;
mod object;
mod session_data;
mod signed_cookie;
mod signer;
mod timestamp;

pub use object::{Loaded, ObjectSigner};
pub use session_data::{Members, SessionSigner};
pub use signed_cookie::{LegacySalt, SignedCookie};
pub use signer::{SignedBy, Signer};
pub use timestamp::{Freshness, Stamped, TimestampSigner};

/// Separates signatures made with one key for different purposes. It is a type, so that callers cannot leave it out.
///
/// Django's signing functions use a default salt if none is given, so two features that omit it accept each other's values. Here
/// there is no default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt<'a>(pub &'a str);

/// Why a signed text was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    #[error("not of the form of a signed text")]
    Malformed,
    #[error("the signature does not hold")]
    Forged,
    #[error("the stamp is older than allowed")]
    Expired,
    #[error("the stamp is from the future")]
    FromTheFuture,
}
