//! One key: its id, the one algorithm it is for, and how it signs and verifies.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::DecodingKey;
use sha2::{Digest as _, Sha256};
use shared::random;

use super::{
    algorithm::Algorithm,
    jwk::{Jwk, base64url},
    key_pair::{PrivateKey, PublicKey},
    rules::ACCESS_TOKEN,
};

pub(super) struct Key {
    pub(super) id: String,
    /// A key is for one algorithm alone (RFC 8725 §3.1): what else a token claims does not matter.
    pub(super) algorithm: Algorithm,
    /// The header of the tokens that it signs, as it stands in them, with the dot that follows.
    pub(super) header: String,
    /// The same key as the library takes it.
    pub(super) decoding: DecodingKey,
    material: Material,
}

enum Material {
    /// What HMAC makes of the key before it sees a message.
    Shared(Hmac<Sha256>),
    /// Without a private key it verifies alone.
    Pair(Option<PrivateKey>, PublicKey),
}

impl Key {
    /// For HS256.
    pub(super) fn shared(bytes: &[u8; 32]) -> Self {
        // The id tells keys apart and tells nothing about them.
        let digest = Sha256::new_with_prefix(b"authlab key id ").chain_update(bytes).finalize();
        let prepared = Hmac::new_from_slice(bytes).expect("HMAC takes keys of any length");
        let decoding = DecodingKey::from_secret(bytes);
        Self::new(random::to_hex(&digest[..4]), Algorithm::Hs256, decoding, Material::Shared(prepared))
    }

    pub(super) fn pair(private: Option<PrivateKey>, public: PublicKey) -> Self {
        let decoding = public.decoding.clone();
        Self::new(public.jwk.thumbprint(), public.algorithm, decoding, Material::Pair(private, public))
    }

    fn new(id: String, algorithm: Algorithm, decoding: DecodingKey, material: Material) -> Self {
        // Neither needs an escape: an id is hexadecimal or base64url.
        let header = format!(r#"{{"typ":"{ACCESS_TOKEN}","alg":"{algorithm}","kid":"{id}"}}"#);
        Self { id, algorithm, header: format!("{}.", base64url(header.as_bytes())), decoding, material }
    }

    /// What everybody may know of it: nothing, if it is shared.
    pub(super) fn jwk(&self) -> Option<&Jwk> {
        match &self.material {
            Material::Shared(_) => None,
            Material::Pair(_, public) => Some(&public.jwk),
        }
    }

    /// `None` if it verifies alone.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match &self.material {
            Material::Shared(prepared) => Some(prepared.clone().chain_update(message).finalize().into_bytes().to_vec()),
            Material::Pair(private, _) => private.as_ref().map(|private| private.sign(message)),
        }
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            // In constant time.
            Material::Shared(prepared) => prepared.clone().chain_update(message).verify_slice(signature).is_ok(),
            Material::Pair(_, public) => public.verifies(message, signature),
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use hmac::{Hmac, KeyInit as _};

    use super::{Key, Material};

    #[test]
    fn the_signature_of_rfc_7515_appendix_a_1() {
        let bytes = |base64url: &str| URL_SAFE_NO_PAD.decode(base64url).unwrap();
        let secret = bytes("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        // Ours have 32 bytes, the example has 64.
        let key = Key { material: Material::Shared(Hmac::new_from_slice(&secret).unwrap()), ..Key::shared(&[0; 32]) };
        let message = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
                        cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = bytes("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(key.sign(message).unwrap(), signature);
        assert!(key.verifies(message, &signature));
        assert!(!key.verifies(&message[1..], &signature));
        assert!(!key.verifies(message, &signature[..16]), "half a signature is none");
    }
}
