//! The verbs of the token mechanism. Which kind a token is, its text says: an opaque one has a prefix that no JWT has.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use async_trait::async_trait;
use shared::{
    clock::{Clock, whole_seconds},
    cookie_attributes::CookieAttributes,
    database::Database,
    endings::{Endings, Scope, Shown as ShownLogin},
    handover::{Handover, REFRESH_COOKIE, RefreshToken, Token},
    items::{Item, ItemKey, NewItem, Opening, Which},
    login::{Account, Card, Carrier, Granted, LoginId, NewLogin, Place, Recalled, Record, Scheme, StateLives},
    mechanism::{Logins, Mechanism, PartialLogout, Revocation, Tokens},
    presented::Presented,
    public_keys::PublicKeys,
    refusal::{Cannot, Denied, Refusal, Unavailable},
    secret::Secret,
    service::{Ground, StartError},
    settings::LoginsAtMost,
    telemetry::Collector,
    tokens::TokenKind,
};

use crate::{
    TokenSettings,
    carriers::{token, tokens},
    claims::Claims,
    family::{Families, Family},
    introspection::Asker,
    items::Items,
    opaque::{Kept, OpaqueTokens, is_opaque},
    signed::SignedTokens,
};

/// Logins by tokens of either kind.
#[derive(Debug)]
pub(crate) struct IssuedTokens {
    card: Card,
    kind: TokenKind,
    pub(crate) signed: SignedTokens,
    pub(crate) families: Families,
    pub(crate) opaque: OpaqueTokens,
    pub(crate) asker: Option<Asker>,
    pub(crate) database: Database,
    pub(crate) endings: Endings,
    access_lifetime: Duration,
    pub(crate) logins_at_most: Option<NonZeroU32>,
    pub(crate) clock: Clock,
}

/// A login that holds, by what was shown for it.
#[derive(Debug)]
pub(crate) enum Shown {
    Jwt(Arc<Claims>),
    Opaque(Kept),
}

impl IssuedTokens {
    /// Reads the keys, and what was ended.
    pub(crate) async fn open(settings: &TokenSettings, ground: &Ground) -> Result<Self, StartError> {
        let (database, clock) = (&ground.database, &ground.clock);
        let lifetime = settings.access_token_lifetime.max(settings.opaque_token_lifetime);
        let endings = ground.endings(Scope::Token, lifetime).await?;
        Ok(Self {
            card: card(settings, ground.logins_at_most),
            kind: settings.token_kind,
            signed: SignedTokens::new(settings.key_ring(ground)?, clock.clone(), settings, Some(endings.clone())),
            families: Families::new(ground, settings),
            opaque: OpaqueTokens::new(database.clone(), clock.clone(), endings.clone(), settings.opaque_token_lifetime),
            asker: Asker::known(settings)?,
            database: database.clone(),
            endings,
            access_lifetime: settings.access_token_lifetime,
            logins_at_most: ground.logins_at_most.0,
            clock: clock.clone(),
        })
    }

    /// What the client shows, if it holds.
    pub(crate) async fn shown(&self, presented: &Presented) -> Result<Result<Shown, Denied>, Refusal> {
        match token(presented)? {
            None => Ok(Err(Denied::Missing)),
            Some(token) if is_opaque(token) => Ok(self.opaque.find(token).await?.map(Shown::Opaque)),
            Some(token) => Ok(self.signed.open(token).await?.map(Shown::Jwt)),
        }
    }

    /// What the client shows, though its login has ended with the password that was just changed: kind and items go over to the next.
    async fn shown_before(&self, presented: &Presented) -> Result<Option<Shown>, Refusal> {
        Ok(match token(presented)? {
            None => None,
            Some(token) if is_opaque(token) => self.opaque.row(token).await?.ok().map(Shown::Opaque),
            Some(token) => self.signed.read(token).ok().map(Shown::Jwt),
        })
    }

    pub(crate) async fn logged_in(&self, presented: &Presented) -> Result<Shown, Refusal> {
        self.shown(presented).await?.map_err(Refusal::NotLoggedIn)
    }

    pub(crate) fn with_refresh_token(&self, token: Token, family: &Family, text: Secret) -> Token {
        let left = family.expires_at.saturating_sub(self.clock.seconds()).max(0).unsigned_abs();
        Token { refresh_token: Some(RefreshToken { text, expires_in: Duration::from_secs(left) }), ..token }
    }

    /// The items of the account's own former token are taken along; those of somebody else's are not.
    pub(crate) async fn items_of(&self, presented: &Presented, account: &Account) -> Items {
        let former = self.shown(presented).await.ok().and_then(Result::ok);
        former.filter(|former| former.account().id == account.id).map(Shown::into_items).unwrap_or_default()
    }

    /// By when every access token has expired that was issued until now, by the lifetime that is set.
    pub(crate) fn newest_access_token_expires_at(&self) -> i64 {
        self.clock.seconds().saturating_add(whole_seconds(self.access_lifetime))
    }

    /// What reaches tokens that are out in the world.
    fn reaching(&self, what: &'static str) -> Result<(), Cannot> {
        if self.endings.reach_copies() { Ok(()) } else { Err(cannot_end(what)) }
    }
}

impl Shown {
    pub(crate) fn account(&self) -> Account {
        match self {
            Self::Jwt(claims) => claims.account(),
            Self::Opaque(kept) => kept.account.clone(),
        }
    }

    pub(crate) fn login_id(&self) -> LoginId {
        match self {
            Self::Jwt(claims) => claims.login_id(),
            Self::Opaque(kept) => kept.login_id(),
        }
    }

    pub(crate) fn as_ended(&self) -> ShownLogin<'_> {
        match self {
            Self::Jwt(claims) => claims.shown(),
            Self::Opaque(kept) => kept.shown(),
        }
    }

    pub(crate) fn kind(&self) -> TokenKind {
        match self {
            Self::Jwt(_) => TokenKind::Jwt,
            Self::Opaque(_) => TokenKind::Opaque,
        }
    }

    fn into_items(self) -> Items {
        match self {
            Self::Jwt(claims) => claims.items.clone(),
            Self::Opaque(kept) => kept.items,
        }
    }
}

fn needed(presented: &Presented) -> Result<&str, Refusal> {
    token(presented)?.ok_or(Refusal::NotLoggedIn(Denied::Missing))
}

/// What is told of the mechanism is told of the kind that a login gets unless it asks for the other.
fn card(settings: &TokenSettings, at_most: LoginsAtMost) -> Card {
    let opaque = settings.token_kind == TokenKind::Opaque;
    Card {
        mechanism: "token",
        state_lives: if opaque { StateLives::Server } else { StateLives::Client },
        store: opaque.then_some(Place::Sql),
        carriers: if settings.token_query {
            &[Carrier::Cookie, Carrier::Bearer, Carrier::Query]
        } else {
            &[Carrier::Cookie, Carrier::Bearer]
        },
        scheme: Scheme::Bearer,
        cookies: CookieAttributes::DEFAULT,
        lifetime: if opaque { settings.opaque_token_lifetime } else { settings.access_token_lifetime },
        login_lifetime: if opaque { settings.opaque_token_lifetime } else { settings.refresh_token_lifetime },
        logins_at_most: at_most.0,
        anonymous_items: false,
        concurrent_item_writes: opaque,
    }
}

#[async_trait]
impl Mechanism for IssuedTokens {
    fn card(&self) -> &Card {
        &self.card
    }

    async fn recall(&self, presented: &Presented) -> Result<Recalled, Refusal> {
        match token(presented)? {
            Some(token) if is_opaque(token) => {
                // In a box of its own, or every JWT had to make room for a question to the database.
                let kept = Box::pin(self.opaque.find(token)).await?;
                let items = kept.as_ref().map(|kept| kept.items.live(self.clock.seconds())).unwrap_or_default();
                Ok(Recalled { login: kept.map(|kept| kept.login()), items, handover: Handover::nothing() })
            }
            _ => self.signed.recall(presented).await,
        }
    }

    async fn login(&self, new: NewLogin<'_>) -> Result<Granted, Refusal> {
        let items = self.items_of(new.presented, new.account).await;
        self.begin(new.kind.unwrap_or(self.kind), new, items, false).await
    }

    async fn renew(&self, new: NewLogin<'_>) -> Result<Granted, Refusal> {
        let former = self.shown_before(new.presented).await?;
        self.endings.learn(new.account);
        let (kind, items) = former.map_or((self.kind, Items::default()), |former| (former.kind(), former.into_items()));
        self.begin(kind, new, items, true).await
    }

    /// Also by a token that has expired: its family may go on.
    async fn logout(&self, presented: &Presented) -> Result<Handover, Refusal> {
        self.end_by(&tokens(presented)?, &presented.credentials(REFRESH_COOKIE)).await?;
        Ok(Handover::forget_token())
    }

    async fn record(&self, presented: &Presented) -> Result<Record, Refusal> {
        match self.logged_in(presented).await? {
            Shown::Opaque(kept) => Ok(kept.record(self.clock.seconds())),
            Shown::Jwt(claims) => {
                let family = self.families.find(&claims.jti).await?;
                Ok(family.map_or(Record::IN_THE_CLIENT, |family| family.beside_the_client()))
            }
        }
    }

    async fn item(&self, presented: &Presented, key: &ItemKey, _: &Opening) -> Result<Option<Item>, Refusal> {
        let token = needed(presented)?;
        if is_opaque(token) {
            let kept = self.opaque.find(token).await?.map_err(Refusal::NotLoggedIn)?;
            return Ok(kept.items.get(key.as_str(), self.clock.seconds()));
        }
        self.signed.item(token, key).await
    }

    async fn put_item(&self, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        let token = needed(presented)?;
        if is_opaque(token) {
            self.opaque.put(token, item).await?;
            return Ok(Handover::nothing());
        }
        Ok(Handover::token(self.signed.put_item(token, item).await?))
    }

    async fn remove_items(&self, presented: &Presented, which: Which<'_>) -> Result<Handover, Refusal> {
        let token = needed(presented)?;
        if is_opaque(token) {
            self.opaque.remove(token, which).await?;
            return Ok(Handover::nothing());
        }
        Ok(Handover::token(self.signed.remove_items(token, which).await?))
    }

    fn logins(&self) -> Result<&dyn Logins, Cannot> {
        self.reaching("list logins and end one of them").map(|()| self as &dyn Logins)
    }

    fn revocation(&self) -> Result<&dyn Revocation, Cannot> {
        self.reaching("end logins on other devices").map(|()| self as &dyn Revocation)
    }

    fn partial_logout(&self) -> Result<&dyn PartialLogout, Cannot> {
        Err(Cannot {
            mechanism: "token",
            what: "log out by halves",
            because: "a token and what the server keeps for it are nothing without one another",
            instead: "POST /logout, which ends the login, or use session-svc",
        })
    }

    fn tokens(&self) -> Result<&dyn Tokens, Cannot> {
        Ok(self)
    }

    fn public_keys(&self) -> Option<PublicKeys> {
        Some(self.signed.public_keys())
    }

    fn collectors(&self) -> Vec<Collector> {
        self.endings.collectors()
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        self.endings.ready()
    }
}

pub(crate) fn cannot_end(what: &'static str) -> Cannot {
    Cannot {
        mechanism: "token",
        what,
        because: "REVOCATION is off, and a signed token holds until it expires",
        instead: "set REVOCATION=feed, or use session-svc",
    }
}
