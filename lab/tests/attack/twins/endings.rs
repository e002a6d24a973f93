//! Twins whose logins do not end when they should.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use authlab_clock::Clock;
use authlab_mechanism::{
    Mechanism,
    handover::Handover,
    items::NewItem,
    login::{Account, Card, Device, Granted, LoginId, NewLogin},
    presented::Presented,
    refusal::Refusal,
};

use super::mechanism::{Weakness, cookie_name, credential, handed_over, with_credential};

/// A logout deletes the cookies but does not end the login.
pub(crate) struct ForgetsOnlyTheClient;

fn forgets(mechanism: &str) -> Handover {
    if mechanism == "token" { Handover::forget_token() } else { Handover::delete_cookie(cookie_name(mechanism)) }
}

#[async_trait]
impl Weakness for ForgetsOnlyTheClient {
    async fn logout(&self, real: &dyn Mechanism, _: &Presented) -> Result<Handover, Refusal> {
        Ok(forgets(real.card().mechanism))
    }

    async fn end_all(&self, real: &dyn Mechanism, _: &Presented) -> Result<Handover, Refusal> {
        Ok(forgets(real.card().mechanism))
    }

    async fn end(&self, _: &dyn Mechanism, _: &Presented, _: &LoginId) -> Result<Handover, Refusal> {
        Ok(Handover::nothing())
    }
}

/// A password change begins a new login and ends no others.
pub(crate) struct KeepsTheOtherLogins;

#[async_trait]
impl Weakness for KeepsTheOtherLogins {
    async fn replace_login(&self, real: &dyn Mechanism, asked: &NewLogin<'_>) -> Result<Granted, Refusal> {
        real.login(NewLogin { presented: &Presented::default(), ..*asked }).await
    }
}

/// The mechanism announces a lifetime of two seconds but does not check it: only the browser drops the cookie.
pub(crate) struct EndsInTheBrowserAlone;

impl Weakness for EndsInTheBrowserAlone {
    fn card(&self, real: &Card) -> Card {
        Card { lifetime: Duration::from_secs(2), ..real.clone() }
    }
}

/// Ended credentials are recognised by their text, but one login may have several credentials.
#[derive(Default)]
pub(crate) struct RemembersTheText(Mutex<Vec<String>>);

#[async_trait]
impl Weakness for RemembersTheText {
    fn shown(&self, real: &dyn Mechanism, presented: &Presented) -> Presented {
        let text = credential(presented, real.card().mechanism);
        let ended = text.is_some_and(|text| self.0.lock().unwrap().contains(&text));
        if ended { Presented::default() } else { presented.clone() }
    }

    async fn logout(&self, real: &dyn Mechanism, presented: &Presented) -> Result<Handover, Refusal> {
        self.0.lock().unwrap().extend(credential(presented, real.card().mechanism));
        Ok(forgets(real.card().mechanism))
    }
}

/// A write reads the session, waits, and writes the whole session back, even if it has ended meanwhile.
#[derive(Default)]
pub(crate) struct WritesBackWhatItRead {
    accounts: Mutex<HashMap<String, Account>>,
    revived: Arc<Mutex<HashMap<String, String>>>,
}

#[async_trait]
impl Weakness for WritesBackWhatItRead {
    fn shown(&self, real: &dyn Mechanism, presented: &Presented) -> Presented {
        let mechanism = real.card().mechanism;
        let revived = credential(presented, mechanism).and_then(|old| self.revived.lock().unwrap().get(&old).cloned());
        revived.map_or_else(|| presented.clone(), |text| with_credential(presented, mechanism, &text))
    }

    async fn login(&self, real: &dyn Mechanism, asked: &NewLogin<'_>) -> Result<Granted, Refusal> {
        self.accounts.lock().unwrap().insert(asked.account.username.clone(), asked.account.clone());
        real.login(*asked).await
    }

    async fn put_item(&self, real: &dyn Mechanism, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        let mechanism = real.card().mechanism;
        let Ok(login) = real.recall(presented).await?.login else { return real.put_item(presented, item).await };
        if ends_meanwhile(real, presented).await? {
            let account = self.accounts.lock().unwrap()[&login.username].clone();
            let granted = real.login(NewLogin::new(&Presented::default(), &account, &Device::default())).await?;
            let old = credential(presented, mechanism).unwrap();
            self.revived.lock().unwrap().insert(old, handed_over(&granted.handover, mechanism).unwrap());
            return Ok(Handover::nothing());
        }
        real.put_item(presented, item).await
    }
}

/// Waits up to a second for the login to end; returns whether it has.
async fn ends_meanwhile(real: &dyn Mechanism, presented: &Presented) -> Result<bool, Refusal> {
    for _ in 0..100 {
        // The attack's logout must arrive during the write.
        tokio::time::sleep(Duration::from_millis(10)).await;
        if real.recall(presented).await?.login.is_err() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Any client that knows a login's id may end it.
#[derive(Default)]
pub(crate) struct EndsAnybodysLogin(Mutex<HashMap<String, Presented>>);

#[async_trait]
impl Weakness for EndsAnybodysLogin {
    async fn login(&self, real: &dyn Mechanism, asked: &NewLogin<'_>) -> Result<Granted, Refusal> {
        let granted = real.login(*asked).await?;
        let mechanism = real.card().mechanism;
        let own =
            with_credential(&Presented::default(), mechanism, &handed_over(&granted.handover, mechanism).unwrap());
        for login in real.logins()?.list(&own).await? {
            self.0.lock().unwrap().insert(login.id.0, own.clone());
        }
        Ok(granted)
    }

    async fn end(&self, real: &dyn Mechanism, presented: &Presented, login: &LoginId) -> Result<Handover, Refusal> {
        let owner = self.0.lock().unwrap().get(&login.0).cloned();
        real.logins()?.end(&owner.unwrap_or_else(|| presented.clone()), login).await
    }
}

/// A login takes long, and gets a generation that no ending exceeds.
pub(crate) struct BeginsAsTheNewest;

#[async_trait]
impl Weakness for BeginsAsTheNewest {
    async fn login(&self, real: &dyn Mechanism, asked: &NewLogin<'_>) -> Result<Granted, Refusal> {
        // The attack's password change must arrive during the login.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let account = Account { generation: i64::MAX, ..asked.account.clone() };
        real.login(NewLogin { account: &account, ..*asked }).await
    }
}

/// Two endings of one account within a second count as one.
#[derive(Default)]
pub(crate) struct CountsEndingsInSeconds(Mutex<HashMap<String, i64>>);

#[async_trait]
impl Weakness for CountsEndingsInSeconds {
    async fn end_all(&self, real: &dyn Mechanism, presented: &Presented) -> Result<Handover, Refusal> {
        let login = real.recall(presented).await?.login.map_err(Refusal::NotLoggedIn)?;
        let now = Clock::system().seconds();
        let before = self.0.lock().unwrap().insert(login.username, now);
        if before == Some(now) {
            return Ok(forgets(real.card().mechanism));
        }
        real.revocation()?.end_all(presented).await
    }
}

/// A login ignores the former login whose cookies it replaces.
pub(crate) struct ForgetsWhatItReplaces;

#[async_trait]
impl Weakness for ForgetsWhatItReplaces {
    async fn login(&self, real: &dyn Mechanism, asked: &NewLogin<'_>) -> Result<Granted, Refusal> {
        real.login(NewLogin { presented: &Presented::default(), ..*asked }).await
    }
}
