//! The settings of sessions and their cookie, named as in Django where Django has them.

use std::{borrow::Cow, str::FromStr, time::Duration};

use authlab_mechanism::cookie_attributes::{Contradiction, CookieAttributes, SameSite, SecureCookies};
use authlab_redis::KeyPrefix;
use authlab_secrets::Secret;
use authlab_service::{StartError, choice::choice, redis::redis_url, seconds, settings::on_or_off};
use clap::ArgAction;

use crate::{cookie::SessionCookie, lifetime::Lifetimes, room::MAX_SESSION_BYTES};

/// Where sessions are kept.
#[derive(Clone, Debug, Default)]
pub enum Store {
    /// In this process. A restart ends all logins, and instances do not share sessions.
    #[default]
    Memory,
    /// In the database, as Django keeps them.
    Sql,
    /// In Redis at this address, which may contain a password.
    Redis(Secret),
}

impl FromStr for Store {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "memory" => Ok(Self::Memory),
            "sql" => Ok(Self::Sql),
            url => in_redis(url).map_err(|_| "must be `memory`, `sql` or the URL of a Redis"),
        }
    }
}

fn in_redis(url: &str) -> Result<Store, &'static str> {
    redis_url(url).map(Store::Redis)
}

#[derive(Clone, Debug, clap::Args)]
pub struct SessionSettings {
    /// Store for sessions: `memory` (a restart ends all logins), `sql` (Django's table in the database), or the URL of a Redis. One server
    /// is `redis://[USER:PASSWORD@]HOST:PORT[/DATABASE]`. `redis+sentinel://HOST:PORT,…/NAME[/DATABASE]` is the master that these
    /// sentinels name, and `redis+cluster://HOST:PORT,…` the cluster of these nodes. With TLS, each begins with `rediss`. The default is
    /// `REDIS_URL`, and without it `memory`
    #[arg(long, env = "SESSION_STORE", hide_env_values = true, value_name = "STORE")]
    pub session_store: Option<Store>,
    /// Redis for sessions, if `SESSION_STORE` is not set
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_name = "URL", value_parser = in_redis)]
    pub redis_url: Option<Store>,
    /// Prefix of all keys in Redis, which separates deployments on one Redis. The default is an id kept in the database
    #[arg(long, env = "SESSION_PREFIX", value_name = "PREFIX")]
    pub session_prefix: Option<KeyPrefix>,
    /// Idle timeout of a session in seconds
    #[arg(long, env = "SESSION_COOKIE_AGE", default_value = "1209600", value_parser = at_least_a_second, value_name = "SECONDS")]
    pub session_cookie_age: Duration,
    /// Absolute timeout of a login in seconds (NIST SP 800-63B-4: 30 days at most)
    #[arg(long, env = "SESSION_ABSOLUTE_AGE", default_value = "2592000", value_parser = at_least_a_second, value_name = "SECONDS")]
    pub session_absolute_age: Duration,
    /// Idle timeout in seconds of a session without a login, if shorter than `SESSION_COOKIE_AGE`
    #[arg(long, env = "ANONYMOUS_SESSION_AGE", default_value = "86400", value_parser = at_least_a_second, value_name = "SECONDS")]
    pub anonymous_session_age: Duration,
    /// Maximum size in bytes of the items in a session without a login. With a login it is 65536
    #[arg(long, env = "ANONYMOUS_SESSION_BYTES", default_value = "4096", value_name = "BYTES")]
    #[arg(value_parser = bytes::<MIN_ANONYMOUS_BYTES, MAX_SESSION_BYTES>)]
    pub anonymous_session_bytes: usize,
    /// With `SESSION_STORE=memory`: maximum memory in bytes for all sessions without a login. More ends the least recently used of them
    #[arg(long, env = "ANONYMOUS_MEMORY", default_value = "67108864", value_name = "BYTES")]
    #[arg(value_parser = bytes::<MIN_ANONYMOUS_MEMORY, MAX_ANONYMOUS_MEMORY>)]
    pub anonymous_memory: usize,
    /// Prolong the session and send its cookie on every request. `off`: only after a twentieth of its lifetime
    #[arg(long, env = "SESSION_SAVE_EVERY_REQUEST", default_value = "off", value_parser = on_or_off, action = ArgAction::Set, value_name = "on|off")]
    pub session_save_every_request: bool,
    /// Seconds for which a second, signed cookie lets `/verify` answer without the store, at most 300. 0: `/verify` always asks the store. Set
    /// it at all instances alike: with it, each writes every ending to the database, where the others see it within a second
    #[arg(long, env = "SESSION_CACHE", default_value = "0", value_parser = cache_seconds, value_name = "SECONDS")]
    pub session_cache: Duration,
    /// Let browsers delete the cookie when they are closed. The session still lives until its timeout
    #[arg(long, env = "SESSION_EXPIRE_AT_BROWSER_CLOSE", default_value = "off", value_parser = on_or_off, action = ArgAction::Set, value_name = "on|off")]
    pub session_expire_at_browser_close: bool,
    /// Name of the cookie. `__Host-sessionid` prevents other hosts of the domain from setting it, but needs Secure, path `/` and no domain
    #[arg(long, env = "SESSION_COOKIE_NAME", default_value = "sessionid", value_name = "NAME")]
    pub session_cookie_name: String,
    /// Make the cookie `Secure`. The default is `COOKIE_SECURE`
    #[arg(long, env = "SESSION_COOKIE_SECURE", value_parser = choice::<SecureCookies>(), ignore_case = true)]
    pub session_cookie_secure: Option<SecureCookies>,
    /// Requests from other sites that browsers send the cookie with
    #[arg(long, env = "SESSION_COOKIE_SAMESITE", value_parser = choice::<SameSite>(), ignore_case = true, default_value = "lax")]
    pub session_cookie_samesite: SameSite,
    /// Domain of the cookie, to share it with other hosts. The default is only this host
    #[arg(long, env = "SESSION_COOKIE_DOMAIN", value_name = "DOMAIN")]
    pub session_cookie_domain: Option<String>,
    /// Path of the cookie
    #[arg(long, env = "SESSION_COOKIE_PATH", default_value = "/", value_name = "PATH")]
    pub session_cookie_path: String,
}

impl SessionSettings {
    pub(crate) fn store(&self) -> Store {
        self.session_store.clone().or_else(|| self.redis_url.clone()).unwrap_or_default()
    }

    pub(crate) fn lifetimes(&self) -> Lifetimes {
        Lifetimes {
            idle: self.session_cookie_age,
            absolute: self.session_absolute_age,
            anonymous: self.anonymous_session_age,
            save_every_request: self.session_save_every_request,
        }
    }

    pub(crate) fn cookie(&self) -> SessionCookie {
        SessionCookie {
            name: self.session_cookie_name.clone(),
            until_browser_close: self.session_expire_at_browser_close,
        }
    }

    /// An error for a cookie that browsers would drop, or keep with another meaning.
    pub(crate) fn attributes(&self, cookie_secure: SecureCookies) -> Result<CookieAttributes, StartError> {
        let attributes = CookieAttributes {
            secure: self.session_cookie_secure,
            same_site: self.session_cookie_samesite,
            domain: self.session_cookie_domain.clone(),
            path: Cow::Owned(self.session_cookie_path.clone()),
        };
        match attributes.check(&self.session_cookie_name, cookie_secure) {
            Ok(()) => Ok(attributes),
            Err(problem) => Err(StartError::Mechanism { setting: setting_of(problem), problem: problem.to_string() }),
        }
    }
}

/// The setting to change, or the first of several.
fn setting_of(problem: Contradiction) -> &'static str {
    match problem {
        Contradiction::Name => "SESSION_COOKIE_NAME",
        Contradiction::NoneWithoutSecure | Contradiction::PrefixWithoutSecure => "SESSION_COOKIE_SECURE",
        Contradiction::Domain | Contradiction::HostWithDomain => "SESSION_COOKIE_DOMAIN",
        Contradiction::Path | Contradiction::HostWithPath => "SESSION_COOKIE_PATH",
    }
}

/// Enough for one or two preferences.
const MIN_ANONYMOUS_BYTES: usize = 256;
/// Enough for some hundred sessions.
const MIN_ANONYMOUS_MEMORY: usize = 1024 * 1024;
const MAX_ANONYMOUS_MEMORY: usize = 64 * 1024 * 1024 * 1024;

fn bytes<const MIN: usize, const MAX: usize>(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (MIN..=MAX).contains(number));
    number.ok_or_else(|| format!("must be a number of bytes from {MIN} to {MAX}"))
}

/// A longer cache would keep a username for too long after the account's row has changed.
const MAX_CACHE: Duration = Duration::from_mins(5);

fn cache_seconds(text: &str) -> Result<Duration, String> {
    match seconds(text)? {
        cache if cache <= MAX_CACHE => Ok(cache),
        _ => Err("must be at most 300 seconds".to_owned()),
    }
}

fn at_least_a_second(text: &str) -> Result<Duration, String> {
    match seconds(text)? {
        age if age < Duration::from_secs(1) => Err("must be at least one second".to_owned()),
        age => Ok(age),
    }
}
