//! Gateways: `/verify` as they ask it, and applications behind each gateway that `deploy/gateway` configures.

mod application;
mod identity;
mod others;
mod outage;
mod passage;
mod refresh;
mod tls;
mod verify;

use std::{
    fmt, fs,
    net::TcpListener,
    path::Path,
    process,
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use authlab_client::{Client, target::Target};
use authlab_fleet::{Fleet, Mechanisms};
use authlab_service::settings::Settings;
use futures_util::future::join_all;

use self::application::{Application, KEY};
use crate::proxies::{
    proxy::{Kind, Proxy},
    target,
};

const KINDS: [Kind; 3] = [Kind::Nginx, Kind::Caddy, Kind::HaProxy];

/// One second of lifetime, five of leeway, and the rest of the second of issue.
const PAST_THE_END: Duration = Duration::from_millis(7_100);

/// The services trust the headers of a proxy on this machine.
fn behind_a_gateway(settings: &mut Settings, _: &mut Mechanisms) {
    settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

/// token-svc, whose access tokens live for a second.
async fn with_short_lived_tokens() -> (Fleet, Target) {
    let fleet = Fleet::start_with(|settings, mechanisms| {
        behind_a_gateway(settings, mechanisms);
        mechanisms.token.access_token_lifetime = Duration::from_secs(1);
    });
    let fleet = fleet.await.unwrap();
    let service = fleet.targets().into_iter().find(|target| target.name == "token-svc").unwrap();
    (fleet, service)
}

async fn fleet() -> Fleet {
    Fleet::start_with(behind_a_gateway).await.unwrap()
}

/// One host: a service and an application behind one proxy. It stops when this value is dropped.
#[derive(Debug)]
struct Gateway {
    kind: Kind,
    proxy: Proxy,
    application: Application,
}

impl Gateway {
    /// Returns `None` and reports a skipped test if the program is not installed.
    async fn start(kind: Kind, service: &Target) -> Option<Self> {
        Self::start_with(kind, service, Application::start().await, |text| text).await
    }

    /// With this application, and a configuration that `change` has adjusted.
    async fn start_with(
        kind: Kind,
        service: &Target,
        application: Application,
        change: impl FnOnce(String) -> String,
    ) -> Option<Self> {
        let port = quiet_port();
        let addresses = [service.authority(), application.target.authority()];
        let here = target(&service.name, port);
        let proxy =
            Proxy::start_with(kind, vec![here], |folder| change(configuration(kind, port, &addresses, folder))).await?;
        Some(Self { kind, proxy, application })
    }

    fn target(&self) -> Target {
        self.proxy.targets().remove(0)
    }

    fn client(&self) -> Client {
        Client::new(self.target(), "lab")
    }
}

impl fmt::Display for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} before {}", self.kind, self.target().name)
    }
}

/// A port on which no program listens. Other tests ask the system for any free port, and one of them could get this port before the proxy
/// opens it. So it is below the range from which the system chooses.
fn quiet_port() -> u16 {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    // Another run of the tests at the same time starts elsewhere.
    let first = 21_000 + u16::try_from(process::id() % 100).unwrap() * 100;
    loop {
        let port = first + TAKEN.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Runs the check with each kind of gateway before each of these services, all at the same time.
async fn each_gateway(services: &[Target], check: impl AsyncFn(&Gateway)) {
    let pairs = services.iter().flat_map(|service| KINDS.map(|kind| (kind, service)));
    let gateways = join_all(pairs.map(|(kind, service)| Gateway::start(kind, service))).await;
    join_all(gateways.iter().flatten().map(|gateway| check(gateway))).await;
}

/// The shipped configuration with other addresses, port and key.
fn configuration(kind: Kind, port: u16, [service, application]: &[String; 2], folder: &Path) -> String {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/gateway");
    let file = match kind {
        Kind::Nginx => "nginx.conf",
        Kind::Caddy => "Caddyfile",
        Kind::HaProxy => "haproxy.cfg",
    };
    let mut text = fs::read_to_string(shipped.join(file)).unwrap();
    // Through placeholders, since the new text of one may contain the old text of another.
    let replaced = [
        ("8000", "{port}", port.to_string()),
        ("127.0.0.1:8002", "{service}", service.clone()),
        ("127.0.0.1:3000", "{application}", application.clone()),
        ("replace-this-key", "{key}", KEY.to_owned()),
    ];
    for (old, placeholder, _) in &replaced {
        assert!(text.contains(old), "{file} lacks {old}");
        text = text.replace(old, placeholder);
    }
    for (_, placeholder, new) in &replaced {
        text = text.replace(placeholder, new);
    }
    let text = text.replace("127.0.0.1:8080", &format!("127.0.0.1:{}", quiet_port()));
    let text = text.replace("/tmp/", &format!("{}/", folder.display()));
    text.replace("/etc/haproxy/", &format!("{}/", shipped.display()))
}
