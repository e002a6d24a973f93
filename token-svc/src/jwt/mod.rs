//! JSON Web Tokens: signing them, and the only place that decides whether one is accepted.
//!
//! * [`rules`]: what a token must say; start here
//! * [`algorithm`], [`key`], [`signing_key`], [`verifying_key`]: what signs and verifies
//! * [`ring`]: the keys of a service, and where they come from
//! * [`pem`]: keys in files
//! * [`cache`]: tokens that were verified before

mod algorithm;
mod cache;
mod key;
mod pem;
mod ring;
mod rules;
mod signing_key;
mod verifying_key;

use std::sync::Arc;

use authlab_mechanism::refusal::Denied;
use authlab_secrets::Secret;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Validation, decode, errors::ErrorKind};
use serde_json::value::RawValue;

pub(crate) use self::rules::Rules;
pub use self::{
    algorithm::Algorithm,
    ring::{FormerKey, KeyRing},
};
use self::{
    cache::VerifiedCache,
    rules::{Header, parse_object},
};
use crate::claims::Claims;

/// A token has to fit into a cookie, and browsers keep cookies of up to 4,096 bytes (RFC 6265 §6.1).
const MAX_TOKEN_BYTES: usize = 4_096;

pub(crate) struct Jwt {
    pub(crate) ring: KeyRing,
    pub(crate) rules: Rules,
    /// One for each key of the ring, in the same order.
    validations: Vec<Validation>,
    cache: VerifiedCache,
}

impl Jwt {
    /// Caches up to `cache_capacity` verified tokens.
    pub(crate) fn new(ring: KeyRing, rules: Rules, cache_capacity: usize) -> Self {
        let validations = ring.keys.iter().map(|key| rules.validation(key.verifying.algorithm)).collect();
        Self { ring, rules, validations, cache: VerifiedCache::new(cache_capacity) }
    }

    pub(crate) fn sign(&self, claims: &Claims) -> Secret {
        let key = &self.ring.keys[0];
        let claims = serde_json::to_vec(claims).expect("claims are JSON");
        let mut token = key.header.clone();
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = key.sign(token.as_bytes()).expect("the current key has its private part");
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Secret::new(token)
    }

    /// The claims of a token of this service that is in time at `now`, in seconds since the epoch.
    pub(crate) fn open(&self, token: &str, now: i64) -> Result<Arc<Claims>, Denied> {
        let claims = self.read(token)?;
        Rules::check_time(&claims, now)?;
        Ok(claims)
    }

    /// The claims of a token of this service, expired or not.
    pub(crate) fn read(&self, token: &str) -> Result<Arc<Claims>, Denied> {
        // This service issues no longer token. A longer text is refused before any work is done for it.
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Denied::Malformed);
        }
        self.cache.get_or_verify(token, || self.verify(token))
    }

    fn verify(&self, token: &str) -> Result<Claims, Denied> {
        let (header, _) = token.split_once('.').ok_or(Denied::Malformed)?;
        let header = Header::parse(header)?;
        let mut keys = self.ring.keys.iter().map(|key| &key.verifying).zip(&self.validations);
        let (key, validation) =
            keys.find(|(key, _)| key.id == header.kid && key.algorithm.name() == header.alg).ok_or(Denied::Forged)?;
        // As `RawValue`, the library returns the JSON as it is and makes sure that all of it is UTF-8 (RFC 8725 §3.7).
        let decoded = decode::<Box<RawValue>>(token, &key.decoding, validation);
        let json = decoded.map_err(|error| denied(error.kind()))?.claims;
        let claims = parse_object(json.get())?;
        self.rules.check(&claims)?;
        Ok(claims)
    }
}

impl std::fmt::Debug for Jwt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Jwt({:?}, {:?})", self.ring, self.rules)
    }
}

fn denied(kind: &ErrorKind) -> Denied {
    match kind {
        ErrorKind::InvalidSignature | ErrorKind::InvalidIssuer | ErrorKind::InvalidAudience => Denied::Forged,
        _ => Denied::Malformed,
    }
}
