//! Families: the refresh tokens of one login, of which one is current.
//!
//! ```text
//! presented    the current token              -> it is spent; its successor is issued
//!              the previous one, in the grace -> the same successor is issued once more
//!              any other of the family        -> a copy is in use: the family ends
//! ```
//!
//! So a family never has two current tokens, however many tabs, retries and thieves present one. Within the grace all of them get the
//! same successor. After the grace, the second one to present a spent token ends the login for both (RFC 9700 §4.14.2).
//!
//! * [`state`]: one family, and what a refresh token is to it
//! * [`refresh_token`]: the text of a refresh token
//! * [`table`]: the SQL, which decides races

mod refresh_token;
mod state;
mod table;

use std::time::Duration;

use authlab_clock::{Clock, whole_seconds};
use authlab_mechanism::{
    login::{Account, Device, ListedLogin, LoginId},
    refusal::{Denied, Unavailable},
};
use authlab_secrets::Secret;
use authlab_service::Ground;
use sqlx::AnyConnection;

use self::{
    refresh_token::{ParsedRefreshToken, RefreshTokenSigner},
    state::{FIRST_GENERATION, TokenUse},
    table::FamilyTable,
};
pub(crate) use self::{state::Family, table::EndedFamily};
use crate::{settings::TokenSettings, text::random_block};

/// All families, in the database.
#[derive(Debug)]
pub(crate) struct Families {
    table: FamilyTable,
    signer: RefreshTokenSigner,
    clock: Clock,
    lifetime: Duration,
    access_lifetime: Duration,
    grace: Duration,
}

/// The result of presenting a refresh token.
#[derive(Debug)]
pub(crate) enum Refresh {
    /// The successor. The token was current at the second `at`, so the new access token must not claim to be younger.
    Next { family: Family, refresh_token: Secret, at: i64 },
    /// Nothing has changed.
    Refused(Denied),
    /// A spent token was used again: the caller ends the family.
    Reused(Family),
}

impl Families {
    pub(crate) fn new(ground: &Ground, settings: &TokenSettings) -> Self {
        Self {
            table: FamilyTable::new(ground.database.clone()),
            signer: RefreshTokenSigner::new(&ground.keys),
            clock: ground.clock.clone(),
            lifetime: settings.refresh_token_lifetime,
            access_lifetime: settings.access_token_lifetime,
            grace: settings.refresh_grace,
        }
    }

    /// Begins a family with its first refresh token, within a transaction that writes.
    pub(crate) async fn begin(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        device: &Device,
    ) -> sqlx::Result<(Family, Secret)> {
        let now = self.clock.seconds();
        let family = Family {
            id: random_block(),
            account: account.clone(),
            seed: random_block(),
            generation: FIRST_GENERATION,
            refreshed_at: now,
            created_at: now,
            expires_at: now.saturating_add(whole_seconds(self.lifetime)),
            device: device.clone(),
        };
        self.table.insert(connection, &family, self.access_expires_at(now)).await?;
        let refresh_token = self.signer.sign(&family.id, &family.seed, FIRST_GENERATION);
        Ok((family, refresh_token))
    }

    /// The latest expiry of an access token for a refresh token that is spent at `now`. Within the grace it is issued once more.
    fn access_expires_at(&self, now: i64) -> i64 {
        now.saturating_add(whole_seconds(self.access_lifetime)).saturating_add(whole_seconds(self.grace))
    }

    /// Spends a refresh token.
    pub(crate) async fn refresh(&self, token: &str) -> Result<Refresh, Unavailable> {
        let Some(parsed) = ParsedRefreshToken::parse(token) else { return Ok(Refresh::Refused(Denied::Malformed)) };
        loop {
            let at = self.clock.seconds();
            let family = match self.verify(&parsed, at).await? {
                Ok(family) => family,
                Err(denied) => return Ok(Refresh::Refused(denied)),
            };
            match family.use_of(parsed.generation, at, self.grace) {
                // Another request was first, or the login has ended meanwhile. Reading the row again shows which.
                TokenUse::Current
                    if !self.table.spend(&family.id, parsed.generation, (at, self.access_expires_at(at))).await? => {}
                TokenUse::Current | TokenUse::RepeatedInGrace => {
                    let refresh_token = self.signer.sign(&family.id, &family.seed, parsed.generation + 1);
                    return Ok(Refresh::Next { family, refresh_token, at });
                }
                TokenUse::Reused => return Ok(Refresh::Reused(family)),
            }
        }
    }

    /// The family of a refresh token, spent or not.
    pub(crate) async fn find_by_token(&self, token: &str) -> Result<Option<Family>, Unavailable> {
        let Some(parsed) = ParsedRefreshToken::parse(token) else { return Ok(None) };
        Ok(self.verify(&parsed, self.clock.seconds()).await?.ok())
    }

    /// The family of a refresh token that is not spent.
    pub(crate) async fn find_by_current_token(&self, token: &str) -> Result<Option<Family>, Unavailable> {
        let generation = ParsedRefreshToken::parse(token).map(|parsed| parsed.generation);
        Ok(self.find_by_token(token).await?.filter(|family| Some(family.generation) == generation))
    }

    pub(crate) async fn find(&self, id: &str) -> Result<Option<Family>, Unavailable> {
        self.table.find(id, self.clock.seconds()).await
    }

    /// The families of the account, for its owner.
    pub(crate) async fn list(&self, account: &Account, current: &LoginId) -> Result<Vec<ListedLogin>, Unavailable> {
        let families = self.table.of_account(account.id, self.clock.seconds()).await?;
        Ok(families.into_iter().map(|family| family.listed(current)).collect())
    }

    /// Deletes the family, within a transaction that writes.
    pub(crate) async fn end(&self, connection: &mut AnyConnection, id: &str) -> sqlx::Result<Option<EndedFamily>> {
        self.table.delete(connection, id).await
    }

    /// Deletes the family if it belongs to the account.
    pub(crate) async fn end_of(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        id: &LoginId,
    ) -> sqlx::Result<Option<EndedFamily>> {
        self.table.delete_of(connection, account.id, &id.0).await
    }

    /// Ends the least recently used families of the account if there are more than `at_most`. `newest` stays.
    pub(crate) async fn end_beyond(
        &self,
        connection: &mut AnyConnection,
        newest: &Family,
        at_most: u32,
    ) -> sqlx::Result<Vec<EndedFamily>> {
        self.table.delete_beyond(connection, (newest.account.id, &newest.id), at_most).await
    }

    /// Deletes all families of the account except `except`, which gets the account's generation.
    pub(crate) async fn end_others(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        except: &LoginId,
    ) -> sqlx::Result<()> {
        self.table.delete_others(connection, account, &except.0).await
    }

    pub(crate) async fn purge(&self, now: i64) -> Result<(), Unavailable> {
        self.table.purge(now).await
    }

    async fn verify(&self, parsed: &ParsedRefreshToken<'_>, now: i64) -> Result<Result<Family, Denied>, Unavailable> {
        let Some(family) = self.table.find(parsed.family, now).await? else { return Ok(Err(Denied::Ended)) };
        Ok(if self.signer.verifies(parsed, &family.seed) { Ok(family) } else { Err(Denied::Forged) })
    }
}
