//! How logins end. Each change is one transaction over families, opaque tokens and endings. If it fails, nothing has changed, and the
//! client can try again.

use authlab_database::answer;
use authlab_endings::Shown;
use authlab_mechanism::{
    login::{Account, LoginId},
    refusal::{Denied, Refusal, Unavailable},
    tokens::TokenKind,
};
use sqlx::AnyConnection;

use super::{IssuedTokens, PresentedLogin};
use crate::{access_token::AccessToken, login_row::LoginRow, login_table::EndedFamily};

/// Logins that are about to end: families whose access tokens may still be in use, and opaque tokens.
#[derive(Debug, Default)]
pub(super) struct LoginsToEnd {
    pub(super) families: Vec<EndedFamily>,
    opaque: Vec<String>,
}

/// No login has this id.
const NO_LOGIN: LoginId = LoginId(String::new());

impl IssuedTokens {
    /// The logins of these tokens, live or not.
    pub(super) async fn logins_of(
        &self,
        access_tokens: &[AccessToken<'_>],
        refresh_tokens: &[&str],
    ) -> Result<LoginsToEnd, Unavailable> {
        let mut found = LoginsToEnd::default();
        for access_token in access_tokens {
            match access_token {
                AccessToken::Jwt(token) => found.families.extend(self.family_of(token)),
                AccessToken::Opaque(token) => found.opaque.push((*token).to_owned()),
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
        let access_expires_at = access_expires_at.max(self.newest_access_token_expires_at());
        EndedFamily { id, account, access_expires_at }
    }

    /// Deletes the rows that are left, and writes an ending for each family, which ends its access tokens.
    pub(super) async fn write_ended(
        &self,
        connection: &mut AnyConnection,
        to_end: LoginsToEnd,
    ) -> sqlx::Result<Vec<EndedFamily>> {
        for token in to_end.opaque {
            self.opaque.end(connection, &token).await?;
        }
        let mut written = Vec::with_capacity(to_end.families.len());
        for family in to_end.families {
            let found = self.families.table.delete(connection, &family.id).await?;
            let later = found.first().map_or(0, |found| found.access_expires_at);
            let family = self.ended_family(family.id, family.account, family.access_expires_at.max(later));
            self.endings.write_login(connection, for_endings(&family), family.access_expires_at).await?;
            written.push(family);
        }
        Ok(written)
    }

    /// Applies endings that are committed, at this instance.
    pub(super) fn learn(&self, ended: &[EndedFamily]) {
        for family in ended {
            self.endings.learn_login(for_endings(family), family.access_expires_at);
        }
    }

    async fn end(&self, to_end: LoginsToEnd) -> Result<(), Unavailable> {
        if to_end.families.is_empty() && to_end.opaque.is_empty() {
            return Ok(());
        }
        let ended = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let ended = self.write_ended(&mut transaction, to_end).await?;
            transaction.commit().await?;
            Ok(ended)
        });
        self.learn(&ended.await?);
        Ok(())
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

    /// Ends one login of the account, of either kind. An unknown login has ended already.
    pub(super) async fn end_one(&self, account: &Account, login: &LoginId) -> Result<(), Unavailable> {
        let ended = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let families = self.families.table.delete_of(&mut transaction, account, login).await?;
            if families.is_empty() {
                self.opaque.table.delete_of(&mut transaction, account, login).await?;
            }
            let ended = self.write_ended(&mut transaction, LoginsToEnd { families, opaque: Vec::new() }).await?;
            transaction.commit().await?;
            Ok(ended)
        });
        self.learn(&ended.await?);
        Ok(())
    }

    /// Ends all logins of the account, of both kinds.
    pub(super) async fn end_account(&self, account: &Account) -> Result<(), Unavailable> {
        let ended = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let ended = self.endings.write_account(&mut transaction, account, None).await?;
            self.end_all_except(&mut transaction, &ended, &NO_LOGIN).await?;
            transaction.commit().await?;
            Ok(ended)
        });
        self.endings.learn_account(&ended.await?, None);
        Ok(())
    }

    /// Ends all logins of the account except the caller's. Refuses if the caller's login has ended meanwhile.
    pub(super) async fn end_others_of(&self, caller: &PresentedLogin) -> Result<(), Refusal> {
        let (account, login) = (caller.account(), caller.login_id());
        let ended = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let ended = self.endings.write_others(&mut transaction, &account, caller.for_endings()).await?;
            let Some(ended) = ended else { return Ok(None) };
            let opaque_exists = self.end_all_except(&mut transaction, &ended, &login).await?;
            if caller.kind() == TokenKind::Opaque && !opaque_exists {
                return Ok(None);
            }
            transaction.commit().await?;
            Ok(Some(ended))
        });
        let ended = ended.await?.ok_or(Refusal::NotLoggedIn(Denied::Ended))?;
        self.endings.learn_account(&ended, Some(&login.0));
        Ok(())
    }

    /// Returns whether `except` is the login of an opaque token.
    pub(super) async fn end_all_except(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        except: &LoginId,
    ) -> sqlx::Result<bool> {
        self.families.table.delete_others(connection, account, except).await?;
        self.opaque.table.delete_others(connection, account, except).await
    }
}

/// What endings write down for a family.
fn for_endings(ended: &EndedFamily) -> Shown<'_> {
    Shown { account: Some(ended.account), generation: 0, login: &ended.id, username: "", issued_at: 0 }
}
