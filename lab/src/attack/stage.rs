//! Whom a row needs: visitors with accounts at the mark, and clients that want to be them.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use authlab_client::{
    Client,
    about::About,
    expect::Failure,
    fresh,
    target::Target,
    visitor::{LoginWith, Visitor, registration},
};

use super::{
    arena::Mark,
    row::{Leak, Nature, Outcome},
    script::Script,
};

/// One row against one mark.
#[derive(Debug)]
pub struct Stage {
    pub(super) mark: Mark,
    /// What the mark says of itself.
    pub(super) about: About,
    pub(super) script: Script,
    pub(super) leak: Option<Leak>,
}

impl Stage {
    pub(super) async fn set(mark: &Mark) -> Result<Self> {
        let mut client = Client::new(mark.target.clone(), "lab");
        client.connect().await?;
        let about =
            client.about().await.with_context(|| format!("{} does not say what it is at /about", mark.target))?;
        Ok(Self { mark: mark.clone(), about, script: Script::default(), leak: None })
    }

    /// The same play at another instance of the service.
    pub(super) async fn at(&self, target: &Target) -> Result<Self> {
        let there = Self::set(&Mark { target: target.clone(), ..self.mark.clone() }).await?;
        Ok(Self { script: self.script.clone(), ..there })
    }

    pub(super) fn target(&self) -> &Target {
        &self.mark.target
    }

    pub(super) fn is(&self, mechanism: &str) -> bool {
        self.about.mechanism == mechanism
    }

    /// Somebody who holds nothing.
    pub(super) fn somebody(&self, who: &'static str) -> Client {
        self.somebody_at(self.mark.target.clone(), who)
    }

    /// Somebody who holds nothing, at another deployment.
    pub(super) fn somebody_at(&self, elsewhere: Target, who: &'static str) -> Client {
        Client::new(elsewhere, "lab (attack)").recorded(who, Arc::new(self.script.clone()))
    }

    /// Makes an account and says its name.
    pub(super) async fn account(&self, who: &'static str) -> Result<String, Failure> {
        let username = fresh::username(who);
        self.somebody(who).ask(registration(&username)).await?.is(201)?;
        Ok(username)
    }

    /// A new account, logged in with JSON.
    pub(super) async fn person(&self, who: &'static str) -> Result<Visitor, Failure> {
        let username = self.account(who).await?;
        Visitor::log_in(self.somebody(who), &username, LoginWith::Json).await
    }

    /// A new account, logged in with the form, as a browser does it: the credential is a cookie.
    pub(super) async fn in_a_browser(&self, who: &'static str) -> Result<Visitor, Failure> {
        let username = self.account(who).await?;
        Visitor::log_in(self.somebody(who), &username, LoginWith::Form).await
    }

    /// Another login of the account, on another device.
    pub(super) async fn second_device(&self, owner: &Visitor) -> Result<Visitor, Failure> {
        Visitor::log_in(self.somebody("second device"), &owner.username, LoginWith::Json).await
    }

    /// What it has no way to prevent if nothing on the server can end a credential; a breach if it said that it can.
    pub(super) fn unless_it_can_end_copies(&self, what: &str, nature: Nature) -> Outcome {
        if self.about.can_end_copies() { Outcome::fell(what) } else { Outcome::ByNature(nature) }
    }
}
