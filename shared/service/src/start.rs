//! From a mechanism to a service that answers requests.

use std::{net::SocketAddr, sync::Arc};

use authlab_accounts::Accounts;
use authlab_mechanism::Mechanism;
use authlab_server::{self as server, Limits, draining::Draining, forwarded::BehindProxies, signal::Stop};
use authlab_web::{App, Parts, door::Door, metrics::Metrics, router::site, site::Site};
use authlab_workers::Workers;
use tokio::net::TcpListener;

use crate::{error::StartError, ground::Ground, service::Service, settings::Settings};

/// A service that holds its address but does not answer yet.
pub struct Started {
    pub name: &'static str,
    pub address: SocketAddr,
    /// The very one that it will ask.
    pub mechanism: Arc<dyn Mechanism>,
    listener: TcpListener,
    site: BehindProxies<Site>,
    limits: Limits,
    draining: Draining,
}

/// Everything that can fail, before anything is served.
pub async fn start<S: Service>(
    service: &S,
    settings: &Settings,
    ground: &Ground,
    address: SocketAddr,
) -> Result<Started, StartError> {
    let listener = server::bind(address).await?;
    let address = listener.local_addr()?;
    let draining = Draining::default();
    let mechanism = service.mechanism(ground).await?;
    let accounts = Accounts::new(ground.database.clone(), ground.clock.clone(), &settings.policy());
    let site = site(App::new(Parts {
        metrics: Metrics::new(&*mechanism, &accounts, &ground.database),
        door: Door {
            mechanism: Arc::clone(&mechanism),
            clock: ground.clock.clone(),
            secure_cookies: settings.cookie_secure,
            former_cookie_scopes: settings.former_cookie_scopes.clone().into(),
        },
        accounts,
        database: ground.database.clone(),
        cross_site: settings.cross_site()?,
        draining: draining.clone(),
        version: S::VERSION,
    }));
    let site = BehindProxies::new(site, &settings.trusted_proxies);
    Ok(Started { name: S::NAME, address, mechanism, listener, site, limits: settings.limits.clone(), draining })
}

impl std::fmt::Debug for Started {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Started")
            .field("name", &self.name)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Started {
    /// Serves with these workers until told to stop and everything under way has been answered.
    pub async fn run(self, workers: Workers, stop: Stop) {
        tracing::info!(address = %self.address, "{} is ready", self.name);
        server::run(self.listener, self.site, (self.limits, workers), self.draining, stop.told()).await;
        tracing::info!("{} has stopped", self.name);
    }
}
