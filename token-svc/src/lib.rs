//! The token mechanism: the client carries a JSON Web Token, in a header or in a cookie.
//!
//! The token says who, since when and until when, and carries the client's items; it is signed with HS256, EdDSA, ES256 or
//! RS256. A token costs an HMAC or a signature when it is first seen, and a digest from then on; every request, a glance at the
//! list of what was ended. It lives for minutes.
//!
//! * [`mechanism`]: the verbs, start here
//! * [`claims`]: what a token says
//! * [`jwt`]: keys, signing, and the one place where a token is believed or not
//! * [`object`]: JSON, read strictly
//!
//! # Limitations
//!
//! A token works until it expires, wherever a copy of it is, unless it is written down that it has ended
//! ([`shared::revocation`], the setting `REVOCATION`). Logins cannot be listed. Items travel with every request, and of two parallel writes the later
//! token wins.

mod claims;
mod jwt;
mod mechanism;
mod object;

use std::{path::PathBuf, sync::Arc, time::Duration};

use shared::{
    mechanism::Mechanism,
    serve::seconds,
    service::{Ground, Service, StartError},
    settings::on_or_off,
};

pub use crate::{
    jwt::{Algorithm, FormerKey, KeyRing},
    mechanism::SignedTokens,
};

/// What can be set about tokens.
#[derive(Clone, Debug, clap::Args)]
pub struct TokenSettings {
    /// Seconds that an access token holds
    #[arg(long, env = "ACCESS_TOKEN_LIFETIME", default_value = "300", value_parser = seconds, value_name = "SECONDS")]
    pub access_token_lifetime: Duration,
    /// How access tokens are signed
    #[arg(long, env = "JWT_ALG", value_enum, default_value_t, value_name = "ALGORITHM")]
    pub jwt_alg: Algorithm,
    /// PEM file with the private key (PKCS#8); made with a random key if absent. Without it, one in the data folder that is
    /// named by the algorithm. HS256 takes its keys from the secret key instead
    #[arg(long, env = "JWT_KEY_FILE", value_name = "FILE")]
    pub jwt_key_file: Option<PathBuf>,
    /// Former keys, separated by commas: PEM files, private or public, and `HS256` for what HS256 takes from the secret key and
    /// its fallbacks. They still verify, and sign no more
    #[arg(long, env = "JWT_KEY_FALLBACKS", value_delimiter = ',', value_name = "FILES")]
    pub jwt_key_fallbacks: Vec<FormerKey>,
    /// Tokens that are verified and read once and then remembered, 1 KiB each as a rule, 10 KiB at most; 0 for none
    #[arg(long, env = "JWT_CACHE", default_value_t = 4_096, value_name = "N")]
    pub jwt_cache: usize,
    /// Who issues the tokens: their `iss`, and the only one that is believed
    #[arg(long, env = "JWT_ISSUER", default_value = "authlab", value_name = "NAME")]
    pub jwt_issuer: String,
    /// For whom they are: their `aud`, and the only one that is believed
    #[arg(long, env = "JWT_AUDIENCE", default_value = "authlab", value_name = "NAME")]
    pub jwt_audience: String,
    /// Take tokens from `?token=` too; RFC 9700 §4.3.2 forbids it in production, since addresses end up in logs
    #[arg(long, env = "TOKEN_QUERY", default_value = "off", value_parser = on_or_off, action = clap::ArgAction::Set, value_name = "on|off")]
    pub token_query: bool,
}

impl Service for TokenSettings {
    const NAME: &'static str = "token-svc";
    const ABOUT: &'static str = env!("CARGO_PKG_DESCRIPTION");
    const DEFAULT_PORT: u16 = 8003;
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    async fn mechanism(&self, ground: &Ground) -> Result<Arc<dyn Mechanism>, StartError> {
        let revocations = ground.revocations("token", self.access_token_lifetime).await?;
        Ok(Arc::new(SignedTokens::new(self.key_ring(ground)?, ground.clock.clone(), self, revocations)))
    }
}

impl TokenSettings {
    /// Reads the keys, or makes the one that is missing.
    pub fn key_ring(&self, ground: &Ground) -> Result<KeyRing, StartError> {
        let ring = match (self.jwt_alg, &self.jwt_key_file) {
            (Algorithm::Hs256, None) => KeyRing::derived(&ground.keys),
            (algorithm, Some(file)) => KeyRing::in_file(algorithm, file)?,
            (algorithm, None) => {
                let name = format!("jwt_{}.pem", algorithm.name().to_lowercase());
                KeyRing::in_file(algorithm, &ground.data_dir.join(name))?
            }
        };
        ring.with_formers(&self.jwt_key_fallbacks, &ground.keys)
    }
}
