//! The contract over HTTP, once for all three services.
//!
//! A request goes through [`layers`], is routed by [`router`] to one of [`handlers`], which reads it with [`body`] and
//! [`carriage`], calls one verb of the mechanism, and answers with the types of [`contract`], a page of [`pages`] or a
//! [`problem`].

pub mod body;
pub mod carriage;
pub mod contract;
pub mod cookies;
pub mod events;
pub mod handlers;
pub mod layers;
pub mod metrics;
pub mod negotiation;
pub mod openapi;
pub mod pages;
pub mod problem;
pub mod router;
pub mod white_space;

use std::{ops::Deref, sync::Arc};

use tower_http::csrf::CsrfLayer;

use self::metrics::Metrics;
use authlab_accounts::Accounts;
use authlab_clock::Clock;
use authlab_mechanism::{cookie_attributes::SecureCookies, login::Recalled, Mechanism, presented::Presented, refusal::Refusal};
use crate::cookie_scopes::CookieScope;
use authlab_database::Database;
use authlab_server::draining::Draining;
use authlab_telemetry::now;

/// Everything a handler needs. A clone is one more reference: every request takes some.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] consists of.
pub struct Parts {
    pub mechanism: Arc<dyn Mechanism>,
    pub accounts: Accounts,
    pub database: Database,
    pub clock: Clock,
    pub secure_cookies: SecureCookies,
    /// Where cookies were kept under former settings.
    pub former_cookie_scopes: Vec<CookieScope>,
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

    /// Whose pages they are.
    pub fn site(&self) -> pages::Site<'_> {
        pages::Site { card: self.mechanism.card(), registration: self.accounts.registration() }
    }

    /// Who is calling, and what is kept for them: measured, since it is what a mechanism does all day.
    pub async fn recall(&self, presented: &Presented) -> Result<Recalled, Refusal> {
        let begun = now();
        let recalled = self.mechanism.recall(presented).await;
        self.metrics.verified(&recalled, begun.elapsed());
        recalled
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "App({:?})", *self.0)
    }
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.mechanism.card().mechanism)
    }
}
