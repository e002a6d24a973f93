//! The signature algorithms of access tokens (RFC 7518 §3.1, RFC 8037 §3.1). `none` is not one of them.

use std::fmt;

/// The value of `JWT_ALG`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Algorithm {
    /// HMAC with SHA-256: each service that can verify can also sign
    #[default]
    #[value(name = "HS256")]
    Hs256,
    /// Ed25519
    #[value(name = "EdDSA")]
    EdDsa,
    /// ECDSA on P-256 with SHA-256
    #[value(name = "ES256")]
    Es256,
    /// RSA of at least 2,048 bits with SHA-256 (RSASSA-PKCS1-v1_5)
    #[value(name = "RS256")]
    Rs256,
}

impl Algorithm {
    /// The value of the header member `alg`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

impl From<Algorithm> for jsonwebtoken::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        algorithm.name().parse().expect("the library knows these names")
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
