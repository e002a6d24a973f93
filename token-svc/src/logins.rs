//! An account's logins by tokens of either kind: listed, ended one by one, ended all at once.

use async_trait::async_trait;
use shared::{
    handover::Handover,
    login::{ListedLogin, LoginId},
    mechanism::{Logins, Revocation},
    presented::Presented,
    refusal::Refusal,
};

use crate::mechanism::IssuedTokens;

#[async_trait]
impl Logins for IssuedTokens {
    async fn list(&self, presented: &Presented) -> Result<Vec<ListedLogin>, Refusal> {
        let shown = self.logged_in(presented).await?;
        let (account, current) = (shown.account(), shown.login_id());
        let mut logins = self.families.list(&account, &current).await?;
        logins.extend(self.opaque.list(&account, &current).await?);
        logins.sort_by(|one, other| other.created_at.cmp(&one.created_at).then_with(|| one.id.cmp(&other.id)));
        Ok(logins)
    }

    async fn end(&self, presented: &Presented, login: &LoginId) -> Result<Handover, Refusal> {
        let shown = self.logged_in(presented).await?;
        self.end_one(&shown.account(), login).await?;
        Ok(if *login == shown.login_id() { Handover::forget_token() } else { Handover::nothing() })
    }
}

#[async_trait]
impl Revocation for IssuedTokens {
    async fn end_all(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let shown = self.logged_in(presented).await?;
        self.end_account(&shown.account()).await?;
        Ok(Handover::forget_token())
    }

    /// This login goes on with the token that it has: the ending spares it.
    async fn end_others(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let shown = self.logged_in(presented).await?;
        self.end_others_of(&shown).await?;
        Ok(Handover::nothing())
    }
}
