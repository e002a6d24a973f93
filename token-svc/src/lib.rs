//! The token mechanism: the client carries a JSON Web Token, in a header or in a cookie.
//!
//! The token says who, since when and until when, and carries the client's items; it is signed with HS256. A request costs
//! one HMAC and a glance at the list of what was ended. It lives for minutes.
//!
//! * [`mechanism`]: the verbs, start here
//! * [`claims`]: what a token says
//! * [`jwt`]: signing, and the one place where a token is believed or not
//!
//! # Limitations
//!
//! A token works until it expires, wherever a copy of it is, unless it is written down that it has ended
//! ([`shared::revocation`], the setting `REVOCATION`). Logins cannot be listed. Items travel with every request, and of two parallel writes the later
//! token wins.

mod claims;
mod jwt;
mod mechanism;

use std::{sync::Arc, time::Duration};

use shared::{
    mechanism::Mechanism,
    serve::seconds,
    service::{Ground, Service, StartError},
    settings::on_or_off,
};

pub use crate::mechanism::SignedTokens;

/// What can be set about tokens.
#[derive(Clone, Debug, clap::Args)]
pub struct TokenSettings {
    /// Seconds that an access token holds
    #[arg(long, env = "ACCESS_TOKEN_LIFETIME", default_value = "300", value_parser = seconds, value_name = "SECONDS")]
    pub access_token_lifetime: Duration,
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
        Ok(Arc::new(SignedTokens::new(&ground.keys, ground.clock.clone(), self, revocations)))
    }
}
