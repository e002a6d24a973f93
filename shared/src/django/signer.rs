//! `value:signature`, with one key to sign and further keys that may still verify.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{BadSignature, Salt};

/// Signs with the first key and verifies with all; the key schedules are prepared once.
#[derive(Clone)]
pub struct Signer {
    keys: Vec<Hmac<Sha256>>,
}

/// Which of the keys signed a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedBy {
    /// The one that signs.
    Current,
    /// One that only verifies: it will be taken away, and what it signed ends with it.
    Former,
}

impl Signer {
    /// `keys`: the raw bytes of `SECRET_KEY` and its fallbacks, the current one first.
    pub fn new<'k>(keys: impl IntoIterator<Item = &'k [u8]>, salt: Salt<'_>) -> Self {
        let keys: Vec<_> = keys.into_iter().map(|key| derive(key, salt)).collect();
        assert!(!keys.is_empty(), "a signer without a key cannot sign");
        Self { keys }
    }

    pub fn sign(&self, value: &str) -> String {
        let mut signed = String::with_capacity(value.len() + 44);
        signed.push_str(value);
        signed.push(':');
        URL_SAFE_NO_PAD.encode_string(mac(&self.keys[0], value), &mut signed);
        signed
    }

    /// The value, if one of the keys signed it.
    pub fn unsign<'s>(&self, signed: &'s str) -> Result<&'s str, BadSignature> {
        self.unsign_by(signed).map(|(value, _)| value)
    }

    /// The value, and which of the keys signed it.
    ///
    /// As in Django it is the base64 *text* that is compared: decoding first would accept several spellings of one
    /// signature.
    pub fn unsign_by<'s>(&self, signed: &'s str) -> Result<(&'s str, SignedBy), BadSignature> {
        let (value, signature) = signed.rsplit_once(':').ok_or(BadSignature::Malformed)?;
        let held = self.keys.iter().position(|key| {
            let mut expected = [0; 43];
            let written = URL_SAFE_NO_PAD.encode_slice(mac(key, value), &mut expected);
            written == Ok(expected.len()) && expected.ct_eq(signature.as_bytes()).into()
        });
        match held {
            Some(0) => Ok((value, SignedBy::Current)),
            Some(_) => Ok((value, SignedBy::Former)),
            None => Err(BadSignature::Forged),
        }
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Signer({} keys)", self.keys.len())
    }
}

/// Django's `salted_hmac`: the key of the MAC is `SHA-256(salt + "signer" + key)`.
fn derive(key: &[u8], salt: Salt<'_>) -> Hmac<Sha256> {
    let derived = Sha256::new_with_prefix(salt.0).chain_update(b"signer").chain_update(key).finalize();
    Hmac::new_from_slice(&derived).expect("HMAC takes keys of any length")
}

fn mac(key: &Hmac<Sha256>, value: &str) -> [u8; 32] {
    let mut mac = key.clone();
    mac.update(value.as_bytes());
    mac.finalize().into_bytes().into()
}
