//! Public keys for everybody: JSON Web Keys (RFC 7517), named by their thumbprints (RFC 7638).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use shared::public_keys::PublicKeys;

use super::algorithm::Algorithm;

/// The keys that may be shown, each for its one algorithm.
pub(super) fn public_keys<'k>(keys: impl Iterator<Item = (&'k Jwk, Algorithm)>) -> PublicKeys {
    PublicKeys { keys: keys.map(|(key, algorithm)| key.published(algorithm)).collect() }
}

/// The members that are the key, in the order of a thumbprint: by name (RFC 7638 §3.3).
#[derive(Clone, Debug)]
pub(super) struct Jwk(Vec<(&'static str, String)>);

impl Jwk {
    /// RFC 8037 §2.
    pub(super) fn ed25519(point: &[u8]) -> Self {
        Self(vec![("crv", "Ed25519".to_owned()), ("kty", "OKP".to_owned()), ("x", base64url(point))])
    }

    /// RFC 7518 §6.2.1.
    pub(super) fn p256(x: &[u8], y: &[u8]) -> Self {
        let curve = ("crv", "P-256".to_owned());
        Self(vec![curve, ("kty", "EC".to_owned()), ("x", base64url(x)), ("y", base64url(y))])
    }

    /// RFC 7518 §6.3.1.
    pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Self {
        Self(vec![("e", base64url(exponent)), ("kty", "RSA".to_owned()), ("n", base64url(modulus))])
    }

    /// SHA-256 of the members that are the key.
    pub(super) fn thumbprint(&self) -> String {
        let members: Vec<String> = self.0.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
        base64url(&Sha256::digest(format!("{{{}}}", members.join(","))))
    }

    fn published(&self, algorithm: Algorithm) -> Map<String, Value> {
        let about = [("kid", self.thumbprint()), ("alg", algorithm.name().to_owned()), ("use", "sig".to_owned())];
        let members = about.into_iter().chain(self.0.iter().cloned());
        members.map(|(name, value)| (name.to_owned(), Value::String(value))).collect()
    }
}

pub(super) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::Jwk;

    fn bytes(base64url: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(base64url).unwrap()
    }

    #[test]
    fn the_thumbprint_of_rfc_7638_section_3_1() {
        let modulus = bytes(
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3ok\
             njhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6q\
             MQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awap\
             JzKnqDKgw",
        );
        let key = Jwk::rsa(&modulus, &bytes("AQAB"));
        assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn the_thumbprint_of_rfc_8037_appendix_a_3() {
        let key = Jwk::ed25519(&bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
        assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
