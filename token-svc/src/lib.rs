//! The token mechanism: the client carries a token, in a header or in a cookie.
//!
//! By default a JSON Web Token, which says who, since when and until when, and carries the client's items; it is signed with HS256,
//! EdDSA, ES256 or RS256. It costs an HMAC or a signature when it is first seen, and a digest from then on; every request, a glance
//! at the list of what was ended. It lives for minutes, and a refresh token buys the next one. Or an opaque token: random, and
//! everything is in a row of the database.
//!
//! * [`mechanism`]: the verbs, start here; [`changes`]: how logins begin and end
//! * [`carriers`]: where a token is found; [`logins`]: an account's logins
//! * [`signed`]: JWTs by themselves; [`claims`], [`items`]: what one says and carries
//! * [`jwt`]: keys, signing, and the one place where a token is believed or not; [`object`]: JSON, read strictly
//! * [`family`]: refresh tokens; [`opaque`]: opaque tokens; [`text`]: how both are written
//! * [`oauth`], [`introspection`]: what OAuth 2.0 clients ask
//! * [`settings`]: what can be set; [`purge`]: what has expired goes
//!
//! # Limitations
//!
//! A JWT works until it expires, wherever a copy of it is, unless it is written down that it has ended ([`shared::endings`], the
//! setting `REVOCATION`). Its items travel with every request, and of two parallel writes the later token wins. Who refreshes
//! without showing the old token loses its items. An opaque token has none of this, and costs an SQL read a request.

mod carriers;
mod changes;
mod claims;
mod family;
mod introspection;
mod items;
mod jwt;
mod logins;
mod mechanism;
mod oauth;
mod object;
mod opaque;
mod purge;
mod settings;
mod signed;
mod text;

use std::sync::Arc;

use shared::{
    mechanism::Mechanism,
    service::{Ground, Service, StartError},
};

use crate::mechanism::IssuedTokens;
pub use crate::{
    items::Items,
    jwt::{Algorithm, FormerKey, KeyRing},
    settings::TokenSettings,
    signed::SignedTokens,
};

impl Service for TokenSettings {
    const NAME: &'static str = "token-svc";
    const ABOUT: &'static str = env!("CARGO_PKG_DESCRIPTION");
    const DEFAULT_PORT: u16 = 8003;
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    async fn mechanism(&self, ground: &Ground) -> Result<Arc<dyn Mechanism>, StartError> {
        let tokens = Arc::new(IssuedTokens::open(self, ground).await?);
        purge::keep_clear(&tokens);
        Ok(tokens)
    }
}
