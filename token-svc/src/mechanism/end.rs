//! How logins end. Each change is one transaction over families, opaque tokens in the database and endings. If it fails, nothing has
//! changed. Opaque tokens in another store end after the transaction; if that fails, the client can try again.

use authlab_clock::whole_seconds;
use authlab_database::{Lease, answer};
use authlab_endings::Shown;
use authlab_mechanism::{
    login::{Account, LoginId},
    refusal::Unavailable,
};
use sqlx::AnyConnection;

use super::IssuedTokens;
use crate::{
    access_token::AccessToken,
    login_row::LoginRow,
    login_table::EndedFamily,
    opaque::{EndedWithin, OpaqueEnd, TokenKey},
};

/// Logins that are about to end: families whose access tokens may still be in use, and opaque tokens.
#[derive(Debug, Default)]
pub(super) struct LoginsToEnd<'a> {
    pub(super) families: Vec<EndedFamily>,
    pub(super) opaque: Vec<OpaqueEnd<'a>>,
}

impl IssuedTokens {
    /// The logins of these tokens, live or not.
    pub(super) async fn logins_of<'a>(
        &self,
        access_tokens: &[AccessToken<'a>],
        refresh_tokens: &[&str],
    ) -> Result<LoginsToEnd<'a>, Unavailable> {
        let mut found = LoginsToEnd::default();
        for access_token in access_tokens {
            match access_token {
                AccessToken::Jwt(token) => found.families.extend(self.family_of(token)),
                AccessToken::Opaque(token) => found.opaque.extend(TokenKey::parse(token).map(OpaqueEnd::Token)),
            }
        }
        for refresh_token in refresh_tokens {
            if let Some(family) = self.families.find_by_token(refresh_token).await? {
                found.families.push(self.ended_family(family.login.id, family.login.account.id, 0));
            }
        }
        Ok(found)
    }

    /// The family of a JWT, live or not.
    fn family_of(&self, token: &str) -> Option<EndedFamily> {
        let claims = self.signed.read(token).ok()?;
        Some(self.ended_family(claims.jti.clone(), claims.account().id, claims.exp))
    }

    /// A family whose access tokens have expired by `access_expires_at`, or, if that is later, when a token expires that is issued now.
    fn ended_family(&self, id: String, account: i64, access_expires_at: i64) -> EndedFamily {
        let newest = self.clock.seconds().saturating_add(whole_seconds(self.access_lifetime));
        EndedFamily { id, account, access_expires_at: access_expires_at.max(newest) }
    }

    /// Ends these logins and commits the transaction: deletes the rows that are left, and writes an ending for each family, which ends
    /// its access tokens. This instance knows the endings at once. Returns the opaque tokens that are still to end, in another store.
    pub(super) async fn commit<'a>(
        &self,
        mut transaction: Lease,
        to_end: LoginsToEnd<'a>,
    ) -> sqlx::Result<Vec<OpaqueEnd<'a>>> {
        let left = self.opaque.store.end_within(&mut transaction, to_end.opaque).await?.left;
        let mut ended = Vec::with_capacity(to_end.families.len());
        for family in to_end.families {
            let found = self.families.table.delete(&mut transaction, &family.id).await?;
            let later = found.first().map_or(0, |found| found.access_expires_at);
            let family = self.ended_family(family.id, family.account, family.access_expires_at.max(later));
            self.endings.write_login(&mut transaction, for_endings(&family), family.access_expires_at).await?;
            ended.push(family);
        }
        transaction.commit().await?;
        for family in &ended {
            self.endings.learn_login(for_endings(family), family.access_expires_at);
        }
        Ok(left)
    }

    async fn end(&self, to_end: LoginsToEnd<'_>) -> Result<(), Unavailable> {
        let left = if to_end.families.is_empty() {
            to_end.opaque
        } else {
            answer(async { self.commit(self.database.begin_to_write().await?, to_end).await }).await?
        };
        self.opaque.store.end(left).await
    }

    /// Ends the logins of these tokens.
    pub(super) async fn end_by_tokens(
        &self,
        access_tokens: &[AccessToken<'_>],
        refresh_tokens: &[&str],
    ) -> Result<(), Unavailable> {
        self.end(self.logins_of(access_tokens, refresh_tokens).await?).await
    }

    /// Ends a family and its access tokens.
    pub(super) async fn end_family(&self, family: LoginRow) -> Result<(), Unavailable> {
        let families = vec![self.ended_family(family.id, family.account.id, 0)];
        self.end(LoginsToEnd { families, opaque: Vec::new() }).await
    }

    /// Ends the account's logins except this one, within a transaction.
    pub(super) async fn end_all_except(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        except: LoginId,
    ) -> sqlx::Result<EndedWithin<'static>> {
        self.families.table.delete_others(connection, account, &except).await?;
        self.opaque.store.end_within(connection, vec![OpaqueEnd::Others(account.clone(), except)]).await
    }
}

/// What endings write down for a family.
fn for_endings(ended: &EndedFamily) -> Shown<'_> {
    Shown { account: Some(ended.account), generation: 0, login: &ended.id, username: "", issued_at: 0 }
}
