//! Twins whose refresh tokens can be reused.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
};

use async_trait::async_trait;
use authlab_mechanism::{
    Mechanism,
    handover::{Handover, Token, TokenChange},
    login::{Account, Device, Granted, NewLogin},
    presented::Presented,
    refusal::{Denied, Refusal},
};
use authlab_secrets::Secret;

use super::mechanism::Weakness;

/// A refresh token can be used any number of times, and gives a new one each time.
#[derive(Default)]
pub(crate) struct NeverSpendsARefreshToken(Mutex<HashMap<String, Account>>);

impl NeverSpendsARefreshToken {
    fn remember(&self, granted: &Granted, account: &Account) -> Token {
        let token = taken(&granted.handover).clone();
        self.0.lock().unwrap().insert(token.refresh_token.as_ref().unwrap().text.expose().to_owned(), account.clone());
        token
    }
}

#[async_trait]
impl Weakness for NeverSpendsARefreshToken {
    async fn login(&self, real: &dyn Mechanism, asked: &NewLogin<'_>) -> Result<Granted, Refusal> {
        let granted = real.login(*asked).await?;
        self.remember(&granted, asked.account);
        Ok(granted)
    }

    async fn refresh(&self, real: &dyn Mechanism, presented: &Presented, token: &Secret) -> Result<Token, Refusal> {
        let account = self.0.lock().unwrap().get(token.expose()).cloned();
        let account = account.ok_or(Refusal::InvalidGrant(Denied::Ended))?;
        Ok(self.remember(&real.login(NewLogin::new(presented, &account, &Device::default())).await?, &account))
    }
}

/// A reused refresh token is refused, but its family does not end.
#[derive(Default)]
pub(crate) struct RefusesTheSpentOneAlone(Mutex<HashSet<String>>);

#[async_trait]
impl Weakness for RefusesTheSpentOneAlone {
    async fn refresh(&self, real: &dyn Mechanism, presented: &Presented, token: &Secret) -> Result<Token, Refusal> {
        if !self.0.lock().unwrap().insert(token.expose().to_owned()) {
            return Err(Refusal::InvalidGrant(Denied::Ended));
        }
        real.tokens()?.refresh(presented, token).await
    }
}

fn taken(handover: &Handover) -> &Token {
    match &handover.token {
        Some(TokenChange::Take(token)) => token,
        other => panic!("the login handed out no token: {other:?}"),
    }
}
