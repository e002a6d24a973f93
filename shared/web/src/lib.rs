//! The contract over HTTP, once for all three services.
//!
//! A request goes through [`site`] and its [`door`]. [`router`] gives it to one of [`handlers`], which reads its [`body`], calls one
//! verb of the mechanism, and answers with the types of [`contract`], a page of [`pages`] or a [`problem`].

pub mod body;
pub mod contract;
pub mod door;
pub mod events;
pub mod gateway;
pub mod handlers;
pub mod local_path;
pub mod metrics;
pub mod negotiation;
pub mod openapi;
pub mod pages;
pub mod problem;
pub mod router;
pub mod site;

use std::{ops::Deref, sync::Arc};

use authlab_accounts::Accounts;
use authlab_database::Database;
use authlab_mechanism::{
    Mechanism,
    login::{Recalled, Verified},
    presented::Presented,
    refusal::Refusal,
};
use authlab_server::draining::Draining;
use authlab_telemetry::now;
use tower_http::csrf::CsrfLayer;

use self::{door::Door, metrics::Metrics};

/// Everything a handler needs. A clone is one more reference: every request takes some.
#[derive(Clone, Debug)]
pub struct App(Arc<Parts>);

/// What an [`App`] consists of.
#[derive(Debug)]
pub struct Parts {
    /// The mechanism, and how its credentials travel.
    pub door: Door,
    pub accounts: Accounts,
    pub database: Database,
    /// Refuses unsafe requests that another site sent.
    pub cross_site: CsrfLayer,
    pub metrics: Metrics,
    pub draining: Draining,
    /// The version of the service, for `/about`.
    pub version: &'static str,
}

impl App {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub fn mechanism(&self) -> &dyn Mechanism {
        &*self.door.mechanism
    }

    /// Whose pages they are.
    pub fn site(&self) -> pages::Site<'_> {
        pages::Site { card: self.mechanism().card(), registration: self.accounts.policy.registration }
    }

    /// Who is calling, and what is kept for them: measured, since it is what a mechanism does all day.
    pub async fn recall(&self, presented: &Presented) -> Result<Recalled, Refusal> {
        let begun = now();
        let recalled = self.mechanism().recall(presented).await;
        self.metrics.verified(recalled.as_ref().map(|recalled| &recalled.login), begun.elapsed());
        recalled
    }

    /// Who is calling, for a gateway. Measured as [`recall`](Self::recall) is.
    pub async fn verify(&self, presented: &Presented, counts: bool) -> Result<Verified, Refusal> {
        let begun = now();
        let verified = self.mechanism().verify(presented, counts).await;
        self.metrics.verified(verified.as_ref().map(|verified| &verified.identity), begun.elapsed());
        verified
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
