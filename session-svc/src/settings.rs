//! What can be set about sessions and their cookie; named as in Django where Django has it.

use std::{borrow::Cow, fs, path::PathBuf, str::FromStr, time::Duration};

use clap::ArgAction;
use shared::{
    cookie_attributes::{Contradiction, CookieAttributes, SameSite, SecureCookies},
    secret::Secret,
    serve::seconds,
    service::StartError,
    settings::on_or_off,
};

use crate::{cookie::SessionCookie, lifetime::Lifetimes, room::BIGGEST_SESSION, store::redis::SentinelLogin};

/// Where sessions are kept.
#[derive(Clone, Debug, Default)]
pub enum Store {
    /// In this process: a restart logs everyone out, and two instances do not know each other's sessions.
    #[default]
    Memory,
    /// In the database, as Django keeps them.
    Sql,
    /// In the Redis at this address, which may hold a password.
    Redis(Secret),
}

impl FromStr for Store {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "memory" => Ok(Self::Memory),
            "sql" => Ok(Self::Sql),
            url => in_redis(url).map_err(|_| "`memory`, `sql` or the URL of a Redis"),
        }
    }
}

/// Whether it is one that can be used is said when it is, where it is not repeated: it may hold a password.
fn in_redis(url: &str) -> Result<Store, &'static str> {
    url.contains(':').then(|| Store::Redis(Secret::new(url))).ok_or("the URL of a Redis")
}

/// The text with which all keys in Redis begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionPrefix(String);

/// Characters of a prefix: every session repeats it.
const LONGEST_PREFIX: usize = 64;

impl SessionPrefix {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for SessionPrefix {
    type Err = &'static str;

    /// Braces would choose the slot of a cluster, and `*`, `?`, `[` mean something in the patterns of an ACL.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b":._-".contains(&byte);
        if text.len() > LONGEST_PREFIX || !text.bytes().all(allowed) {
            return Err("a prefix has at most 64 characters, of `A-Za-z0-9:._-`");
        }
        Ok(Self(text.to_owned()))
    }
}

#[derive(Clone, Debug, clap::Args)]
pub struct SessionSettings {
    /// Where sessions are kept: `memory` (a restart logs everyone out), `sql` (the database, as Django keeps them) or a Redis:
    /// `redis://[USER:PASSWORD@]HOST:PORT[/DATABASE]`, `redis+sentinel://HOST:PORT,…/NAME[/DATABASE]` for the master that these
    /// sentinels name, `redis+cluster://HOST:PORT,…` for the cluster of these nodes, `rediss…` for each of them with TLS;
    /// without it, `REDIS_URL`, and without that, `memory`
    #[arg(long, env = "SESSION_STORE", hide_env_values = true, value_name = "STORE")]
    pub session_store: Option<Store>,
    /// Address of a Redis for sessions, where `SESSION_STORE` says nothing
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_name = "URL", value_parser = in_redis)]
    pub redis_url: Option<Store>,
    /// File with the certificates, in PEM, of the authorities that a Redis with TLS is trusted by; without it, the system's
    #[arg(long, env = "REDIS_CA", value_name = "FILE")]
    pub redis_ca: Option<PathBuf>,
    /// Password for the sentinels of `redis+sentinel://`, where they want one; the one in the URL is for the master
    #[arg(long, env = "SENTINEL_PASSWORD", hide_env_values = true, value_name = "PASSWORD")]
    pub sentinel_password: Option<Secret>,
    /// User for the sentinels; without it, their default user
    #[arg(long, env = "SENTINEL_USERNAME", value_name = "USER", requires = "sentinel_password")]
    pub sentinel_username: Option<String>,
    /// Prefix of all keys in Redis, which keeps deployments on one Redis apart; without it, an id that the database keeps
    #[arg(long, env = "SESSION_PREFIX", value_name = "PREFIX")]
    pub session_prefix: Option<SessionPrefix>,
    /// Seconds that a session lives after it was last used
    #[arg(long, env = "SESSION_COOKIE_AGE", default_value = "1209600", value_parser = at_least_a_second, value_name = "SECONDS")]
    pub session_cookie_age: Duration,
    /// Seconds after which a login ends however much it is used (NIST SP 800-63B-4: 30 days at most)
    #[arg(long, env = "SESSION_ABSOLUTE_AGE", default_value = "2592000", value_parser = at_least_a_second, value_name = "SECONDS")]
    pub session_absolute_age: Duration,
    /// Seconds that a session without a login lives after it was last used, if that is less than `SESSION_COOKIE_AGE`
    #[arg(long, env = "ANONYMOUS_SESSION_AGE", default_value = "86400", value_parser = at_least_a_second, value_name = "SECONDS")]
    pub anonymous_session_age: Duration,
    /// Bytes that the items of a session without a login may take; with a login it is 65536
    #[arg(long, env = "ANONYMOUS_SESSION_BYTES", default_value = "4096", value_parser = room, value_name = "BYTES")]
    pub anonymous_session_bytes: usize,
    /// With `SESSION_STORE=memory`: bytes of memory for all sessions without a login; the least recently used of them go first
    #[arg(long, env = "ANONYMOUS_MEMORY", default_value = "67108864", value_parser = memory, value_name = "BYTES")]
    pub anonymous_memory: usize,
    /// Prolong the session, and send its cookie, on every request; else once a twentieth of its life has passed
    #[arg(long, env = "SESSION_SAVE_EVERY_REQUEST", default_value = "off", value_parser = on_or_off, action = ArgAction::Set, value_name = "on|off")]
    pub session_save_every_request: bool,
    /// Let browsers forget the cookie when they are closed; on the server the session lives on until its time is over
    #[arg(long, env = "SESSION_EXPIRE_AT_BROWSER_CLOSE", default_value = "off", value_parser = on_or_off, action = ArgAction::Set, value_name = "on|off")]
    pub session_expire_at_browser_close: bool,
    /// Name of the cookie. `__Host-sessionid` keeps other hosts of the domain from setting it; it needs Secure, the path `/` and no domain
    #[arg(long, env = "SESSION_COOKIE_NAME", default_value = "sessionid", value_name = "NAME")]
    pub session_cookie_name: String,
    /// Whether the cookie is `Secure`; without it, as `COOKIE_SECURE` says
    #[arg(long, env = "SESSION_COOKIE_SECURE", value_enum, ignore_case = true)]
    pub session_cookie_secure: Option<SecureCookies>,
    /// With which requests that another site started the cookie goes along
    #[arg(long, env = "SESSION_COOKIE_SAMESITE", value_enum, ignore_case = true, default_value_t)]
    pub session_cookie_samesite: SameSite,
    /// Domain of the cookie, to share it with other hosts; without it, it is for this host alone
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

    /// The certificates of the file, as it is now.
    pub(crate) fn redis_authorities(&self) -> Result<Option<Vec<u8>>, StartError> {
        let Some(file) = &self.redis_ca else { return Ok(None) };
        let unreadable = |error| format!("{} cannot be read: {error}", file.display());
        let read = fs::read(file).map(Some).map_err(unreadable);
        read.map_err(|problem| StartError::Mechanism { setting: "REDIS_CA", problem })
    }

    pub(crate) fn sentinel_login(&self) -> Option<SentinelLogin> {
        let username = self.sentinel_username.clone();
        self.sentinel_password.clone().map(|password| SentinelLogin { username, password })
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

    /// Refuses what a browser would drop, or would not keep as it was meant.
    pub(crate) fn attributes(&self, cookie_secure: SecureCookies) -> Result<CookieAttributes, StartError> {
        let attributes = CookieAttributes {
            secure: self.session_cookie_secure,
            same_site: self.session_cookie_samesite,
            domain: self.session_cookie_domain.clone(),
            path: Cow::Owned(self.session_cookie_path.clone()),
        };
        match attributes.fit(&self.session_cookie_name, cookie_secure) {
            Ok(()) => Ok(attributes),
            Err(problem) => Err(StartError::Mechanism { setting: setting_of(problem), problem: problem.to_string() }),
        }
    }
}

/// The setting that is to be changed, or the first of them.
fn setting_of(problem: Contradiction) -> &'static str {
    match problem {
        Contradiction::Name => "SESSION_COOKIE_NAME",
        Contradiction::NoneWithoutSecure | Contradiction::PrefixWithoutSecure => "SESSION_COOKIE_SECURE",
        Contradiction::Domain | Contradiction::HostWithDomain => "SESSION_COOKIE_DOMAIN",
        Contradiction::Path | Contradiction::HostWithPath => "SESSION_COOKIE_PATH",
    }
}

/// Enough for a preference or two.
const LEAST_ROOM: usize = 256;
/// Enough for some hundred visitors.
const LEAST_MEMORY: usize = 1024 * 1024;
const MOST_MEMORY: usize = 64 * 1024 * 1024 * 1024;

fn room(text: &str) -> Result<usize, String> {
    bytes(text, LEAST_ROOM, BIGGEST_SESSION)
}

fn memory(text: &str) -> Result<usize, String> {
    bytes(text, LEAST_MEMORY, MOST_MEMORY)
}

fn bytes(text: &str, least: usize, most: usize) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("not a number of bytes from {least} to {most}"))
}

fn at_least_a_second(text: &str) -> Result<Duration, String> {
    match seconds(text)? {
        age if age < Duration::from_secs(1) => Err("less than a second".to_owned()),
        age => Ok(age),
    }
}

#[cfg(test)]
mod tests {
    use super::SessionPrefix;

    #[test]
    fn a_prefix_is_short_and_plain() {
        for text in ["", "a", "shop:sessions:", "A-b_c.9", &"x".repeat(64)] {
            assert_eq!(text.parse::<SessionPrefix>().unwrap().as_str(), text);
        }
        for text in ["{a}", "a*", "a b", "é", "a\n", &"x".repeat(65)] {
            assert!(text.parse::<SessionPrefix>().is_err(), "{text}");
        }
    }
}
