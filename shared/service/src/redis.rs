//! The settings of a connection to Redis, which `SESSION_STORE` and `TOKEN_STORE` share.

use std::{fs, io, path::PathBuf};

use authlab_secrets::Secret;
use clap::Args;

/// The value of a setting that may be the URL of a Redis. It is checked when it is used, where the error does not repeat it: it may contain
/// a password.
pub fn redis_url(text: &str) -> Result<Secret, &'static str> {
    text.contains(':').then(|| Secret::new(text)).ok_or("must be the URL of a Redis")
}

#[derive(Clone, Debug, Args)]
pub struct RedisSettings {
    /// PEM file with the certificate authorities for a Redis with TLS. The default is the system's
    #[arg(long, env = "REDIS_CA", value_name = "FILE")]
    pub redis_ca: Option<PathBuf>,
    /// Password for the sentinels of `redis+sentinel://`, if they need one. The password in the URL is for the master
    #[arg(long, env = "SENTINEL_PASSWORD", hide_env_values = true, value_name = "PASSWORD")]
    pub sentinel_password: Option<Secret>,
    /// User for the sentinels. The default is their default user
    #[arg(long, env = "SENTINEL_USERNAME", value_name = "USER", requires = "sentinel_password")]
    pub sentinel_username: Option<String>,
}

/// The file of certificate authorities cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("REDIS_CA: cannot read {file}: {source}")]
pub struct NoAuthorities {
    file: PathBuf,
    source: io::Error,
}

impl RedisSettings {
    /// Reads the certificate authorities, in PEM.
    pub fn authorities(&self) -> Result<Option<Vec<u8>>, NoAuthorities> {
        let Some(file) = &self.redis_ca else { return Ok(None) };
        fs::read(file).map(Some).map_err(|source| NoAuthorities { file: file.clone(), source })
    }
}
