//! `set_signed_cookie` and `get_signed_cookie`: a text signed for one cookie name and one salt.

use super::{BadSignature, Freshness, Salt, Stamped, TimestampSigner};

/// Signs and opens the values of cookies, each under its own name.
#[derive(Clone)]
pub struct SignedCookie {
    /// `"django.http.cookies" + key`: Django separates cookies from its other signatures by the key.
    keys: Vec<Vec<u8>>,
    legacy: LegacySalt,
}

/// Whether to read values that are salted as Django did before June 2026 (CVE-2026-6873). Name and salt were concatenated, so
/// `("ab", "c")` and `("a", "bc")` accept each other's values. Such values are never written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LegacySalt {
    #[default]
    Refused,
    /// Django's `SIGNED_COOKIE_LEGACY_SALT_FALLBACK`.
    Read,
}

impl SignedCookie {
    pub fn new<'k>(keys: impl IntoIterator<Item = &'k [u8]>, legacy: LegacySalt) -> Self {
        Self { keys: keys.into_iter().map(|key| [b"django.http.cookies", key].concat()).collect(), legacy }
    }

    /// `now` in seconds since the epoch.
    pub fn sign(&self, name: &str, salt: Salt<'_>, value: &str, now: i64) -> String {
        self.signer(name, salt).sign(value, now)
    }

    pub fn unsign<'s>(
        &self,
        name: &str,
        salt: Salt<'_>,
        signed: &'s str,
        fresh: Freshness,
    ) -> Result<Stamped<'s>, BadSignature> {
        match self.signer(name, salt).unsign(signed, fresh) {
            Err(BadSignature::Forged) if self.legacy == LegacySalt::Read => {
                self.salted(&format!("{name}{}", salt.0)).unsign(signed, fresh)
            }
            outcome => outcome,
        }
    }

    /// The salt is preceded by its length, so that two pairs of name and salt never give the same text (CVE-2026-6873). Python counts
    /// code points.
    fn signer(&self, name: &str, salt: Salt<'_>) -> TimestampSigner {
        self.salted(&format!("django.http.cookies.v2:{}:{}{name}", salt.0.chars().count(), salt.0))
    }

    fn salted(&self, salt: &str) -> TimestampSigner {
        TimestampSigner::new(self.keys.iter().map(Vec::as_slice), Salt(salt))
    }
}

impl std::fmt::Debug for SignedCookie {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SignedCookie({} keys)", self.keys.len())
    }
}
