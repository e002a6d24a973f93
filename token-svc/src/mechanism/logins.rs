//! An account's logins by tokens of both kinds: list them, end one, end all.

use async_trait::async_trait;
use authlab_mechanism::{
    Logins, Revocation,
    handover::Handover,
    login::{ListedLogin, LoginId},
    presented::Presented,
    refusal::Refusal,
};

use super::IssuedTokens;

#[async_trait]
impl Logins for IssuedTokens {
    async fn list(&self, presented: &Presented) -> Result<Vec<ListedLogin>, Refusal> {
        let caller = self.logged_in(presented).await?;
        let (account, current) = (caller.account(), caller.login_id());
        let mut logins = self.families.list(&account, &current).await?;
        logins.extend(self.opaque.list(&account, &current).await?);
        logins.sort_by(|one, other| other.created_at.cmp(&one.created_at).then_with(|| one.id.cmp(&other.id)));
        Ok(logins)
    }

    async fn end(&self, presented: &Presented, login: &LoginId) -> Result<Handover, Refusal> {
        let caller = self.logged_in(presented).await?;
        self.end_one(&caller.account(), login).await?;
        Ok(if *login == caller.login_id() { Handover::forget_token() } else { Handover::nothing() })
    }
}

#[async_trait]
impl Revocation for IssuedTokens {
    async fn end_all(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let caller = self.logged_in(presented).await?;
        self.end_account(&caller.account()).await?;
        Ok(Handover::forget_token())
    }

    /// The caller's login keeps its token: the ending does not apply to it.
    async fn end_others(&self, presented: &Presented) -> Result<Handover, Refusal> {
        let caller = self.logged_in(presented).await?;
        self.end_others_of(&caller).await?;
        Ok(Handover::nothing())
    }
}
