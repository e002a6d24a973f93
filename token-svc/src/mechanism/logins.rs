//! An account's logins by tokens of both kinds: list them, end one, end all. Each ending is one transaction; opaque tokens in
//! another store end after it.

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

use super::{IssuedTokens, PresentedLogin, end::LoginsToEnd};
use crate::{
    login_row::LoginRow,
    opaque::{EndedWithin, OpaqueEnd},
};

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
        // A store lists a limited number, perhaps without the caller's own.
        if let PresentedLogin::Opaque(own) = caller
            && !logins.iter().any(|login| login.current)
        {
            logins.push(own.row.listed(&current));
        }
        logins.sort_by(|one, other| other.created_at.cmp(&one.created_at).then_with(|| one.id.cmp(&other.id)));
        Ok(logins)
    }

    async fn end(&self, presented: &Presented, login: &LoginId) -> Result<Handover, Refusal> {
        let caller = self.logged_in(presented).await?;
        let left = answer(async {
            let (mut transaction, account) = (self.database.begin_to_write().await?, caller.account());
            let families = self.families.table.delete_of(&mut transaction, &account, login).await?;
            let opaque = families.is_empty().then(|| OpaqueEnd::Login(account, login.clone()));
            self.commit(transaction, LoginsToEnd { families, opaque: opaque.into_iter().collect() }).await
        });
        self.opaque.store.end(left.await?).await?;
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
            let left = self.end_all_except(&mut transaction, &ended, NO_LOGIN).await?.left;
            transaction.commit().await?;
            Ok((ended, left))
        });
        let (ended, left) = ended.await?;
        self.endings.learn_account(&ended, None);
        self.opaque.store.end(left).await?;
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
            let EndedWithin { left, spared_exists } =
                self.end_all_except(&mut transaction, &ended, login.clone()).await?;
            if caller.kind() == TokenKind::Opaque && !spared_exists {
                return Ok(None);
            }
            transaction.commit().await?;
            Ok(Some((ended, left)))
        });
        let (ended, left) = ended.await?.ok_or(Refusal::NotLoggedIn(Denied::Ended))?;
        self.endings.learn_account(&ended, Some(&login.0));
        self.opaque.store.end(left).await?;
        Ok(Handover::nothing())
    }
}
