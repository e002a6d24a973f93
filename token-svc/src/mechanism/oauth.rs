//! The calls of OAuth 2.0 clients: refresh (RFC 6749 §6), revocation (RFC 7009), introspection (RFC 7662).

use async_trait::async_trait;
use authlab_mechanism::{
    Tokens,
    handover::Token,
    presented::Presented,
    refusal::{Denied, Refusal},
    tokens::Introspection,
};
use authlab_secrets::Secret;

use super::IssuedTokens;
use crate::{
    access_token::{AccessToken, COOKIES},
    family::{Family, Refresh},
    introspection::NO_SECRET,
    items::Items,
};

#[async_trait]
impl Tokens for IssuedTokens {
    async fn refresh(&self, presented: &Presented, refresh_token: &Secret) -> Result<Token, Refusal> {
        self.spend(AccessToken::from_presented(presented)?, refresh_token.expose()).await
    }

    async fn refresh_expired(&self, presented: &Presented) -> Result<Option<Token>, Refusal> {
        // Of cookies that contradict one another none is accepted.
        let Some(refresh_token) = presented.credential(COOKIES.refresh) else { return Ok(None) };
        let access_token = presented.credential(COOKIES.access).map(AccessToken::parse);
        match access_token {
            None if presented.shows(COOKIES.access) => return Ok(None),
            Some(AccessToken::Opaque(_)) => return Ok(None),
            Some(AccessToken::Jwt(token)) if self.signed.is_in_time(token) => return Ok(None),
            None | Some(AccessToken::Jwt(_)) => {}
        }
        match self.spend(access_token, refresh_token).await {
            Ok(token) => Ok(Some(token)),
            Err(Refusal::InvalidGrant(_)) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    fn shows_refresh_token(&self, presented: &Presented) -> bool {
        presented.shows(COOKIES.refresh)
    }

    async fn revoke(&self, token: &Secret) -> Result<(), Refusal> {
        let token = token.expose();
        if self.families.find_by_token(token).await?.is_some() {
            return Ok(self.end_by_tokens(&[], &[token]).await?);
        }
        let access_token = AccessToken::parse(token);
        if let AccessToken::Jwt(token) = access_token {
            if self.signed.open(token).await?.is_err() {
                return Ok(());
            }
            self.reaching_copies("revoke an access token")?;
        }
        Ok(self.end_by_tokens(&[access_token], &[]).await?)
    }

    async fn introspect(&self, presented: &Presented, token: &Secret) -> Result<Introspection, Refusal> {
        self.introspection_secret.as_ref().ok_or(NO_SECRET)?.check(presented)?;
        let found = match AccessToken::parse(token.expose()) {
            AccessToken::Opaque(token) => self.opaque.find(token).await?.map(|login| login.introspection()),
            AccessToken::Jwt(token) => match self.families.find_by_current_token(token).await? {
                Some(family) => Ok(family.login.introspection()),
                None => self.signed.open(token).await?.map(|claims| claims.introspection()),
            },
        };
        Ok(found.unwrap_or_else(|_| Introspection::inactive()))
    }
}

impl IssuedTokens {
    /// Spends a refresh token for new tokens. The items of the access token go over to the new one, if it is of the same family.
    async fn spend(&self, access_token: Option<AccessToken<'_>>, refresh_token: &str) -> Result<Token, Refusal> {
        match self.families.refresh(refresh_token).await? {
            Refresh::Refused(denied) => Err(Refusal::InvalidGrant(denied)),
            Refresh::Reused(family) => {
                tracing::warn!(login = %family.login.id, "spent refresh token was used again; its login has ended");
                self.end_family(family.login).await?;
                Err(Refusal::InvalidGrant(Denied::Ended))
            }
            Refresh::Next { family, refresh_token, at } => {
                let items = self.items_for(&family, access_token);
                // The login may have begun at an instance with a faster clock. The token must not be older than its login.
                let login = &family.login;
                let times = (login.created_at, at.max(login.created_at));
                let (_, token) = self.signed.issue(&login.account, &login.login_id(), times, items);
                Ok(self.with_refresh_token(token, &family, refresh_token))
            }
        }
    }

    fn items_for(&self, family: &Family, access_token: Option<AccessToken<'_>>) -> Items {
        let Some(AccessToken::Jwt(token)) = access_token else { return Items::default() };
        let claims = self.signed.read(token).ok().filter(|claims| claims.jti == family.login.id);
        claims.map(|claims| claims.items.clone()).unwrap_or_default()
    }
}
