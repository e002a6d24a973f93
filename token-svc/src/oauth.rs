//! What OAuth 2.0 clients ask: refresh (RFC 6749 §6), revocation (RFC 7009), introspection (RFC 7662).

use async_trait::async_trait;
use shared::{
    handover::{REFRESH_COOKIE, TOKEN_COOKIE, Token},
    mechanism::Tokens,
    presented::Presented,
    refusal::{Denied, Refusal},
    secret::Secret,
    tokens::Introspection,
};

use crate::{
    carriers::token,
    family::{Family, Refresh},
    introspection::may_ask,
    items::Items,
    mechanism::{IssuedTokens, cannot_end},
    opaque::is_opaque,
};

#[async_trait]
impl Tokens for IssuedTokens {
    async fn refresh(&self, presented: &Presented, refresh_token: &Secret) -> Result<Token, Refusal> {
        self.refreshed(token(presented)?, refresh_token.expose()).await
    }

    async fn renew_expired(&self, presented: &Presented) -> Result<Option<Token>, Refusal> {
        // Of cookies that contradict one another none is believed.
        let Some(refresh) = presented.credential(REFRESH_COOKIE) else { return Ok(None) };
        let access = presented.credential(TOKEN_COOKIE);
        if access.is_none() && presented.shows(TOKEN_COOKIE) {
            return Ok(None);
        }
        if access.is_some_and(|access| is_opaque(access) || self.signed.holds(access)) {
            return Ok(None);
        }
        match self.refreshed(access, refresh).await {
            Ok(token) => Ok(Some(token)),
            Err(Refusal::InvalidGrant(_)) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    async fn revoke(&self, token: &Secret) -> Result<(), Refusal> {
        let token = token.expose();
        if self.families.of(token).await?.is_some() {
            return Ok(self.end_by(&[], &[token]).await?);
        }
        let is_live_jwt = !is_opaque(token) && self.signed.open(token).await?.is_ok();
        if is_live_jwt && !self.endings.reach_copies() {
            return Err(cannot_end("revoke an access token").into());
        }
        if is_live_jwt || is_opaque(token) {
            self.end_by(&[token], &[]).await?;
        }
        Ok(())
    }

    async fn introspect(&self, presented: &Presented, token: &Secret) -> Result<Introspection, Refusal> {
        may_ask(self.asker.as_ref(), presented)?;
        let token = token.expose();
        if is_opaque(token) {
            let kept = self.opaque.find(token).await?;
            return Ok(kept.map_or_else(|_| Introspection::inactive(), |kept| kept.introspection()));
        }
        if let Some(family) = self.families.current(token).await? {
            return Ok(family.introspection());
        }
        let claims = self.signed.open(token).await?;
        Ok(claims.map_or_else(|_| Introspection::inactive(), |claims| claims.introspection()))
    }
}

impl IssuedTokens {
    /// The next pair of the family. The access token before it hands its items on, if it is of the same family.
    async fn refreshed(&self, access_token: Option<&str>, refresh_token: &str) -> Result<Token, Refusal> {
        match self.families.refresh(refresh_token).await? {
            Refresh::Refused(denied) => Err(Refusal::InvalidGrant(denied)),
            Refresh::Reused(family) => {
                tracing::warn!(login = %family.id, "a spent refresh token was used again: its login has ended");
                self.end_family(&family.id, &family.account).await?;
                Err(Refusal::InvalidGrant(Denied::Ended))
            }
            Refresh::Next { family, refresh_token, at } => {
                let items = access_token.map_or_else(Items::default, |token| self.items_in(token, &family));
                // By a clock that is behind that of the instance where the login began, the token is not older than the login.
                let times = (family.created_at, at.max(family.created_at));
                let (_, token) = self.signed.issue(&family.account, &family.login_id(), times, items);
                Ok(self.with_refresh_token(token, &family, refresh_token))
            }
        }
    }

    fn items_in(&self, access_token: &str, family: &Family) -> Items {
        let claims = self.signed.read(access_token).ok().filter(|claims| claims.login_id() == family.login_id());
        claims.map(|claims| claims.items.clone()).unwrap_or_default()
    }
}
