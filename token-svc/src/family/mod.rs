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

mod refresh_token;
mod state;

use std::time::Duration;

use authlab_clock::{Clock, whole_seconds};
use authlab_mechanism::{
    login::{Account, Device},
    refusal::{Denied, Unavailable},
};
use authlab_secrets::Secret;
use authlab_service::Ground;
use sqlx::AnyConnection;

pub(crate) use self::state::Family;
use self::{
    refresh_token::{ParsedRefreshToken, RefreshTokenSigner},
    state::{FIRST_GENERATION, TokenUse},
};
use crate::{
    login_row::LoginRow,
    login_table::{FAMILIES, LoginTable},
    settings::TokenSettings,
    text::random_block,
};

/// All families, in the database.
#[derive(Debug)]
pub(crate) struct Families {
    pub(crate) table: LoginTable,
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
            table: LoginTable::new(&ground.database, &FAMILIES),
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
        let (login, seed) = (LoginRow::new(random_block(), account, device, now, self.lifetime), random_block());
        let insert = sqlx::query(
            "INSERT INTO token_family (id, account, account_generation, seed, generation, refreshed_at, created_at, \
             expires_at, user_agent, access_expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        );
        let insert =
            insert.bind(&login.id).bind(account.id).bind(account.generation).bind(&seed).bind(FIRST_GENERATION);
        let insert = insert.bind(login.last_seen_at).bind(login.created_at).bind(login.expires_at);
        let insert = insert.bind(&device.user_agent).bind(self.access_expires_at(now));
        self.table.meter.insert.measured(insert.execute(connection)).await?;
        let refresh_token = self.signer.sign(&login.id, &seed, FIRST_GENERATION);
        Ok((Family { login, seed, generation: FIRST_GENERATION }, refresh_token))
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
            let Family { login, seed, generation } = &family;
            match TokenUse::of(parsed.generation, (*generation, login.last_seen_at), at, self.grace) {
                // Another request was first, or the login has ended meanwhile. Reading the row again shows which.
                TokenUse::Current if !self.spend(&login.id, parsed.generation, at).await? => {}
                TokenUse::Current | TokenUse::RepeatedInGrace => {
                    let refresh_token = self.signer.sign(&login.id, seed, parsed.generation + 1);
                    return Ok(Refresh::Next { family, refresh_token, at });
                }
                TokenUse::Reused => return Ok(Refresh::Reused(family)),
            }
        }
    }

    /// Spends the refresh token of this generation. Of several calls at once, one returns `true`.
    async fn spend(&self, id: &str, generation: i64, now: i64) -> Result<bool, Unavailable> {
        let spend = sqlx::query(
            "UPDATE token_family SET generation = generation + 1, refreshed_at = $3, \
             access_expires_at = CASE WHEN access_expires_at > $4 THEN access_expires_at ELSE $4 END \
             WHERE id = $1 AND generation = $2 AND expires_at > $3",
        );
        let spend = spend.bind(id).bind(generation).bind(now).bind(self.access_expires_at(now));
        Ok(self.table.database.change(&self.table.meter.update, spend).await? > 0)
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
        self.table.find(id, self.clock.seconds(), Family::read).await
    }

    async fn verify(&self, parsed: &ParsedRefreshToken<'_>, now: i64) -> Result<Result<Family, Denied>, Unavailable> {
        let found = self.table.find(parsed.family, now, Family::read).await?;
        let Some(family) = found else { return Ok(Err(Denied::Ended)) };
        Ok(if self.signer.verifies(parsed, &family.seed) { Ok(family) } else { Err(Denied::Forged) })
    }
}
