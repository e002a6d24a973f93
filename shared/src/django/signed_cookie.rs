//! `set_signed_cookie` and `get_signed_cookie`: a text signed for one cookie name and one salt.

use super::{BadSignature, Freshness, Salt, Stamped, TimestampSigner};

/// Signs and opens the values of cookies, each under its own name.
#[derive(Clone)]
pub struct SignedCookie {
    /// `"django.http.cookies" + key`: Django separates cookies from its other signatures by the key.
    keys: Vec<Vec<u8>>,
}

impl SignedCookie {
    pub fn new<'k>(keys: impl IntoIterator<Item = &'k [u8]>) -> Self {
        Self { keys: keys.into_iter().map(|key| [b"django.http.cookies", key].concat()).collect() }
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
        self.signer(name, salt).unsign(signed, fresh)
    }

    /// The salt says how long it is, so that no two pairs of name and salt are one text (CVE-2026-6873). Python counts
    /// code points.
    fn signer(&self, name: &str, salt: Salt<'_>) -> TimestampSigner {
        let effective = format!("django.http.cookies.v2:{}:{}{name}", salt.0.chars().count(), salt.0);
        TimestampSigner::new(self.keys.iter().map(Vec::as_slice), Salt(&effective))
    }
}

impl std::fmt::Debug for SignedCookie {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SignedCookie({} keys)", self.keys.len())
    }
}
