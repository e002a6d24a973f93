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

use crate::{cookie::SessionCookie, lifetime::Lifetimes};

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
    /// Seconds that a session lives after it was last used
    #[arg(long, env = "SESSION_COOKIE_AGE", default_value = "1209600", value_parser = at_least_a_second, value_name = "SECONDS")]
    pub session_cookie_age: Duration,
    /// Seconds after which a login ends however much it is used (NIST SP 800-63B-4: 30 days at most)
    #[arg(long, env = "SESSION_ABSOLUTE_AGE", default_value = "2592000", value_parser = at_least_a_second, value_name = "SECONDS")]
    pub session_absolute_age: Duration,
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

    pub(crate) fn lifetimes(&self) -> Lifetimes {
        Lifetimes {
            idle: self.session_cookie_age,
            absolute: self.session_absolute_age,
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

fn at_least_a_second(text: &str) -> Result<Duration, String> {
    match seconds(text)? {
        age if age < Duration::from_secs(1) => Err("less than a second".to_owned()),
        age => Ok(age),
    }
}
