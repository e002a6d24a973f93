//! What can be set about tokens.

use std::{path::PathBuf, time::Duration};

use clap::ArgAction;
use shared::{
    secret::Secret,
    serve::seconds,
    service::{Ground, StartError},
    settings::on_or_off,
    tokens::TokenKind,
};

use crate::jwt::{Algorithm, FormerKey, KeyRing};

/// Longer, and a spent refresh token would be as good as a current one.
const LONGEST_GRACE: Duration = Duration::from_mins(10);

#[derive(Clone, Debug, clap::Args)]
pub struct TokenSettings {
    /// Which kind of token a login gets that asks for none
    #[arg(long, env = "TOKEN_KIND", value_enum, default_value_t, value_name = "KIND")]
    pub token_kind: TokenKind,
    /// Seconds that an access token holds, a JWT
    #[arg(long, env = "ACCESS_TOKEN_LIFETIME", default_value = "300", value_parser = seconds, value_name = "SECONDS")]
    pub access_token_lifetime: Duration,
    /// Seconds that a login by JWT goes on by refreshing, counted from the password
    #[arg(long, env = "REFRESH_TOKEN_LIFETIME", default_value = "1209600", value_parser = seconds, value_name = "SECONDS")]
    pub refresh_token_lifetime: Duration,
    /// Seconds in which a refresh token that was just spent is answered with the same successor once more, so that tabs which
    /// refresh at once stay logged in; used later, it ends its login
    #[arg(long, env = "REFRESH_GRACE", default_value = "10", value_parser = grace, value_name = "SECONDS")]
    pub refresh_grace: Duration,
    /// Seconds that an opaque token holds
    #[arg(long, env = "OPAQUE_TOKEN_LIFETIME", default_value = "1209600", value_parser = seconds, value_name = "SECONDS")]
    pub opaque_token_lifetime: Duration,
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
    /// What a resource server shows as its bearer token at /introspect, at least 32 bytes; without it, or the file, nobody may ask
    #[arg(long, env = "INTROSPECTION_SECRET", hide_env_values = true, value_name = "SECRET")]
    pub introspection_secret: Option<Secret>,
    /// File with that secret
    #[arg(long, env = "INTROSPECTION_SECRET_FILE", value_name = "FILE")]
    pub introspection_secret_file: Option<PathBuf>,
    /// Take tokens from `?token=` too; RFC 9700 §4.3.2 forbids it in production, since addresses end up in logs
    #[arg(long, env = "TOKEN_QUERY", default_value = "off", value_parser = on_or_off, action = ArgAction::Set, value_name = "on|off")]
    pub token_query: bool,
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

fn grace(text: &str) -> Result<Duration, String> {
    match seconds(text)? {
        grace if grace <= LONGEST_GRACE => Ok(grace),
        _ => Err("longer than ten minutes".to_owned()),
    }
}
