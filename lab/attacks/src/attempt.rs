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
use authlab_results::attacks::AcceptedAfterEnd;
use authlab_secrets::Secret;

use super::{
    deployments::Deployment,
    forge::{Token, token_key},
    played::{Ended, Played, by_nature_if, fell_if, not_applicable},
    recording::Recording,
};

const NEEDS_THE_KEY: &str = "what is tried here must be signed, and the key is not at hand; give it with --key-file";

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

    /// The key that the service signs with.
    pub(super) fn key(&self) -> Result<Secret, Ended> {
        self.deployment.key.clone().ok_or_else(|| not_applicable(NEEDS_THE_KEY))
    }

    /// This person's token in parts, and the key that signed it.
    pub(super) fn leaked(&self, person: &Visitor) -> Result<(Token, [u8; 32]), Ended> {
        let (text, secret) = (person.credential.text(), self.key()?);
        let leaked = Token::parse(text).zip(token_key(&secret, text));
        leaked.ok_or_else(|| not_applicable(NEEDS_THE_KEY))
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
        Visitor::log_in(self.somebody(who), &self.account(who).await?, LoginWith::Json).await
    }

    /// A new account, logged in with the form, as a browser does it: the credential is a cookie.
    pub async fn in_a_browser(&self, who: &'static str) -> Result<Visitor, Failure> {
        Visitor::log_in(self.somebody(who), &self.account(who).await?, LoginWith::Form).await
    }

    /// Another login of the account, on another device.
    pub async fn second_device(&self, owner: &Visitor) -> Result<Visitor, Failure> {
        Visitor::log_in(self.somebody("second device"), &owner.username, LoginWith::Json).await
    }

    /// Ends the attack if a copy outlived its login: a breach if the service says that it can end copies, else unavoidable.
    pub fn outlived_if(&self, works: bool, what: &str) -> Played {
        fell_if(works && self.about.can_end_copies(), what)?;
        nothing_to_delete_if(works)
    }

    /// Notes how long the service accepted a credential after its end.
    pub fn note_accepted(&mut self, for_so_long: Duration, open_for_seconds: Option<u64>) {
        let measured_ms = for_so_long.as_millis().try_into().unwrap_or(u64::MAX);
        self.accepted_after_end = Some(AcceptedAfterEnd { measured_ms, open_for_seconds });
    }
}

/// The service keeps no record of a login, so it cannot end one.
pub(super) fn nothing_to_delete_if(works: bool) -> Played {
    by_nature_if(
        works,
        "the server keeps nothing of the login, so there is nothing that could be deleted",
        "REVOCATION=feed",
        "a look-up in memory a request, none in a store; REVOCATION=read: one SQL read a request",
    )
}
