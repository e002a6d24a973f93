//! An account's logins by tokens of both kinds: list them, end one, end all. Each ending is one transaction.

use async_trait::async_trait;
use authlab_database::answer;
use authlab_mechanism::{
    Logins, Revocation,
    handover::Handover,
    login::{ListedLogin, LoginId},
    presented::Presented,
    refusal::{Denied, Refusal},
    tokens::TokenKind,
};

use super::{IssuedTokens, end::LoginsToEnd};
use crate::login_row::LoginRow;

/// No login has this id.
const NO_LOGIN: LoginId = LoginId(String::new());

#[async_trait]
impl Logins for IssuedTokens {
    async fn list(&self, presented: &Presented) -> Result<Vec<ListedLogin>, Refusal> {
        let caller = self.logged_in(presented).await?;
        let (account, current) = (caller.account(), caller.login_id());
        let families = self.families.table.of_account(account.id, self.clock.seconds(), LoginRow::read).await?;
        let mut logins: Vec<_> = families.into_iter().map(|login| login.listed(&current)).collect();
        logins.extend(self.opaque.list(&account, &current).await?);
        logins.sort_by(|one, other| other.created_at.cmp(&one.created_at).then_with(|| one.id.cmp(&other.id)));
        Ok(logins)
    }

    async fn end(&self, presented: &Presented, login: &LoginId) -> Result<Handover, Refusal> {
        let caller = self.logged_in(presented).await?;
        answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let families = self.families.table.delete_of(&mut transaction, &caller.account(), login).await?;
            if families.is_empty() {
                self.opaque.table.delete_of(&mut transaction, &caller.account(), login).await?;
            }
            self.commit(transaction, LoginsToEnd { families, opaque: Vec::new() }).await
        })
        .await?;
        Ok(if *login == caller.login_id() { Handover::forget_token() } else { Handover::nothing() })
    }
}

#[async_trait]
impl Revocation for IssuedTokens {
    async fn end_all(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let account = self.logged_in(presented).await?.account();
        let ended = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let ended = self.endings.write_account(&mut transaction, &account, None).await?;
            self.end_all_except(&mut transaction, &ended, &NO_LOGIN).await?;
            transaction.commit().await?;
            Ok(ended)
        });
        self.endings.learn_account(&ended.await?, None);
        Ok(Handover::forget_token())
    }

    /// The caller's login keeps its token: the ending does not apply to it. Refuses if the caller's login has ended meanwhile.
    async fn end_others(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let caller = self.logged_in(presented).await?;
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
        Ok(Handover::nothing())
    }
}
