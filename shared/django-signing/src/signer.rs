//! `value:signature`, with one key to sign and further keys that may still verify.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::{BadSignature, Salt};

/// Signs with the first key and verifies with all; the key schedules are prepared once.
#[derive(Clone, Debug)]
pub struct Signer {
    keys: Vec<Hmac<Sha256>>,
}

/// Which of the keys signed a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedBy {
    /// The key that signs.
    Current,
    /// A key that only verifies. When it is removed from the settings, the texts that it signed become invalid.
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
        URL_SAFE_NO_PAD.encode_string(mac(&self.keys[0], value).finalize().into_bytes(), &mut signed);
        signed
    }

    /// The value, if one of the keys signed it.
    pub fn unsign<'s>(&self, signed: &'s str) -> Result<&'s str, BadSignature> {
        self.unsign_by(signed).map(|(value, _)| value)
    }

    /// The value, and which of the keys signed it.
    ///
    /// Django compares the base64 text. Comparing the decoded bytes is equivalent, because each signature has one spelling: the decoder
    /// accepts no padding, and no unused bits in the last character.
    pub fn unsign_by<'s>(&self, signed: &'s str) -> Result<(&'s str, SignedBy), BadSignature> {
        let (value, signature) = signed.rsplit_once(':').ok_or(BadSignature::Malformed)?;
        // One byte more than a signature has: the decoder computes the space it needs from the text's length.
        let mut bytes = [0; 33];
        let length = URL_SAFE_NO_PAD.decode_slice(signature, &mut bytes).map_err(|_| BadSignature::Forged)?;
        // In constant time.
        let held = self.keys.iter().position(|key| mac(key, value).verify_slice(&bytes[..length]).is_ok());
        match held {
            Some(0) => Ok((value, SignedBy::Current)),
            Some(_) => Ok((value, SignedBy::Former)),
            None => Err(BadSignature::Forged),
        }
    }
}

/// Django's `salted_hmac`: the key of the MAC is `SHA-256(salt + "signer" + key)`.
fn derive(key: &[u8], salt: Salt<'_>) -> Hmac<Sha256> {
    let derived = Sha256::new_with_prefix(salt.0).chain_update(b"signer").chain_update(key).finalize();
    Hmac::new_from_slice(&derived).expect("HMAC takes keys of any length")
}

fn mac(key: &Hmac<Sha256>, value: &str) -> Hmac<Sha256> {
    key.clone().chain_update(value)
}

#[cfg(test)]
mod tests {
    use super::{BadSignature, Salt, Signer};

    /// The last of 43 characters has two bits left over.
    #[test]
    fn a_signature_has_one_spelling() {
        const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let signer = Signer::new([b"a key of an example".as_slice()], Salt("example"));
        let text = signer.sign("value");
        let but_the_last = &text[..text.len() - 1];
        let held = ALPHABET.chars().filter(|last| signer.unsign(&format!("{but_the_last}{last}")).is_ok());
        assert_eq!(held.map(|last| format!("{but_the_last}{last}")).collect::<Vec<_>>(), [text.as_str()]);
        for other in [format!("{text}="), format!("{text}A"), but_the_last.to_owned(), "value:".to_owned()] {
            assert_eq!(signer.unsign(&other), Err(BadSignature::Forged), "{other}");
        }
    }
}
