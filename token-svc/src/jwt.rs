//! Signing tokens, and the one place where a token is believed or not.
//!
//! The library's defaults are loose: `exp` may be a minute past and centuries ahead, `nbf`, `typ` and `crit` are not looked
//! at. Everything that makes a token ours is checked here, by a clock that tests can move.

use std::time::Duration;

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode, errors::ErrorKind,
};
use sha2::{Digest as _, Sha256};
use shared::{
    clock::{Clock, whole_seconds},
    http::cookies::BIGGEST_COOKIE,
    keys::Keys,
    random,
    refusal::Denied,
    secret::Secret,
};

use crate::claims::Claims;

/// What the header must say the token is (RFC 9068 §2.1).
const ACCESS_TOKEN: &str = "at+jwt";
/// Seconds by which this machine's clock may differ from the issuer's.
const LEEWAY: i64 = 5;

pub(crate) struct Jwt {
    /// The current key first.
    keys: Vec<Key>,
    validation: Validation,
    clock: Clock,
    lifetime: Duration,
}

struct Key {
    id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Jwt {
    pub(crate) fn new(keys: &Keys, clock: Clock, lifetime: Duration, issuer: &str, audience: &str) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // The library would ask the system's clock; `in_time` asks ours.
        validation.validate_exp = false;
        let keys = keys.derived("access token HS256").iter().map(Key::new).collect();
        Self { keys, validation, clock, lifetime }
    }

    pub(crate) fn sign(&self, claims: &Claims) -> Secret {
        let key = &self.keys[0];
        let header =
            Header { typ: Some(ACCESS_TOKEN.to_owned()), kid: Some(key.id.clone()), ..Header::new(Algorithm::HS256) };
        Secret::new(encode(&header, claims, &key.encoding).expect("claims are JSON and the key fits the algorithm"))
    }

    /// What the token says, if it is one of ours and in time.
    pub(crate) fn open(&self, token: &str) -> Result<Claims, Denied> {
        // No token of ours is larger, and nothing is decoded for the sake of one that is.
        if token.len() > BIGGEST_COOKIE {
            return Err(Denied::Malformed);
        }
        let header = decode_header(token).map_err(|_| Denied::Malformed)?;
        let key = self.key(&header).ok_or(Denied::Forged)?;
        let claims =
            decode::<Claims>(token, &key.decoding, &self.validation).map_err(|error| denied(error.kind()))?.claims;
        self.in_time(&claims)?;
        Ok(claims)
    }

    /// The key that the header names, if the header asks for nothing that is not understood here.
    fn key(&self, header: &Header) -> Option<&Key> {
        let is_access_token = header.typ.as_deref().is_some_and(|typ| {
            let typ = typ.to_ascii_lowercase();
            typ.strip_prefix("application/").unwrap_or(&typ) == ACCESS_TOKEN
        });
        let understood = header.alg == Algorithm::HS256
            && header.crit.is_none()
            && header.zip.is_none()
            && header.enc.is_none()
            && header.cty.is_none()
            && header.extras.inner().is_empty();
        let id = header.kid.as_deref()?;
        self.keys.iter().find(|key| is_access_token && understood && key.id == id)
    }

    fn in_time(&self, claims: &Claims) -> Result<(), Denied> {
        let now = self.clock.seconds();
        let lives = claims.exp.checked_sub(claims.iat).ok_or(Denied::Malformed)?;
        if claims.nbf > now.saturating_add(LEEWAY) || claims.iat > now.saturating_add(LEEWAY) {
            Err(Denied::FromTheFuture)
        } else if lives > whole_seconds(self.lifetime) {
            // We never sign such a one: whoever did has the key, but not our rules.
            Err(Denied::Malformed)
        } else if now >= claims.exp.saturating_add(LEEWAY) {
            Err(Denied::Expired)
        } else {
            Ok(())
        }
    }
}

impl Key {
    fn new(bytes: &[u8; 32]) -> Self {
        // The id tells keys apart and tells nothing about them.
        let digest = Sha256::new_with_prefix(b"authlab key id ").chain_update(bytes).finalize();
        let id = random::to_hex(&digest[..4]);
        Self { id, encoding: EncodingKey::from_secret(bytes), decoding: DecodingKey::from_secret(bytes) }
    }
}

impl std::fmt::Debug for Jwt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Jwt({} keys)", self.keys.len())
    }
}

fn denied(kind: &ErrorKind) -> Denied {
    match kind {
        ErrorKind::InvalidSignature | ErrorKind::InvalidIssuer | ErrorKind::InvalidAudience => Denied::Forged,
        _ => Denied::Malformed,
    }
}
