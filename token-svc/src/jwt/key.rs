//! One key of the service: its id, its one algorithm, and what signs and verifies with it.

use authlab_secrets::random;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _};
use jsonwebtoken::DecodingKey;
use sha2::{Digest as _, Sha256};

use super::{algorithm::Algorithm, rules::ACCESS_TOKEN, signing_key::SigningKey, verifying_key::VerifyingKey};

pub(super) struct Key {
    pub(super) verifying: VerifyingKey,
    /// The encoded header of the tokens that this key signs, and the dot after it.
    pub(super) header: String,
    /// `None` for a key that only verifies.
    signing: Option<SigningKey>,
}

impl Key {
    /// A key for HS256.
    pub(super) fn from_secret(secret: &[u8]) -> Self {
        // The id distinguishes keys and reveals nothing about them.
        let digest = Sha256::new_with_prefix(b"authlab key id ").chain_update(secret).finalize();
        let hmac = Hmac::new_from_slice(secret).expect("HMAC takes keys of any length");
        let decoding = DecodingKey::from_secret(secret);
        let id = random::to_hex(&digest[..4]);
        let verifying = VerifyingKey { id, algorithm: Algorithm::Hs256, decoding, jwk: None };
        Self::new(verifying, Some(SigningKey::Hmac(hmac)))
    }

    /// A key that verifies, and signs if `signing` is its private part.
    pub(super) fn new(verifying: VerifyingKey, signing: Option<SigningKey>) -> Self {
        let VerifyingKey { id, algorithm, .. } = &verifying;
        // No member needs escaping: an id is hexadecimal or base64url.
        let header = format!(r#"{{"typ":"{ACCESS_TOKEN}","alg":"{algorithm}","kid":"{id}"}}"#);
        let header = format!("{}.", URL_SAFE_NO_PAD.encode(header));
        Self { verifying, header, signing }
    }

    /// `None` if this key only verifies.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.signing.as_ref().map(|signing| signing.sign(message))
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use jsonwebtoken::{Algorithm::HS256, crypto::verify};

    use super::Key;

    #[test]
    fn the_signature_of_rfc_7515_appendix_a_1() {
        let bytes = |base64url: &str| URL_SAFE_NO_PAD.decode(base64url).unwrap();
        let key = Key::from_secret(&bytes(
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
        ));
        let message = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
                        cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let verifies =
            |message: &[u8], signature: &str| verify(signature, message, &key.verifying.decoding, HS256).unwrap();
        assert_eq!(key.sign(message).unwrap(), bytes(signature));
        assert!(verifies(message, signature));
        assert!(!verifies(&message[1..], signature));
        assert!(!verifies(message, &URL_SAFE_NO_PAD.encode(&bytes(signature)[..16])), "half a signature");
    }
}
