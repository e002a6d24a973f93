//! Starts a service with a weakness.

use std::{
    convert::identity,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use authlab_accounts::Accounts;
use authlab_attacks::deployments::Deployment;
use authlab_client::target::Target;
use authlab_clock::Clock;
use authlab_mechanism::Mechanism;
use authlab_server::{
    Answer,
    draining::Draining,
    forwarded::BehindProxies,
    signal::{Stop, Stopper, stop},
};
use authlab_service::{
    Ground, Service as _,
    settings::{Settings, defaults},
};
use authlab_web::{App, Parts, door::Door, metrics::Metrics, router::site};
use authlab_workers::Workers;
use tempfile::TempDir;

use super::{
    front::{Front, WeakSite},
    mechanism::{Twin, Weakness},
    wire,
};

/// The defence that is removed.
pub(crate) enum Weak {
    /// No defence is removed: this is the real service.
    Nothing,
    Mechanism(fn(&Ground) -> Arc<dyn Weakness>),
    Front(Front),
    Settings(fn(&mut Settings)),
    /// A proxy with lenient framing in front of the service.
    Wire,
    /// Another deployment uses the same session store and the same key.
    Shared,
}

/// A service that runs until this is dropped.
pub(crate) struct Running {
    pub(crate) deployment: Deployment,
    _stopper: Stopper,
    _folders: Vec<TempDir>,
}

/// A short timeout, since the attacks wait for it in real time.
const HEADER_TIMEOUT: Duration = Duration::from_secs(1);

pub(crate) async fn start(mechanism: &str, weak: Weak) -> Running {
    let place = Place::new(&weak).await;
    let real = real(mechanism, &place.ground).await;
    let neighbour = match weak {
        Weak::Nothing => Some((None, Place::new(&weak).await)),
        Weak::Shared => Some((Some(Arc::clone(&real)), Place::new(&weak).await)),
        _ => None,
    };
    let played: Arc<dyn Mechanism> = match weak {
        Weak::Mechanism(weakness) => Arc::new(Twin::new(real, weakness(&place.ground))),
        _ => real,
    };
    let name = played.card().mechanism;
    let front = if let Weak::Front(front) = weak { front } else { Front::AsItIs };
    let (stopper, told) = stop();
    let site = place.site(played, front);
    let behind_a_proxy = BehindProxies::new(site.clone(), &[IpAddr::from(Ipv4Addr::LOCALHOST).into()]);
    let behind_a_proxy = place.serve(behind_a_proxy, &told).await;
    let mut address = place.serve(site, &told).await;
    if let Weak::Wire = weak {
        address = wire::careless_proxy(address).await;
    }
    let key = std::fs::read_to_string(place.folder.path().join("secret_key")).unwrap();
    let mut deployment = Deployment {
        behind_a_proxy: Some(Target::at(name, behind_a_proxy)),
        ..Deployment::new(Target::at(name, address), Some(authlab_secrets::Secret::new(key.trim_end())))
    };
    let mut folders = vec![place.folder];
    if let Some((shared, place)) = neighbour {
        let own = match shared {
            Some(shared) => shared,
            None => self::real(mechanism, &place.ground).await,
        };
        let address = place.serve(place.site(own, Front::AsItIs), &told).await;
        deployment.neighbour = Some(Target::at(name, address));
        folders.push(place.folder);
    }
    Running { deployment, _stopper: stopper, _folders: folders }
}

/// The accounts and the key of one deployment.
struct Place {
    folder: TempDir,
    settings: Settings,
    ground: Ground,
}

impl Place {
    async fn new(weak: &Weak) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::embedded(folder.path());
        settings.limits.header_timeout = HEADER_TIMEOUT;
        if let Weak::Settings(change) = weak {
            change(&mut settings);
        }
        let ground = Ground::open(&settings, Clock::system()).await.unwrap();
        Self { folder, settings, ground }
    }

    fn site(&self, mechanism: Arc<dyn Mechanism>, front: Front) -> WeakSite {
        let Self { settings, ground, .. } = self;
        let accounts = Accounts::new(ground.database.clone(), ground.clock.clone(), &settings.policy());
        let app = App::new(Parts {
            metrics: Metrics::new(&*mechanism, &accounts, &ground.database),
            door: Door {
                mechanism,
                clock: ground.clock.clone(),
                secure_cookies: settings.cookie_secure,
                former_cookie_scopes: settings.former_cookie_scopes.clone().into(),
            },
            accounts,
            database: ground.database.clone(),
            cross_site: settings.cross_site().unwrap(),
            draining: Draining::default(),
            version: "0.0.0",
        });
        WeakSite::new(site(app), front)
    }

    /// Serves on a free port until the stop signal.
    async fn serve(&self, site: impl Answer, told: &Stop) -> SocketAddr {
        let listener = authlab_server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = self.settings.limits.clone();
        tokio::spawn(authlab_server::run(
            listener,
            site,
            (limits, Workers::here()),
            Draining::default(),
            told.clone().told(),
        ));
        address
    }
}

async fn real(mechanism: &str, ground: &Ground) -> Arc<dyn Mechanism> {
    match mechanism {
        "cookie" => defaults::<cookie_svc::CookieSettings>(identity).mechanism(ground).await,
        "session" => defaults::<session_svc::SessionSettings>(identity).mechanism(ground).await,
        "token" => defaults::<token_svc::TokenSettings>(identity).mechanism(ground).await,
        "token with RS256" => {
            let mut settings: token_svc::TokenSettings = defaults(identity);
            settings.jwt_alg = token_svc::Algorithm::Rs256;
            settings.mechanism(ground).await
        }
        other => panic!("unknown mechanism `{other}`"),
    }
    .unwrap()
}
