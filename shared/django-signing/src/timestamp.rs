//! `value:stamp:signature`: a signed text with the time of signing.

use std::time::Duration;

use super::{BadSignature, Salt, SignedBy, Signer, base62};

/// How far a stamp may lie ahead of this machine's clock, in seconds.
const MAX_SKEW: i64 = 60;

#[derive(Clone, Debug)]
pub struct TimestampSigner(Signer);

/// What a stamp is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Freshness {
    /// Seconds since the epoch.
    pub now: i64,
    /// `None`: of any age.
    pub max_age: Option<Duration>,
}

impl Freshness {
    /// Accepts every stamp.
    pub const ANY_TIME: Self = Self { now: i64::MAX, max_age: None };
}

/// A text with a valid signature and a fresh stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamped<'s> {
    pub value: &'s str,
    /// When it was signed, in seconds since the epoch.
    pub signed_at: i64,
    pub signed_by: SignedBy,
}

impl TimestampSigner {
    pub fn new<'k>(keys: impl IntoIterator<Item = &'k [u8]>, salt: Salt<'_>) -> Self {
        Self(Signer::new(keys, salt))
    }

    /// `now` in seconds since the epoch.
    pub fn sign(&self, value: &str, now: i64) -> String {
        self.0.sign(&format!("{value}:{}", base62::encode(now)))
    }

    /// The signature is checked before the stamp: a forged text is forged, however old it claims to be.
    pub fn unsign<'s>(&self, signed: &'s str, fresh: Freshness) -> Result<Stamped<'s>, BadSignature> {
        let (stamped, signed_by) = self.0.unsign_by(signed)?;
        let (value, stamp) = stamped.rsplit_once(':').ok_or(BadSignature::Malformed)?;
        let signed_at = base62::decode(stamp).ok_or(BadSignature::Malformed)?;
        let age = fresh.now.saturating_sub(signed_at);
        if age < -MAX_SKEW {
            return Err(BadSignature::FromTheFuture);
        }
        if fresh.max_age.is_some_and(|max_age| age > i64::try_from(max_age.as_secs()).unwrap_or(i64::MAX)) {
            return Err(BadSignature::Expired);
        }
        Ok(Stamped { value, signed_at, signed_by })
    }
}
