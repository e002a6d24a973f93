//! What can be set about every service, by flag or environment variable; named like Django's settings where Django has one.

use std::{
    convert, fs, io, iter,
    num::NonZeroU32,
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use authlab_accounts::{MAX_PASSWORD_LENGTH, Policy, Registration};
use authlab_database::access::{Access, with_password};
use authlab_endings::Reach;
use authlab_mechanism::cookie_attributes::SecureCookies;
use authlab_secrets::{
    Secret,
    keys::{KeyError, Keys},
};
use authlab_server::{Limits, forwarded::network};
use authlab_web::door::cookie_scopes::CookieScope;
use clap::{ArgAction, Args, Command, CommandFactory as _, FromArgMatches as _, Parser};
use ipnet::IpNet;
use tower_http::csrf::CsrfLayer;

use crate::{choice::choice, redis::RedisSettings};

/// A longer minimum than a password may have would close the door to everybody.
const PASSWORD_LENGTHS: RangeInclusive<usize> = 8..=MAX_PASSWORD_LENGTH;
const THREADS: RangeInclusive<usize> = 1..=1_024;
const QUEUE: RangeInclusive<usize> = 1..=100_000;

/// `LOGINS_AT_MOST`: how many logins an account can have at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginsAtMost(
    /// `None`: any number.
    pub Option<NonZeroU32>,
);

impl LoginsAtMost {
    /// As it is where nothing is set.
    pub const DEFAULT: Self = Self(NonZeroU32::new(100));
    const MAX: u32 = 1_000;

    /// A number from 1 to 1,000, or `off`.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self(None));
        }
        let number = text.parse::<NonZeroU32>().ok().filter(|number| number.get() <= Self::MAX);
        number.map(|number| Self(Some(number))).ok_or_else(|| format!("a number from 1 to {}, or `off`", Self::MAX))
    }
}

/// The settings that the three services share.
#[derive(Clone, Debug, Args)]
pub struct Settings {
    /// Folder for data that must survive a restart: the SQLite database, and the key created on the first start
    #[arg(long, env = "DATA_DIR", default_value = "data", value_name = "FOLDER")]
    pub data_dir: PathBuf,
    /// Database, as `sqlite:PATH` or `postgres://…`. The default is a SQLite file in the data folder
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// File with the password of the user in `DATABASE_URL`
    #[arg(long, env = "DATABASE_PASSWORD_FILE", value_name = "FILE")]
    pub database_password_file: Option<PathBuf>,
    /// PEM file with the certificate authorities for the PostgreSQL server. Its certificate and name are then checked, unless
    /// `DATABASE_URL` contains `sslmode=verify-ca`
    #[arg(long, env = "DATABASE_CA", value_name = "FILE")]
    pub database_ca: Option<PathBuf>,
    /// Prepare statements once per connection. Set `off` for PgBouncer in transaction mode, unless it is version 1.21 or later with
    /// prepared statements (`max_prepared_statements`)
    #[arg(long, env = "DATABASE_PREPARED_STATEMENTS", default_value = "on", value_parser = on_or_off, action = ArgAction::Set, value_name = "on|off")]
    pub database_prepared_statements: bool,
    /// Key that signs and encrypts, at least 32 bytes. The default is the key in the key file
    #[arg(long, env = "SECRET_KEY", hide_env_values = true, value_name = "KEY")]
    pub secret_key: Option<Secret>,
    /// Former keys, separated by commas. They still verify, but do not sign
    #[arg(long, env = "SECRET_KEY_FALLBACKS", hide_env_values = true, value_delimiter = ',', value_name = "KEYS")]
    pub secret_key_fallbacks: Vec<Secret>,
    /// File with the key, created with a random key if it does not exist. The default is `secret_key` in the data folder
    #[arg(long, env = "SECRET_KEY_FILE", value_name = "FILE")]
    pub secret_key_file: Option<PathBuf>,
    /// Make cookies `Secure`. `auto`: yes, unless the client uses a loopback name for the service
    #[arg(long, env = "COOKIE_SECURE", default_value = "auto", value_parser = choice::<SecureCookies>())]
    pub cookie_secure: SecureCookies,
    /// Scopes of cookies from former settings, as `DOMAIN/PATH`, separated by commas: `example.com/app`, or `/app` for the host itself.
    /// Login and logout delete the credential in these scopes too
    #[arg(long, env = "FORMER_COOKIE_SCOPES", value_delimiter = ',', value_name = "SCOPES")]
    pub former_cookie_scopes: Vec<CookieScope>,
    /// Origins of other sites that may send unsafe requests, such as `https://app.example.com`, separated by commas
    #[arg(long, env = "CSRF_TRUSTED_ORIGINS", value_delimiter = ',', value_name = "ORIGINS")]
    pub csrf_trusted_origins: Vec<String>,
    /// Networks of the proxies in front of this service, such as `10.0.0.0/8`, separated by commas. Only their `X-Forwarded-For` is
    /// trusted. By default the rate limits count all clients of a proxy as one
    #[arg(long, env = "TRUSTED_PROXIES", value_delimiter = ',', value_name = "NETWORKS", value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
    /// Minimum length of a password in characters (NIST SP 800-63B-4 requires 15)
    #[arg(long, env = "PASSWORD_MIN_LENGTH", default_value_t = 15, value_name = "N", value_parser = between(PASSWORD_LENGTHS))]
    pub password_min_length: usize,
    /// Passwords hashed at the same time, 19 MiB each. The default is the number of processors
    #[arg(long, env = "PASSWORD_HASH_CONCURRENCY", value_name = "N", value_parser = between(THREADS))]
    pub password_hash_concurrency: Option<usize>,
    /// Password checks that may wait; further ones are answered 429
    #[arg(long, env = "PASSWORD_HASH_QUEUE", default_value_t = 500, value_name = "N", value_parser = between(QUEUE))]
    pub password_hash_queue: usize,
    /// Failed logins allowed per address and account; one is forgotten every 30 seconds
    #[arg(long, env = "LOGIN_FAILURES", default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub login_failures: u32,
    /// Allow clients to create accounts. `closed`: only existing accounts can log in
    #[arg(long, env = "REGISTRATION", default_value = "open", value_parser = choice::<Registration>())]
    pub registration: Registration,
    /// Registrations allowed per address (IPv6: /64); one is forgotten every 30 seconds. This machine is exempt
    #[arg(long, env = "REGISTRATIONS", default_value_t = 200, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub registrations: u32,
    /// Maximum number of concurrent logins per account in session-svc, and per kind of token in token-svc. One more ends the least
    /// recently used. `off`: unlimited. cookie-svc keeps no list of logins
    #[arg(long, env = "LOGINS_AT_MOST", default_value = "100", value_parser = LoginsAtMost::parse, value_name = "N")]
    pub logins_at_most: LoginsAtMost,
    /// How to refuse copies of an ended login. In session-svc and for opaque tokens: how to learn of a password change at another service
    #[arg(long, env = "REVOCATION", default_value = "feed", value_parser = choice::<Reach>())]
    pub revocation: Reach,
    #[command(flatten)]
    pub redis: RedisSettings,
    #[command(flatten)]
    pub limits: Limits,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the data folder {folder} cannot be made: {source}; choose another with DATA_DIR")]
    DataFolder { folder: PathBuf, source: io::Error },
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("DATABASE_PASSWORD_FILE: {0}")]
    DatabasePassword(String),
    #[error("CSRF_TRUSTED_ORIGINS: {0}")]
    TrustedOrigin(String),
}

/// Settings of any kind at their defaults as `adjusted` leaves them, whatever the environment says.
pub fn defaults<S: Args>(adjusted: impl FnOnce(Command) -> Command) -> S {
    parsed(adjusted, &[]).expect("every setting has a default, and it is valid")
}

/// Settings of any kind as these flags say, whatever the environment says.
pub fn given<S: Args>(flags: &[String]) -> Result<S, clap::Error> {
    parsed(convert::identity, flags)
}

fn parsed<S: Args>(adjusted: impl FnOnce(Command) -> Command, flags: &[String]) -> Result<S, clap::Error> {
    #[derive(Parser)]
    struct Alone<S: Args> {
        #[command(flatten)]
        settings: S,
    }
    let deaf = adjusted(Alone::<S>::command()).mut_args(|argument| argument.env(None::<&str>));
    let matches = deaf.try_get_matches_from(iter::once("").chain(flags.iter().map(String::as_str)))?;
    Ok(Alone::from_arg_matches(&matches)?.settings)
}

impl Settings {
    /// The defaults, with all data in this folder, whatever the environment says.
    pub fn embedded(folder: &Path) -> Self {
        Self { data_dir: folder.to_owned(), ..defaults(convert::identity) }
    }

    /// Makes the data folder if it is not there.
    pub fn make_data_folder(&self) -> Result<(), SettingsError> {
        fs::create_dir_all(&self.data_dir)
            .map_err(|source| SettingsError::DataFolder { folder: self.data_dir.clone(), source })
    }

    pub fn keys(&self) -> Result<Keys, SettingsError> {
        let fallbacks = self.secret_key_fallbacks.clone();
        if let Some(key) = &self.secret_key {
            return Ok(Keys::new(key.clone(), fallbacks)?);
        }
        let file = self.secret_key_file.clone().unwrap_or_else(|| self.data_dir.join("secret_key"));
        Ok(Keys::from_file(&file, fallbacks)?)
    }

    /// Where the database is and how it is talked to.
    pub fn database(&self) -> Result<Access, SettingsError> {
        let embedded = || format!("sqlite:{}", self.data_dir.join("authlab.sqlite3").display());
        let url = self.database_url.clone().unwrap_or_else(embedded);
        let url = match &self.database_password_file {
            None => Secret::new(url),
            Some(file) => with_password(&url, file).map_err(SettingsError::DatabasePassword)?,
        };
        Ok(Access {
            url,
            authorities: self.database_ca.clone(),
            prepared_statements: self.database_prepared_statements,
        })
    }

    pub fn policy(&self) -> Policy {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        Policy {
            password_min_length: self.password_min_length,
            hash_concurrency: self.password_hash_concurrency.unwrap_or_else(processors),
            hash_queue: self.password_hash_queue,
            login_failures: self.login_failures,
            registrations: self.registrations,
            registration: self.registration,
        }
    }

    /// Refuses unsafe requests that another site sent, but for the trusted ones.
    pub fn cross_site(&self) -> Result<CsrfLayer, SettingsError> {
        self.csrf_trusted_origins.iter().try_fold(CsrfLayer::new(), |layer, origin| {
            layer.add_trusted_origin(origin).map_err(|error| SettingsError::TrustedOrigin(error.to_string()))
        })
    }
}

/// A switch as a setting.
pub fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("`on` or `off`".to_owned()),
    }
}

/// Parses a number of this range.
pub(crate) fn between(range: RangeInclusive<usize>) -> impl Fn(&str) -> Result<usize, String> + Clone {
    move |text| match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(format!("must be a number from {} to {}", range.start(), range.end())),
    }
}

#[cfg(test)]
mod tests {
    use super::{PASSWORD_LENGTHS, QUEUE, THREADS, between};

    #[test]
    fn limits_of_nothing_and_absurd_ones_are_refused() {
        for limit in [PASSWORD_LENGTHS, THREADS, QUEUE].map(between) {
            assert!(limit("0").is_err() && limit("1000000000000").is_err() && limit("16").is_ok());
        }
        assert_eq!(between(THREADS)("0"), Err("must be a number from 1 to 1024".to_owned()));
    }
}
