//! Keys that sign, prepared once. The library would parse a key again for each signature.

use aws_lc_rs::{
    encoding::AsDer as _,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{algorithm::Algorithm, verifying_key::VerifyingKey};

#[derive(Debug)]
pub(super) enum SigningKey {
    Hmac(Hmac<Sha256>),
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl SigningKey {
    /// Makes a private key, in PKCS#8. `None` for HS256, which has no key pairs.
    pub(super) fn generate(algorithm: Algorithm) -> Option<Zeroizing<Vec<u8>>> {
        let p256 = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let der = match algorithm {
            Algorithm::Hs256 => return None,
            Algorithm::EdDsa => Ed25519KeyPair::generate().and_then(|key| Ok(key.to_pkcs8v1()?.as_ref().to_vec())),
            Algorithm::Es256 => EcdsaKeyPair::generate(p256).and_then(|key| Ok(key.to_pkcs8v1()?.as_ref().to_vec())),
            Algorithm::Rs256 => {
                RsaKeyPair::generate(KeySize::Rsa2048).and_then(|key| Ok(key.as_der()?.as_ref().to_vec()))
            }
        };
        Some(Zeroizing::new(der.expect("the system provides randomness and memory")))
    }

    /// Reads a private key and its public part. `None` for a key of another kind, and for a weak one.
    pub(super) fn from_pkcs8(der: &[u8]) -> Option<(Self, VerifyingKey)> {
        let ed25519 = || Ed25519KeyPair::from_pkcs8(der).ok().map(Self::Ed25519);
        let p256 = || EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).ok().map(Self::P256);
        let rsa = || RsaKeyPair::from_pkcs8(der).ok().map(Self::Rsa);
        let key = ed25519().or_else(p256).or_else(rsa)?;
        let public = key.public()?;
        Some((key, public))
    }

    fn public(&self) -> Option<VerifyingKey> {
        match self {
            Self::Hmac(_) => None,
            Self::Ed25519(key) => VerifyingKey::from_ed25519(key.public_key().as_ref()),
            Self::P256(key) => VerifyingKey::from_p256(key.public_key().as_ref()),
            Self::Rsa(key) => VerifyingKey::from_rsa(key.public_key().as_ref()),
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signed = "a key that was read can sign";
        match self {
            Self::Hmac(key) => key.clone().chain_update(message).finalize().into_bytes().to_vec(),
            Self::Ed25519(key) => key.sign(message).as_ref().to_vec(),
            Self::P256(key) => key.sign(&SystemRandom::new(), message).expect(signed).as_ref().to_vec(),
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).expect(signed);
                signature
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::verifying_key::tests::{bytes, verifies},
        Algorithm, SigningKey, VerifyingKey,
    };

    #[test]
    fn the_signature_of_rfc_8037_appendix_a_4() {
        let point = bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = bytes("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        let public = VerifyingKey::from_ed25519(&point).unwrap();
        assert!(verifies(&public, message, &signature));
        assert!(!verifies(&public, &message[1..], &signature));
        // PKCS#8 of the private key in appendix A.1 (RFC 8410 §7 shows the form).
        let seed = bytes("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        let pkcs8 = [b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".as_slice(), &seed].concat();
        let (private, its_public) = SigningKey::from_pkcs8(&pkcs8).unwrap();
        assert_eq!(private.sign(message), signature);
        assert_eq!(its_public.id, public.id);
    }

    #[test]
    fn a_generated_key_is_read_and_verifies_its_signatures() {
        assert!(SigningKey::generate(Algorithm::Hs256).is_none());
        for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256] {
            let (private, public) = SigningKey::from_pkcs8(&SigningKey::generate(algorithm).unwrap()).unwrap();
            assert_eq!(public.algorithm, algorithm);
            assert!(verifies(&public, b"message", &private.sign(b"message")));
            assert!(!verifies(&public, b"another message", &private.sign(b"message")));
        }
    }
}
