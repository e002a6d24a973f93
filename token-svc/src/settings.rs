//! The settings of token-svc.

use std::{path::PathBuf, str::FromStr, time::Duration};

use authlab_mechanism::tokens::TokenKind;
use authlab_redis::KeyPrefix;
use authlab_secrets::Secret;
use authlab_service::{Ground, StartError, choice::choice, redis::redis_url, seconds, settings::on_or_off};
use clap::ArgAction;

use crate::jwt::{Algorithm, FormerKey, KeyRing};

/// With a longer grace, a spent refresh token would be as good as the current one.
const MAX_REFRESH_GRACE: Duration = Duration::from_mins(10);

/// Where opaque tokens are kept.
#[derive(Clone, Debug)]
pub enum TokenStore {
    /// In the database.
    Sql,
    /// In Redis at this address, which may contain a password.
    Redis(Secret),
}

impl FromStr for TokenStore {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "sql" => Ok(Self::Sql),
            url => redis_url(url).map(Self::Redis).map_err(|_| "must be `sql` or the URL of a Redis"),
        }
    }
}

#[derive(Clone, Debug, clap::Args)]
pub struct TokenSettings {
    /// Kind of access token for a login that names no kind
    #[arg(long, env = "TOKEN_KIND", default_value = "jwt", value_parser = choice::<TokenKind>(), value_name = "KIND")]
    pub token_kind: TokenKind,
    /// Lifetime of a JWT, in seconds
    #[arg(long, env = "ACCESS_TOKEN_LIFETIME", default_value = "300", value_parser = seconds, value_name = "SECONDS")]
    pub access_token_lifetime: Duration,
    /// Lifetime of a login by JWT that is refreshed, in seconds from the log-in
    #[arg(long, env = "REFRESH_TOKEN_LIFETIME", default_value = "1209600", value_parser = seconds, value_name = "SECONDS")]
    pub refresh_token_lifetime: Duration,
    /// Seconds in which a spent refresh token gets the same successor again, so that browser tabs that refresh at once stay
    /// logged in; if the token is used later, its login ends
    #[arg(long, env = "REFRESH_GRACE", default_value = "10", value_parser = grace, value_name = "SECONDS")]
    pub refresh_grace: Duration,
    /// Lifetime of an opaque token and of its login, in seconds
    #[arg(long, env = "OPAQUE_TOKEN_LIFETIME", default_value = "1209600", value_parser = seconds, value_name = "SECONDS")]
    pub opaque_token_lifetime: Duration,
    /// Store for opaque tokens: `sql` (the database), or the URL of a Redis in one of the forms of `SESSION_STORE`: `redis://…`,
    /// `redis+sentinel://…` or `redis+cluster://…`, with TLS `rediss…`. Refresh tokens are always in the database
    #[arg(long, env = "TOKEN_STORE", default_value = "sql", hide_env_values = true, value_name = "STORE")]
    pub token_store: TokenStore,
    /// Prefix of all keys of opaque tokens in Redis; `token:` follows it. It separates deployments on one Redis. The default is an id kept
    /// in the database
    #[arg(long, env = "TOKEN_PREFIX", value_name = "PREFIX")]
    pub token_prefix: Option<KeyPrefix>,
    /// Algorithm that signs JWTs
    #[arg(long, env = "JWT_ALG", value_enum, default_value_t, value_name = "ALGORITHM")]
    pub jwt_alg: Algorithm,
    /// PEM file with the private key (PKCS#8); created with a random key if absent. Default: a file in the data folder, named
    /// after the algorithm. HS256 uses no file, but keys derived from the secret key
    #[arg(long, env = "JWT_KEY_FILE", value_name = "FILE")]
    pub jwt_key_file: Option<PathBuf>,
    /// Former keys, which verify tokens but sign none, separated by commas: PEM files, private or public, or `HS256` for the
    /// keys derived from the secret key and its fallbacks
    #[arg(long, env = "JWT_KEY_FALLBACKS", value_delimiter = ',', value_name = "FILES")]
    pub jwt_key_fallbacks: Vec<FormerKey>,
    /// Verified JWTs to cache, about 1 KiB each and at most 10 KiB; 0 turns the cache off
    #[arg(long, env = "JWT_CACHE", default_value_t = 4_096, value_name = "N")]
    pub jwt_cache: usize,
    /// Issuer: the `iss` of every JWT, and the only one that is accepted
    #[arg(long, env = "JWT_ISSUER", default_value = "authlab", value_name = "NAME")]
    pub jwt_issuer: String,
    /// Audience: the `aud` of every JWT, and the only one that is accepted
    #[arg(long, env = "JWT_AUDIENCE", default_value = "authlab", value_name = "NAME")]
    pub jwt_audience: String,
    /// Bearer token that resource servers present at /introspect, at least 32 characters; without a secret, /introspect answers 501
    #[arg(long, env = "INTROSPECTION_SECRET", hide_env_values = true, value_name = "SECRET")]
    pub introspection_secret: Option<Secret>,
    /// File with the introspection secret
    #[arg(long, env = "INTROSPECTION_SECRET_FILE", value_name = "FILE")]
    pub introspection_secret_file: Option<PathBuf>,
    /// Accept tokens in `?token=` as well; RFC 9700 §4.3.2 forbids it in production, because URLs end up in logs
    #[arg(long, env = "TOKEN_QUERY", default_value = "off", value_parser = on_or_off, action = ArgAction::Set, value_name = "on|off")]
    pub token_query: bool,
}

impl TokenSettings {
    /// Reads the keys, and creates the file of the current key if it is missing.
    pub fn key_ring(&self, ground: &Ground) -> Result<KeyRing, StartError> {
        let ring = match (self.jwt_alg, &self.jwt_key_file) {
            (Algorithm::Hs256, None) => KeyRing::from_secret_keys(&ground.keys),
            (algorithm, Some(file)) => KeyRing::open(algorithm, file)?,
            (algorithm, None) => {
                let name = format!("jwt_{}.pem", algorithm.name().to_lowercase());
                KeyRing::open(algorithm, &ground.data_dir.join(name))?
            }
        };
        ring.with_former_keys(&self.jwt_key_fallbacks, &ground.keys)
    }
}

fn grace(text: &str) -> Result<Duration, String> {
    match seconds(text)? {
        grace if grace <= MAX_REFRESH_GRACE => Ok(grace),
        _ => Err("longer than ten minutes".to_owned()),
    }
}
