//! The cookie mechanism: everything in the client, signed byte for byte as today's Django signs.
//!
//! The login is the cookie `login`: `signing.dumps({"u": username, …}, salt="login")`. It names the account, knows when it was
//! made and when it ends, and cannot be changed without the key. Each item is a cookie of its own, signed or encrypted. The server keeps nothing and looks
//! nothing up: a request costs one HMAC for each cookie, and a glance at the list of what was ended.
//!
//! * [`mechanism`]: the verbs, start here
//! * [`login_cookie`]: the login and when it ends; [`payload`]: what the cookie says
//! * [`item_cookies`]: items, each bound to its name
//! * [`private`]: items that the client cannot read
//!
//! # Limitations
//!
//! What the client carries works until it expires, wherever a copy of it is, unless it is written down that it has ended
//! ([`shared::endings`], the setting `REVOCATION`). Logins cannot be listed, since nobody counts them. An older copy of an item is as good as the newest.

mod item_cookies;
mod login_cookie;
mod mechanism;
mod payload;
mod private;

use std::{sync::Arc, time::Duration};

use shared::{
    endings::Scope,
    mechanism::Mechanism,
    serve::seconds,
    service::{Ground, Service, StartError},
    settings::on_or_off,
};

pub use crate::mechanism::SignedCookies;

/// What can be set about the cookies.
#[derive(Clone, Debug, clap::Args)]
pub struct CookieSettings {
    /// Seconds that a login cookie holds, judged by its stamp
    #[arg(long, env = "LOGIN_MAX_AGE", default_value = "1209600", value_parser = seconds, value_name = "SECONDS")]
    pub login_max_age: Duration,
    /// Read cookies that a Django of before June 2026 signed (CVE-2026-6873), whose names and salts can be mistaken for one another
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
