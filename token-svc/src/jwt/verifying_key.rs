//! Keys that verify. Public keys are read from DER, checked for strength, and published as JSON Web Keys (RFC 7517).

use aws_lc_rs::{
    rsa,
    signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm},
};
use jsonwebtoken::{
    DecodingKey,
    jwk::{Jwk, PublicKeyUse, ThumbprintHash},
};

use super::algorithm::Algorithm;

/// How a `SubjectPublicKeyInfo` of each kind begins; the key itself follows (RFC 8410 §4, RFC 5480 §2).
const ED25519_INFO: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
const P256_INFO: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";
/// The length of the modulus (RFC 7518 §3.3).
const MIN_RSA_BITS: usize = 2_048;
/// The least public exponent, 65,537, in big-endian bytes (NIST SP 800-56B Rev. 2 §6.2).
const MIN_RSA_EXPONENT: &[u8] = &[1, 0, 1];

pub(super) struct VerifyingKey {
    /// The thumbprint of a public key (RFC 7638).
    pub(super) id: String,
    /// A key is for this algorithm only, whatever a token claims (RFC 8725 §3.1).
    pub(super) algorithm: Algorithm,
    pub(super) decoding: DecodingKey,
    /// `None` for a shared key, which is never published.
    pub(super) jwk: Option<Jwk>,
}

impl VerifyingKey {
    /// Reads a `SubjectPublicKeyInfo`. `None` for a key of another kind, and for a weak one.
    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        if let Some(point) = der.strip_prefix(ED25519_INFO) {
            Self::from_ed25519(point)
        } else if let Some(point) = der.strip_prefix(P256_INFO) {
            Self::from_p256(point)
        } else {
            Self::from_rsa(der)
        }
    }

    pub(super) fn from_ed25519(point: &[u8]) -> Option<Self> {
        Self::new(Algorithm::EdDsa, &ED25519, DecodingKey::from_ed_der(point))
    }

    /// Takes the point uncompressed (SEC 1 §2.3.3).
    pub(super) fn from_p256(point: &[u8]) -> Option<Self> {
        Self::new(Algorithm::Es256, &ECDSA_P256_SHA256_FIXED, DecodingKey::from_ec_der(point))
    }

    pub(super) fn from_rsa(der: &[u8]) -> Option<Self> {
        let key = rsa::PublicKey::from_der(der).ok()?;
        let (modulus, exponent) = (key.modulus(), key.exponent());
        let [modulus, exponent] = [modulus, exponent].map(|number| number.big_endian_without_leading_zero());
        if bits(modulus) < MIN_RSA_BITS || (exponent.len(), exponent) < (MIN_RSA_EXPONENT.len(), MIN_RSA_EXPONENT) {
            return None;
        }
        Self::new(Algorithm::Rs256, &RSA_PKCS1_2048_8192_SHA256, DecodingKey::from_rsa_der(key.as_ref()))
    }

    fn new(
        algorithm: Algorithm,
        verification: &'static dyn VerificationAlgorithm,
        decoding: DecodingKey,
    ) -> Option<Self> {
        // The library takes any bytes for a key, and parses them for each token. A malformed key has to fail the start.
        ParsedPublicKey::new(verification, decoding.try_get_as_bytes().ok()?).ok()?;
        let mut jwk = Jwk::from_decoding_key(&decoding, Some(algorithm.into())).ok()?;
        let id = jwk.thumbprint(ThumbprintHash::SHA256).ok()?;
        jwk.common.key_id = Some(id.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Some(Self { id, algorithm, decoding, jwk: Some(jwk) })
    }
}

/// The length of a number in big-endian bytes without leading zeros.
fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| 8 * number.len() - usize::try_from(first.leading_zeros()).unwrap_or(0))
}

#[cfg(test)]
pub(super) mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use jsonwebtoken::crypto::verify;

    use super::VerifyingKey;

    pub(in super::super) fn bytes(base64url: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(base64url).unwrap()
    }

    pub(in super::super) fn verifies(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
        verify(&URL_SAFE_NO_PAD.encode(signature), message, &key.decoding, key.algorithm.into()).unwrap()
    }

    #[test]
    fn the_thumbprint_of_rfc_7638_section_3_1() {
        let modulus = bytes(
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3ok\
             njhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6q\
             MQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awap\
             JzKnqDKgw",
        );
        let key = VerifyingKey::from_rsa(&rsa_der(&modulus)).unwrap();
        assert_eq!(key.id, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn the_thumbprint_of_rfc_8037_appendix_a_3() {
        let key = VerifyingKey::from_ed25519(&bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")).unwrap();
        assert_eq!(key.id, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    /// An `RSAPublicKey`: a sequence of this modulus of 2,048 bits and of 65,537.
    fn rsa_der(modulus: &[u8]) -> Vec<u8> {
        [b"\x30\x82\x01\x0a\x02\x82\x01\x01\x00".as_slice(), modulus, b"\x02\x03\x01\x00\x01"].concat()
    }

    #[test]
    fn the_signature_of_rfc_7515_appendix_a_3() {
        let x = bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
        let y = bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        let message =
            b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19y\
                        b290Ijp0cnVlfQ";
        let signature = bytes("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
        let public = VerifyingKey::from_p256(&[vec![4], x, y].concat()).unwrap();
        assert!(verifies(&public, message, &signature));
        assert!(!verifies(&public, &message[1..], &signature));
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
        let public = VerifyingKey::from_rsa(&rsa_der(&modulus)).unwrap();
        assert!(verifies(&public, message, &signature));
        assert!(!verifies(&public, &message[1..], &signature));

        let of_3 = [b"\x30\x82\x01\x08\x02\x82\x01\x01\x00".as_slice(), &modulus, b"\x02\x01\x03"].concat();
        assert!(VerifyingKey::from_rsa(&of_3).is_none(), "an exponent of 3");
        // The modulus stays odd, so that it is refused for its length only.
        let modulus = [&modulus[..127], &[1]].concat();
        let short = [b"\x30\x81\x89\x02\x81\x81\x00".as_slice(), &modulus, b"\x02\x03\x01\x00\x01"].concat();
        assert!(VerifyingKey::from_rsa(&short).is_none(), "1,024 bits");
    }
}
