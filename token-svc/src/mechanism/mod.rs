//! The token mechanism: logins by access tokens of both kinds.
//!
//! * [`verbs`]: what a request can do; start here
//! * [`presented_login`]: the login behind a request
//! * [`begin`], [`end`]: how logins begin and end
//! * [`logins`]: an account's logins, listed and ended
//! * [`oauth`]: the calls of OAuth 2.0 clients
//! * [`purge`]: expired rows are deleted

mod begin;
mod end;
mod logins;
mod oauth;
mod presented_login;
mod purge;
mod verbs;

use std::{num::NonZeroU32, time::Duration};

use authlab_clock::Clock;
use authlab_database::Database;
use authlab_endings::{Endings, Scope};
use authlab_mechanism::{
    cookie_attributes::CookieAttributes,
    handover::{RefreshToken, Token},
    login::{Card, Carrier, Place, Scheme, StateLives},
    presented::Presented,
    refusal::{Cannot, Denied, Refusal},
    tokens::TokenKind,
};
use authlab_secrets::Secret;
use authlab_service::{Ground, StartError, settings::LoginsAtMost};

use self::presented_login::PresentedLogin;
use crate::{
    access_token::{AccessToken, COOKIES},
    family::{Families, Family},
    introspection::IntrospectionSecret,
    opaque::OpaqueTokens,
    settings::TokenSettings,
    signed::SignedTokens,
};

#[derive(Debug)]
pub(crate) struct IssuedTokens {
    card: Card,
    default_kind: TokenKind,
    signed: SignedTokens,
    families: Families,
    opaque: OpaqueTokens,
    introspection_secret: Option<IntrospectionSecret>,
    database: Database,
    endings: Endings,
    access_lifetime: Duration,
    logins_at_most: Option<NonZeroU32>,
    clock: Clock,
}

impl IssuedTokens {
    /// Reads the keys, and loads what has ended.
    pub(crate) async fn open(settings: &TokenSettings, ground: &Ground) -> Result<Self, StartError> {
        let (database, clock) = (&ground.database, &ground.clock);
        let lifetime = settings.access_token_lifetime.max(settings.opaque_token_lifetime);
        let endings = ground.endings(Scope::Token, lifetime).await?;
        let opaque = OpaqueTokens::open(settings, ground, endings.clone()).await?;
        Ok(Self {
            card: card(settings, opaque.store.place(), ground.logins_at_most),
            default_kind: settings.token_kind,
            signed: SignedTokens::new(settings.key_ring(ground)?, clock.clone(), settings, Some(endings.clone())),
            families: Families::new(ground, settings),
            opaque,
            introspection_secret: IntrospectionSecret::from_settings(settings)?,
            database: database.clone(),
            endings,
            access_lifetime: settings.access_token_lifetime,
            logins_at_most: ground.logins_at_most.0,
            clock: clock.clone(),
        })
    }

    async fn find(&self, presented: &Presented) -> Result<Result<PresentedLogin, Denied>, Refusal> {
        match AccessToken::from_presented(presented)? {
            None => Ok(Err(Denied::Missing)),
            Some(AccessToken::Opaque(token)) => Ok(self.opaque.find(token).await?.map(PresentedLogin::Opaque)),
            Some(AccessToken::Jwt(token)) => Ok(self.signed.open(token).await?.map(PresentedLogin::Jwt)),
        }
    }

    async fn logged_in(&self, presented: &Presented) -> Result<PresentedLogin, Refusal> {
        self.find(presented).await?.map_err(Refusal::NotLoggedIn)
    }

    /// The login that the password change has just ended. The next login takes over its kind and its items.
    async fn find_replaced(&self, presented: &Presented) -> Result<Option<PresentedLogin>, Refusal> {
        Ok(match AccessToken::from_presented(presented)? {
            None => None,
            Some(AccessToken::Opaque(token)) => self.opaque.read(token).await?.map(PresentedLogin::Opaque),
            Some(AccessToken::Jwt(token)) => self.signed.read(token).ok().map(PresentedLogin::Jwt),
        })
    }

    fn with_refresh_token(&self, token: Token, family: &Family, text: Secret) -> Token {
        let left = family.login.expires_at.saturating_sub(self.clock.seconds()).max(0).unsigned_abs();
        Token { refresh_token: Some(RefreshToken { text, expires_in: Duration::from_secs(left) }), ..token }
    }

    /// Refuses what needs an end that reaches every copy of a JWT.
    fn reaching_copies(&self, what: &'static str) -> Result<(), Cannot> {
        if self.endings.reach_copies() {
            return Ok(());
        }
        Err(Cannot {
            mechanism: "token",
            what,
            because: "REVOCATION is off, and a signed token works until it expires",
            instead: "set REVOCATION=feed, or use session-svc",
        })
    }
}

/// What `/about` says. It describes logins of the kind that a login gets if it names none.
fn card(settings: &TokenSettings, place: Place, at_most: LoginsAtMost) -> Card {
    let opaque = settings.token_kind == TokenKind::Opaque;
    Card {
        mechanism: "token",
        state_lives: if opaque { StateLives::Server } else { StateLives::Client },
        store: opaque.then_some(place),
        carriers: if settings.token_query {
            &[Carrier::Cookie, Carrier::Bearer, Carrier::Query]
        } else {
            &[Carrier::Cookie, Carrier::Bearer]
        },
        scheme: Scheme::Bearer(COOKIES),
        cookies: CookieAttributes::DEFAULT,
        lifetime: if opaque { settings.opaque_token_lifetime } else { settings.access_token_lifetime },
        login_lifetime: if opaque { settings.opaque_token_lifetime } else { settings.refresh_token_lifetime },
        logins_at_most: at_most.0,
        staleness: Duration::ZERO,
        anonymous_items: false,
        concurrent_item_writes: opaque,
    }
}
