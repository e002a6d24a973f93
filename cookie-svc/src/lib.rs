//! The cookie mechanism: the client carries everything, signed byte for byte as Django signs.
//!
//! The login is the cookie `login`: `signing.dumps({"u": username, …}, salt="login")`. It contains the account, its issue time and its
//! end, and cannot be changed without the key. Each item is a separate cookie, signed or encrypted. The server keeps nothing and reads
//! no store: a request costs one HMAC per cookie and a look-up in the list of ended logins.
//!
//! * [`mechanism`]: the methods of the mechanism; start here
//! * [`login_cookie`]: the login and its end; [`payload`]: the content of the cookie
//! * [`item_cookies`]: items, each bound to its name
//! * [`private`]: items that the client cannot read
//!
//! # Limitations
//!
//! Copies of a cookie are accepted until they expire, unless their ending is recorded ([`authlab_endings`], the setting `REVOCATION`).
//! Logins cannot be listed, since the server keeps no record of them. An older copy of an item is as valid as the newest.

mod item_cookies;
mod login_cookie;
mod mechanism;
mod payload;
mod private;

use std::{sync::Arc, time::Duration};

use authlab_endings::Scope;
use authlab_mechanism::Mechanism;
use authlab_service::{Ground, Service, StartError, seconds, settings::on_or_off};

pub use crate::mechanism::SignedCookies;

/// The settings of the cookies.
#[derive(Clone, Debug, clap::Args)]
pub struct CookieSettings {
    /// Seconds for which a login cookie is valid, counted from its stamp
    #[arg(long, env = "LOGIN_MAX_AGE", default_value = "1209600", value_parser = seconds, value_name = "SECONDS")]
    pub login_max_age: Duration,
    /// Read cookies signed by Django before June 2026, whose names and salts can be confused (CVE-2026-6873)
    #[arg(long, env = "SIGNED_COOKIE_LEGACY_SALT_FALLBACK", default_value = "off", value_parser = on_or_off, action = clap::ArgAction::Set, value_name = "on|off")]
    pub signed_cookie_legacy_salt_fallback: bool,
}

impl Service for CookieSettings {
    const NAME: &'static str = "cookie-svc";
    const ABOUT: &'static str = env!("CARGO_PKG_DESCRIPTION");
    const DEFAULT_PORT: u16 = 8001;
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    async fn mechanism(&self, ground: &Ground) -> Result<Arc<dyn Mechanism>, StartError> {
        let endings = ground.endings(Scope::Cookie, self.login_max_age).await?;
        Ok(Arc::new(SignedCookies::new(&ground.keys, ground.clock.clone(), self, Some(endings))))
    }
}
