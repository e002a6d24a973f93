//! The verbs of the token mechanism. Which kind a token is, its text says: an opaque one has a prefix that no JWT has.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use shared::{
    clock::Clock,
    cookie_attributes::CookieAttributes,
    handover::{Handover, REFRESH_COOKIE, RefreshToken, Token},
    items::{Item, ItemKey, NewItem, Opening, Which},
    login::{Account, Card, Carrier, Device, Granted, LoginId, Place, Recalled, Record, Scheme, StateLives},
    mechanism::{Logins, Mechanism, PartialLogout, Revocation, Tokens},
    presented::Presented,
    public_keys::PublicKeys,
    refusal::{Cannot, Denied, Refusal, Unavailable},
    revocation::Revocations,
    secret::Secret,
    service::{Ground, StartError},
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
        let revocations = ground.revocations("token", settings.access_token_lifetime).await?;
        Ok(Self {
            card: card(settings),
            kind: settings.token_kind,
            signed: SignedTokens::new(settings.key_ring(ground)?, clock.clone(), settings, revocations),
            families: Families::new(ground, settings),
            opaque: OpaqueTokens::new(database.clone(), clock.clone(), settings.opaque_token_lifetime),
            asker: Asker::known(settings)?,
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

    pub(crate) async fn logged_in(&self, presented: &Presented) -> Result<Shown, Refusal> {
        self.shown(presented).await?.map_err(Refusal::NotLoggedIn)
    }

    /// A login that begins now.
    pub(crate) async fn begin(
        &self,
        kind: TokenKind,
        (presented, account, device): (&Presented, &Account, &Device),
        items: Items,
    ) -> Result<Granted, Refusal> {
        if kind == TokenKind::Opaque {
            let mut granted = self.opaque.begin(account, device, items).await?;
            // It would bring back the login before this one.
            if presented.shows(REFRESH_COOKIE) {
                granted.handover.cookies.extend(Handover::delete_cookie(REFRESH_COOKIE).cookies);
            }
            return Ok(granted);
        }
        let now = match &self.signed.revocations {
            Some(revocations) => revocations.earliest(&account.id.to_string()).await?,
            None => self.clock.seconds(),
        };
        let (family, refresh_token) = self.families.begin(account, device, now).await?;
        let (login, token) = self.signed.issue(account, &family.login_id(), (now, now), items);
        Ok(Granted { login, handover: Handover::token(self.with_refresh_token(token, &family, refresh_token)) })
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

    /// Ends a login whose access tokens may be out in the world: it is refreshed no more, and no copy is believed.
    pub(crate) async fn end_family(&self, id: &str) -> Result<(), Refusal> {
        self.families.end(id).await?;
        if let Some(revocations) = &self.signed.revocations {
            revocations.end_login(id).await?;
        }
        Ok(())
    }

    /// Ends all of an account's logins, of either kind.
    pub(crate) async fn end_account(&self, account: &Account) -> Result<(), Refusal> {
        self.families.end_all_of(account).await?;
        self.opaque.end_all_of(account).await?;
        if let Some(revocations) = &self.signed.revocations {
            revocations.end_account(&account.id.to_string()).await?;
        }
        Ok(())
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

    fn kind(&self) -> TokenKind {
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
fn card(settings: &TokenSettings) -> Card {
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

    async fn login(&self, presented: &Presented, account: &Account, device: &Device) -> Result<Granted, Refusal> {
        self.login_with(self.kind, presented, account, device).await
    }

    async fn renew(&self, presented: &Presented, account: &Account, device: &Device) -> Result<Granted, Refusal> {
        let shown = self.logged_in(presented).await?;
        self.end_account(account).await?;
        self.begin(shown.kind(), (presented, account, device), shown.into_items()).await
    }

    /// Also by a token that has expired: its family may go on.
    async fn logout(&self, presented: &Presented) -> Result<Handover, Refusal> {
        for token in tokens(presented)? {
            if is_opaque(token) {
                self.opaque.end(token).await?;
            } else if let Ok(claims) = self.signed.read(token) {
                self.end_family(&claims.jti).await?;
            }
        }
        for refresh_token in presented.credentials(REFRESH_COOKIE) {
            if let Some(family) = self.families.of(refresh_token).await? {
                self.end_family(&family.id).await?;
            }
        }
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
        match &self.signed.revocations {
            Some(_) => Ok(self),
            None => Err(cannot_end("list logins and end one of them")),
        }
    }

    fn revocation(&self) -> Result<&dyn Revocation, Cannot> {
        match &self.signed.revocations {
            Some(_) => Ok(self),
            None => Err(cannot_end("end logins on other devices")),
        }
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
        self.signed.revocations.as_ref().map(Revocations::collectors).unwrap_or_default()
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        self.signed.revocations.as_ref().map_or(Ok(()), Revocations::ready)
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
