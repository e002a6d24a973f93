//! What a token must say to be believed, beyond its signature. The one place.
//!
//! The library's defaults are loose: `exp` may be a minute past and centuries ahead, `nbf`, `typ` and `crit` are not looked
//! at. Here everything is required, and whatever is not understood is refused.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Validation;
use serde::{Deserialize, de::DeserializeOwned};
use shared::{clock::whole_seconds, refusal::Denied};

use super::algorithm::Algorithm;
use crate::{claims::Claims, object::Object};

/// What the header must say the token is (RFC 9068 §2.1).
pub(super) const ACCESS_TOKEN: &str = "at+jwt";
/// Seconds by which this machine's clock may differ from the issuer's.
const LEEWAY: i64 = 5;

/// All that the header of a token may have in it. `crit`, `b64`, `zip`, `cty`, `jku`, `jwk`, `x5u` and the like ask for
/// something, or lead to a key of somebody else's choice: a token that has one is refused, whatever its value (RFC 8725 §3.10).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    typ: String,
    pub(super) alg: String,
    pub(super) kid: String,
}

impl Header {
    /// From the first part of a token.
    pub(super) fn read(part: &str) -> Result<Self, Denied> {
        let header: Self = object(part)?;
        if header.says_access_token() { Ok(header) } else { Err(Denied::Malformed) }
    }

    /// Read without regard to case and to the prefix (RFC 7515 §4.1.9).
    fn says_access_token(&self) -> bool {
        let typ = self.typ.to_ascii_lowercase();
        typ.strip_prefix("application/").unwrap_or(&typ) == ACCESS_TOKEN
    }
}

/// What a part of a token holds: an object in JSON, in base64url without padding, its unused bits zero.
pub(super) fn object<T: DeserializeOwned>(part: &str) -> Result<T, Denied> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| Denied::Malformed)?;
    // All of it, and not only the texts that are looked at (RFC 8725 §3.7).
    let json = String::from_utf8(json).map_err(|_| Denied::Malformed)?;
    let Object(read) = serde_json::from_str(&json).map_err(|_| Denied::Malformed)?;
    Ok(read)
}

/// What the claims must say.
#[derive(Debug)]
pub(super) struct Rules {
    issuer: String,
    audience: String,
    /// The longest that a token may hold.
    lifetime: Duration,
}

impl Rules {
    pub(super) fn new(issuer: &str, audience: &str, lifetime: Duration) -> Self {
        Self { issuer: issuer.to_owned(), audience: audience.to_owned(), lifetime }
    }

    /// Rules as far as the library can hold them, for a key of this algorithm. It would ask the system for the time;
    /// [`in_time`](Self::in_time) is told it.
    pub(super) fn in_library(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm.in_library());
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.validate_exp = false;
        validation
    }

    /// Whether the claims are ours and make sense; what changes with time is left to [`in_time`](Self::in_time).
    pub(super) fn are_kept_by(&self, claims: &Claims) -> Result<(), Denied> {
        if claims.iss != self.issuer || claims.aud != self.audience {
            return Err(Denied::Forged);
        }
        // Revocation knows accounts by this text: it has one spelling.
        let spelt_once = claims.sub.starts_with(|first: char| first.is_ascii_digit() && first != '0');
        let names_an_account = spelt_once && claims.sub.parse().is_ok_and(|id: i64| id > 0);
        let lives = claims.exp.checked_sub(claims.iat).ok_or(Denied::Malformed)?;
        // Whoever signed one that lives longer has the key, but not our rules.
        let lives_as_ours_do = (0..=whole_seconds(self.lifetime)).contains(&lives);
        let in_order = claims.nbf >= 0 && claims.auth_time <= claims.iat;
        if names_an_account && !claims.jti.is_empty() && lives_as_ours_do && in_order {
            Ok(())
        } else {
            Err(Denied::Malformed)
        }
    }

    /// To be asked of every request, however well the token is known.
    pub(super) fn in_time(claims: &Claims, now: i64) -> Result<(), Denied> {
        if claims.nbf > now.saturating_add(LEEWAY) || claims.iat > now.saturating_add(LEEWAY) {
            Err(Denied::FromTheFuture)
        } else if now >= claims.exp.saturating_add(LEEWAY) {
            Err(Denied::Expired)
        } else {
            Ok(())
        }
    }
}
