//! From a weakness to a running service.

use std::{
    convert::identity,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use lab::{attack::arena::Mark, target::Target};
use shared::{
    accounts::Accounts,
    clock::Clock,
    http::{App, Parts, metrics::Metrics, router::site},
    mechanism::Mechanism,
    serve::{
        self, Answer,
        draining::Draining,
        forwarded::BehindProxies,
        signal::{Stop, Stopper, stop},
    },
    service::{Ground, Service as _},
    settings::{Settings, defaults},
};
use tempfile::TempDir;

use super::{
    front::{Front, WeakSite},
    mechanism::{Twin, Weakness},
    wire,
};

/// What is undone.
pub(crate) enum Weak {
    /// Nothing: the other half of each proof.
    Nothing,
    Mechanism(fn(&Ground) -> Arc<dyn Weakness>),
    Front(Front),
    Settings(fn(&mut Settings)),
    /// A proxy before it that is careless about framing.
    Wire,
}

/// A service that runs until this is dropped.
pub(crate) struct Standing {
    pub(crate) mark: Mark,
    _stopper: Stopper,
    _folder: TempDir,
}

/// Seconds that a head may take: nobody waits for more in a test.
const HEADER_TIMEOUT: Duration = Duration::from_secs(1);

pub(crate) async fn start(mechanism: &str, weak: Weak) -> Standing {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::embedded(folder.path());
    settings.limits.header_timeout = HEADER_TIMEOUT;
    if let Weak::Settings(change) = weak {
        change(&mut settings);
    }
    let ground = Ground::open(&settings, Clock::system()).await.unwrap();
    let real = real(mechanism, &ground).await;
    let mechanism: Arc<dyn Mechanism> = match weak {
        Weak::Mechanism(weakness) => Arc::new(Twin::new(real, weakness(&ground))),
        _ => real,
    };
    let name = mechanism.card().mechanism;
    let accounts = Accounts::new(ground.database.clone(), ground.clock.clone(), &settings.policy());
    let app = App::new(Parts {
        metrics: Metrics::of(&*mechanism, &accounts, &ground.database),
        mechanism,
        accounts,
        database: ground.database.clone(),
        clock: ground.clock.clone(),
        secure_cookies: settings.cookie_secure,
        former_cookie_scopes: settings.former_cookie_scopes.clone(),
        cross_site: settings.cross_site().unwrap(),
        draining: Draining::default(),
        version: "0.0.0",
    });
    let front = if let Weak::Front(front) = weak { front } else { Front::AsItIs };
    let (stopper, told) = stop();
    let site = WeakSite::new(site(app), front);
    let behind_a_proxy = BehindProxies::new(site.clone(), &[IpAddr::from(Ipv4Addr::LOCALHOST).into()]);
    let behind_a_proxy = serve(behind_a_proxy, &settings, &told).await;
    let mut address = serve(site, &settings, &told).await;
    if let Weak::Wire = weak {
        address = wire::careless_proxy(address).await;
    }
    let key = std::fs::read_to_string(folder.path().join("secret_key")).unwrap();
    let mark = Mark {
        target: Target::at(name, address),
        setting: "",
        short_lived: None,
        behind_a_proxy: Some(Target::at(name, behind_a_proxy)),
        key: Some(shared::secret::Secret::new(key.trim_end())),
    };
    Standing { mark, _stopper: stopper, _folder: folder }
}

/// Serves on a free port until told to stop.
async fn serve(site: impl Answer, settings: &Settings, told: &Stop) -> SocketAddr {
    let listener = serve::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve::run(listener, site, settings.limits.clone(), Draining::default(), told.clone().told()));
    address
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
        other => panic!("there is no mechanism `{other}`"),
    }
    .unwrap()
}
