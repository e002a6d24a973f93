//! What a token must say to be accepted. The only place.
//!
//! The library verifies the signature, the algorithm, `iss` and `aud`. It is lenient about the rest: `exp` may be a minute past
//! and centuries ahead, and `nbf`, `typ` and `crit` are ignored. The rules here require every member, and refuse what they do not know.

use std::time::Duration;

use authlab_clock::whole_seconds;
use authlab_mechanism::refusal::Denied;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Validation;
use serde::Deserialize;

use super::algorithm::Algorithm;
use crate::claims::Claims;

/// The `typ` of an access token (RFC 9068 §2.1).
pub(super) const ACCESS_TOKEN: &str = "at+jwt";
/// Seconds by which the clocks of two instances may differ.
const LEEWAY: i64 = 5;

/// The only members that a header may have. `crit`, `b64`, `zip`, `cty`, `jku`, `jwk`, `x5u` and the like demand something of the
/// reader, or name a key that the sender chose. A token with one of them is refused, whatever its value (RFC 8725 §3.10).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    typ: String,
    pub(super) alg: String,
    pub(super) kid: String,
}

impl Header {
    /// Parses the first part of a token.
    pub(super) fn parse(part: &str) -> Result<Self, Denied> {
        let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| Denied::Malformed)?;
        let json = str::from_utf8(&json).map_err(|_| Denied::Malformed)?;
        let header: Self = parse_object(json)?;
        // Case and the prefix do not matter (RFC 7515 §4.1.9).
        let typ = header.typ.to_ascii_lowercase();
        let is_ours = typ.strip_prefix("application/").unwrap_or(&typ) == ACCESS_TOKEN;
        if is_ours { Ok(header) } else { Err(Denied::Malformed) }
    }
}

/// Parses a JSON object, and nothing else. For a structure, serde also accepts an array.
pub(super) fn parse_object<'de, T: Deserialize<'de>>(json: &'de str) -> Result<T, Denied> {
    let object = Some(json).filter(|json| json.trim_ascii_start().starts_with('{')).ok_or(Denied::Malformed)?;
    serde_json::from_str(object).map_err(|_| Denied::Malformed)
}

#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    /// The longest lifetime of a token.
    pub(crate) max_lifetime: Duration,
}

impl Rules {
    /// The rules that the library checks, for a key of this algorithm. It would take the time from the system clock, so
    /// [`check_time`](Self::check_time) does that.
    pub(super) fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm.into());
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.validate_exp = false;
        validation
    }

    /// The rules that the library does not have and that do not depend on the time.
    pub(super) fn check(&self, claims: &Claims) -> Result<(), Denied> {
        // The id of an account has one spelling, because endings are looked up by it.
        let is_canonical = claims.sub.starts_with(|first: char| first.is_ascii_digit() && first != '0');
        let names_an_account = is_canonical && claims.sub.parse().is_ok_and(|id: i64| id > 0);
        let lifetime = claims.exp.checked_sub(claims.iat).ok_or(Denied::Malformed)?;
        // A token with a longer lifetime was signed with the key, but not by this service.
        let lifetime_is_ours = (0..=whole_seconds(self.max_lifetime)).contains(&lifetime);
        let is_ours = names_an_account && !claims.jti.is_empty() && lifetime_is_ours && claims.auth_time <= claims.iat;
        is_ours.then_some(()).ok_or(Denied::Malformed)
    }

    /// The rules that depend on the time. They are checked at each request, also for a token in the cache.
    pub(super) fn check_time(claims: &Claims, now: i64) -> Result<(), Denied> {
        if claims.nbf > now.saturating_add(LEEWAY) || claims.iat > now.saturating_add(LEEWAY) {
            Err(Denied::FromTheFuture)
        } else if now >= claims.exp.saturating_add(LEEWAY) {
            Err(Denied::Expired)
        } else {
            Ok(())
        }
    }
}
