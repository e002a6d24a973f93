//! Asymmetric keys, prepared once: the library would read them again for every token.

use aws_lc_rs::{
    encoding::AsDer as _,
    rand::SystemRandom,
    rsa::{KeySize, PublicKey as RsaPublicKey},
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
        ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use jsonwebtoken::DecodingKey;
use zeroize::Zeroizing;

use super::{algorithm::Algorithm, jwk::Jwk};

/// How a `SubjectPublicKeyInfo` of each kind begins; the key itself follows (RFC 8410 §4, RFC 5480 §2).
const ED25519_INFO: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
const P256_INFO: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";
/// Of the modulus of RSA (RFC 7518 §3.3).
const LEAST_BITS: usize = 2_048;
/// The least public exponent of RSA (NIST SP 800-56B Rev. 2 §6.2).
const LEAST_EXPONENT: &[u8] = &[1, 0, 1];

/// What signs.
#[derive(Debug)]
pub(super) enum PrivateKey {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

/// What verifies, and may be known to everybody.
#[derive(Debug)]
pub(super) struct PublicKey {
    pub(super) algorithm: Algorithm,
    pub(super) jwk: Jwk,
    /// The same key as the library takes it.
    pub(super) decoding: DecodingKey,
    prepared: Prepared,
}

/// aws-lc decodes the point of Ed25519 again for each signature; prepared once, a check takes four fifths of the time.
#[derive(Debug)]
enum Prepared {
    Ed25519(Box<VerifyingKey>),
    Other(ParsedPublicKey),
}

impl PrivateKey {
    /// A new key in PKCS#8; `None` for HS256, which has no pairs.
    pub(super) fn generate(algorithm: Algorithm) -> Option<Zeroizing<Vec<u8>>> {
        let made = "the system provides randomness and memory";
        let der = match algorithm {
            Algorithm::Hs256 => return None,
            Algorithm::EdDsa => {
                Ed25519KeyPair::generate().and_then(|key| key.to_pkcs8v1()).expect(made).as_ref().into()
            }
            Algorithm::Es256 => {
                let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
                key.and_then(|key| key.to_pkcs8v1()).expect(made).as_ref().into()
            }
            Algorithm::Rs256 => {
                RsaKeyPair::generate(KeySize::Rsa2048).and_then(|key| key.as_der()).expect(made).as_ref().into()
            }
        };
        Some(Zeroizing::new(der))
    }

    /// `None` if it is no key of the three kinds, or of RSA with fewer than 2,048 bits.
    pub(super) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        let ed25519 = || Ed25519KeyPair::from_pkcs8(der).ok().map(Self::Ed25519);
        let p256 = || EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).ok().map(Self::P256);
        let rsa = || RsaKeyPair::from_pkcs8(der).ok().map(Self::Rsa);
        ed25519().or_else(p256).or_else(rsa)
    }

    pub(super) fn public(&self) -> Option<PublicKey> {
        match self {
            Self::Ed25519(key) => PublicKey::ed25519(key.public_key().as_ref()),
            Self::P256(key) => PublicKey::p256(key.public_key().as_ref()),
            Self::Rsa(key) => PublicKey::rsa(key.public_key().as_ref()),
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signed = "a key that was read can sign";
        match self {
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

impl PublicKey {
    /// `None` as with [`PrivateKey::from_pkcs8`].
    pub(super) fn from_info(der: &[u8]) -> Option<Self> {
        if let Some(point) = der.strip_prefix(ED25519_INFO) {
            Self::ed25519(point)
        } else if let Some(point) = der.strip_prefix(P256_INFO) {
            Self::p256(point)
        } else {
            Self::rsa(der)
        }
    }

    fn ed25519(point: &[u8]) -> Option<Self> {
        let key = VerifyingKey::try_from(point).ok().filter(|key| !key.is_weak())?;
        let prepared = Prepared::Ed25519(Box::new(key));
        let decoding = DecodingKey::from_ed_der(point);
        Some(Self { algorithm: Algorithm::EdDsa, jwk: Jwk::ed25519(point), decoding, prepared })
    }

    /// The point uncompressed (SEC 1 §2.3.3).
    fn p256(point: &[u8]) -> Option<Self> {
        let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32)?;
        let prepared = Prepared::Other(ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).ok()?);
        let decoding = DecodingKey::from_ec_der(point);
        Some(Self { algorithm: Algorithm::Es256, jwk: Jwk::p256(x, y), decoding, prepared })
    }

    fn rsa(der: &[u8]) -> Option<Self> {
        let key = RsaPublicKey::from_der(der).ok()?;
        let (modulus, exponent) = (key.modulus(), key.exponent());
        let [modulus, exponent] = [modulus, exponent].map(|number| number.big_endian_without_leading_zero());
        if bits(modulus) < LEAST_BITS || (exponent.len(), exponent) < (LEAST_EXPONENT.len(), LEAST_EXPONENT) {
            return None;
        }
        let prepared = Prepared::Other(ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.as_ref()).ok()?);
        let jwk = Jwk::rsa(modulus, exponent);
        let decoding = DecodingKey::from_rsa_der(key.as_ref());
        Some(Self { algorithm: Algorithm::Rs256, jwk, decoding, prepared })
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.prepared {
            Prepared::Ed25519(key) => {
                Signature::from_slice(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            Prepared::Other(key) => key.verify_sig(message, signature).is_ok(),
        }
    }
}

/// Of a number in big-endian bytes without leading zeros.
fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| 8 * number.len() - usize::try_from(first.leading_zeros()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::{super::algorithm::Algorithm, PrivateKey, PublicKey};

    fn bytes(base64url: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(base64url).unwrap()
    }

    #[test]
    fn the_signature_of_rfc_8037_appendix_a_4() {
        let point = bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = bytes("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        let public = PublicKey::ed25519(&point).unwrap();
        assert!(public.verifies(message, &signature));
        assert!(!public.verifies(&message[1..], &signature));
        // PKCS#8 of the private key in appendix A.1 (RFC 8410 §7 shows the form).
        let seed = bytes("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        let pkcs8 = [b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".as_slice(), &seed].concat();
        let private = PrivateKey::from_pkcs8(&pkcs8).unwrap();
        assert_eq!(private.sign(message), signature);
        assert_eq!(private.public().unwrap().jwk.thumbprint(), public.jwk.thumbprint());
    }

    #[test]
    fn the_signature_of_rfc_7515_appendix_a_3() {
        let x = bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
        let y = bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        let message =
            b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19y\
                        b290Ijp0cnVlfQ";
        let signature = bytes("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
        let public = PublicKey::p256(&[vec![4], x, y].concat()).unwrap();
        assert!(public.verifies(message, &signature));
        assert!(!public.verifies(&message[1..], &signature));
    }

    #[test]
    fn the_signature_of_rfc_7515_appendix_a_2() {
        let modulus = bytes(
            "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-\
             pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2Cap\
             Hg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4F\
             RWyuXpoQ",
        );
        let message =
            b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19y\
                        b290Ijp0cnVlfQ";
        let signature = bytes(
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1\
             dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzD\
             wusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe7\
             7Rw",
        );
        // `RSAPublicKey` of 2,048 bits: a sequence of the modulus and of 65,537.
        let der = [b"\x30\x82\x01\x0a\x02\x82\x01\x01\x00".as_slice(), &modulus, b"\x02\x03\x01\x00\x01"].concat();
        let public = PublicKey::rsa(&der).unwrap();
        assert!(public.verifies(message, &signature));
        assert!(!public.verifies(&message[1..], &signature));

        let of_3 = [b"\x30\x82\x01\x08\x02\x82\x01\x01\x00".as_slice(), &modulus, b"\x02\x01\x03"].concat();
        assert!(PublicKey::rsa(&of_3).is_none(), "an exponent of 3");
        // Odd, as every modulus is, so that it is the length that is refused.
        let modulus = [&modulus[..127], &[1]].concat();
        let short = [b"\x30\x81\x89\x02\x81\x81\x00".as_slice(), &modulus, b"\x02\x03\x01\x00\x01"].concat();
        assert!(PublicKey::rsa(&short).is_none(), "1,024 bits");
    }

    #[test]
    fn what_was_made_is_read_and_fits_together() {
        assert!(PrivateKey::generate(Algorithm::Hs256).is_none());
        for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256] {
            let private = PrivateKey::from_pkcs8(&PrivateKey::generate(algorithm).unwrap()).unwrap();
            let public = private.public().unwrap();
            assert_eq!(public.algorithm, algorithm);
            assert!(public.verifies(b"message", &private.sign(b"message")));
            assert!(!public.verifies(b"another message", &private.sign(b"message")));
        }
    }
}
