//! One attack on one service: visitors with accounts there, and the attackers.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use authlab_client::{
    Client,
    about::About,
    expect::Failure,
    fresh,
    target::Target,
    visitor::{LoginWith, Visitor, registration},
};
use authlab_results::attacks::{AcceptedAfterEnd, Outcome};

use super::{deployments::Deployment, recording::Recording};

/// One attack on one deployment.
#[derive(Debug)]
pub struct Attempt {
    pub deployment: Deployment,
    /// What the service says about itself.
    pub about: About,
    pub(crate) recording: Recording,
    pub(crate) accepted_after_end: Option<AcceptedAfterEnd>,
}

impl Attempt {
    pub async fn start(deployment: &Deployment) -> Result<Self> {
        let mut client = Client::new(deployment.target.clone(), "lab");
        client.connect().await?;
        let about = client
            .about()
            .await
            .with_context(|| format!("{} does not describe itself at /about", deployment.target))?;
        Ok(Self { deployment: deployment.clone(), about, recording: Recording::default(), accepted_after_end: None })
    }

    /// The same attack at another instance of the service.
    pub async fn at(&self, target: &Target) -> Result<Self> {
        let there = Self::start(&Deployment { target: target.clone(), ..self.deployment.clone() }).await?;
        Ok(Self { recording: self.recording.clone(), ..there })
    }

    pub fn target(&self) -> &Target {
        &self.deployment.target
    }

    pub fn is(&self, mechanism: &str) -> bool {
        self.about.mechanism == mechanism
    }

    /// A client without credentials.
    pub fn somebody(&self, who: &'static str) -> Client {
        self.somebody_at(self.deployment.target.clone(), who)
    }

    /// A client without credentials, at another deployment.
    pub fn somebody_at(&self, elsewhere: Target, who: &'static str) -> Client {
        Client::new(elsewhere, "lab (attack)").recorded(who, Arc::new(self.recording.clone()))
    }

    /// Registers an account and returns its username.
    pub async fn account(&self, who: &'static str) -> Result<String, Failure> {
        let username = fresh::username(who);
        self.somebody(who).ask(registration(&username)).await?.is(201)?;
        Ok(username)
    }

    /// A new account, logged in with JSON.
    pub async fn person(&self, who: &'static str) -> Result<Visitor, Failure> {
        let username = self.account(who).await?;
        Visitor::log_in(self.somebody(who), &username, LoginWith::Json).await
    }

    /// A new account, logged in with the form, as a browser does it: the credential is a cookie.
    pub async fn in_a_browser(&self, who: &'static str) -> Result<Visitor, Failure> {
        let username = self.account(who).await?;
        Visitor::log_in(self.somebody(who), &username, LoginWith::Form).await
    }

    /// Another login of the account, on another device.
    pub async fn second_device(&self, owner: &Visitor) -> Result<Visitor, Failure> {
        Visitor::log_in(self.somebody("second device"), &owner.username, LoginWith::Json).await
    }

    /// The outcome if a copy outlives its login: a breach if the service says that it can end copies, else unavoidable.
    pub fn unless_it_can_end_copies(&self, what: &str) -> Outcome {
        if self.about.can_end_copies() { Outcome::fell(what) } else { nothing_to_delete() }
    }

    /// Notes how long the service accepted a credential after its end.
    pub fn note_accepted(&mut self, for_so_long: Duration, open_for_seconds: Option<u64>) {
        let measured_ms = for_so_long.as_millis().try_into().unwrap_or(u64::MAX);
        self.accepted_after_end = Some(AcceptedAfterEnd { measured_ms, open_for_seconds });
    }
}

/// The service keeps no record of a login, so it cannot end one.
pub(super) fn nothing_to_delete() -> Outcome {
    Outcome::by_nature(
        "the server keeps nothing of the login, so there is nothing that could be deleted",
        "REVOCATION=feed",
        "a look-up in memory a request, none in a store; REVOCATION=read: one SQL read a request",
    )
}
