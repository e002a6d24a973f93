//! Signing tokens, and the one place where a token is believed or not.
//!
//! * [`rules`]: what a token must say, start here
//! * [`algorithm`], [`key`], [`key_pair`]: what signs and verifies
//! * [`ring`]: the keys of a service, and where they come from
//! * [`pem`], [`jwk`]: keys as text, for their owner and for everybody
//! * [`verified`]: tokens that need not be verified and read again

mod algorithm;
mod jwk;
mod key;
mod key_pair;
mod pem;
mod ring;
mod rules;
mod verified;

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Validation, decode, errors::ErrorKind};
use serde::de::IgnoredAny;
use shared::{http::cookies::BIGGEST_COOKIE, public_keys::PublicKeys, refusal::Denied, secret::Secret};

pub use self::{
    algorithm::Algorithm,
    ring::{FormerKey, KeyRing},
};
use self::{
    key::Key,
    rules::{Header, Rules, object},
    verified::Verified,
};
use crate::claims::Claims;

pub(crate) struct Jwt {
    ring: KeyRing,
    rules: Rules,
    /// What the library is told, for each key of the ring.
    validations: Vec<Validation>,
    verified: Verified,
}

/// For whom the tokens are, from whom, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) audience: &'a str,
    pub(crate) lifetime: Duration,
    /// Verified tokens to remember.
    pub(crate) remembered: usize,
}

impl Jwt {
    pub(crate) fn new(ring: KeyRing, terms: Terms<'_>) -> Self {
        let rules = Rules::new(terms.issuer, terms.audience, terms.lifetime);
        let validations = ring.all().iter().map(|key| rules.in_library(key.algorithm)).collect();
        Self { ring, rules, validations, verified: Verified::new(terms.remembered) }
    }

    pub(crate) fn public_keys(&self) -> PublicKeys {
        self.ring.public_keys()
    }

    pub(crate) fn sign(&self, claims: &Claims) -> Secret {
        let key = self.ring.current();
        let claims = serde_json::to_vec(claims).expect("claims are JSON");
        let mut token = key.header.clone();
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = key.sign(token.as_bytes()).expect("the current key has its private part");
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Secret::new(token)
    }

    /// What the token says, if it is one of ours and in time at `now`, in seconds since the epoch.
    pub(crate) fn open(&self, token: &str, now: i64) -> Result<Arc<Claims>, Denied> {
        let claims = self.read(token)?;
        Rules::in_time(&claims, now)?;
        Ok(claims)
    }

    /// What it says, if it is one of ours, whenever it held.
    pub(crate) fn read(&self, token: &str) -> Result<Arc<Claims>, Denied> {
        // No token of ours is larger, and nothing is decoded for the sake of one that is.
        if token.len() > BIGGEST_COOKIE {
            return Err(Denied::Malformed);
        }
        match self.ring.all().iter().find_map(|key| Some((key, token.strip_prefix(&key.header)?))) {
            Some((key, rest)) => self.verified.get_or_verify(token, || self.with_our_header(key, token, rest)),
            None => self.with_another_header(token).map(Arc::new),
        }
    }

    /// A token that begins as `key` begins its own: the header needs no reading. `rest` is what follows it.
    fn with_our_header(&self, key: &Key, token: &str, rest: &str) -> Result<Claims, Denied> {
        let (claims, signature) = rest.split_once('.').ok_or(Denied::Malformed)?;
        let message = &token[..token.len() - signature.len() - 1];
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Denied::Malformed)?;
        if !key.verifies(message.as_bytes(), &signature) {
            return Err(Denied::Forged);
        }
        self.believed(claims)
    }

    /// Any other token: the members of its header may stand in another order, as other software writes them.
    fn with_another_header(&self, token: &str) -> Result<Claims, Denied> {
        let (header, rest) = token.split_once('.').ok_or(Denied::Malformed)?;
        let header = Header::read(header)?;
        let keys = self.ring.all().iter().zip(&self.validations);
        let mut named = keys.filter(|(key, _)| key.id == header.kid && key.algorithm.name() == header.alg);
        let (key, validation) = named.next().ok_or(Denied::Forged)?;
        decode::<IgnoredAny>(token, &key.decoding, validation).map_err(|error| denied(error.kind()))?;
        let (claims, _) = rest.split_once('.').ok_or(Denied::Malformed)?;
        self.believed(claims)
    }

    /// The claims of a token whose signature is good.
    fn believed(&self, claims: &str) -> Result<Claims, Denied> {
        let claims = object(claims)?;
        self.rules.are_kept_by(&claims)?;
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
