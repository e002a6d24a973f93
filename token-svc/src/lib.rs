//! The token mechanism: the client holds a token, and presents it in a header or in a cookie.
//!
//! By default the access token is a JSON Web Token, signed with HS256, EdDSA, ES256 or RS256. It contains the account, its own lifetime
//! and the client's items. At first sight it costs an HMAC or a signature, later a digest, and at each request a look into the list of
//! ended logins. It lives for minutes, and a refresh token replaces it. The other kind is the opaque token: a random text.
//! Everything else is on the server, in the database or in Redis.
//!
//! * [`mechanism`]: the verbs; start here
//! * [`access_token`]: the token of a request, and its kind
//! * [`signed`]: access tokens of the kind JWT; [`claims`], [`items`]: what they contain
//! * [`jwt`]: keys, signing and verification
//! * [`family`]: refresh tokens; [`opaque`]: opaque tokens; [`text`]: the text of both
//! * [`login_row`], [`login_table`]: what families and opaque tokens in the database have in common
//! * [`introspection`]: who may ask about tokens, and the answers
//! * [`settings`]: the settings
//!
//! # Limitations
//!
//! Every copy of a JWT works until it expires, unless an ending reaches it ([`authlab_endings`], the setting `REVOCATION`). Its items
//! travel with every request, and of two parallel writes the later token wins. A client that refreshes without its old access token
//! loses its items. An opaque token has none of these limits, and costs a read of its store per request.

mod access_token;
mod claims;
mod family;
mod introspection;
mod items;
mod jwt;
mod login_row;
mod login_table;
mod mechanism;
mod opaque;
mod settings;
mod signed;
mod text;

use std::sync::Arc;

use authlab_mechanism::Mechanism;
use authlab_service::{Ground, Service, StartError, purge_regularly};

use crate::mechanism::IssuedTokens;
pub use crate::{
    access_token::{AccessToken, COOKIES},
    items::Items,
    jwt::{Algorithm, FormerKey, KeyRing},
    settings::{TokenSettings, TokenStore},
    signed::SignedTokens,
};

impl Service for TokenSettings {
    const NAME: &'static str = "token-svc";
    const ABOUT: &'static str = env!("CARGO_PKG_DESCRIPTION");
    const DEFAULT_PORT: u16 = 8003;
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    async fn mechanism(&self, ground: &Ground) -> Result<Arc<dyn Mechanism>, StartError> {
        let tokens = Arc::new(IssuedTokens::open(self, ground).await?);
        purge_regularly(&tokens, "cannot delete expired tokens", |tokens| async move { tokens.purge().await });
        Ok(tokens)
    }
}
