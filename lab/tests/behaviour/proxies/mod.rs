//! The contract holds behind each proxy, as Debian ships it and as `deploy/` configures it. A client may send as much
//! as without a proxy.

pub(crate) mod proxy;

use authlab_client::target::Target;

use self::proxy::{Kind, Proxy};
use crate::support::{
    contract,
    service::{NAMES, Service},
};

/// The services trust the `X-Forwarded-*` headers of a proxy on this machine.
fn services() -> Vec<Service> {
    NAMES.iter().map(|name| Service::start(name, &["--trusted-proxies", "127.0.0.0/8"])).collect()
}

async fn the_contract_holds_through(kind: Kind) {
    let services = services();
    let Some(proxy) = Proxy::start(kind, &services).await else { return };
    for target in proxy.targets() {
        contract::holds_at(&target).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_through_nginx() {
    the_contract_holds_through(Kind::Nginx).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_through_caddy() {
    the_contract_holds_through(Kind::Caddy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_through_haproxy() {
    the_contract_holds_through(Kind::HaProxy).await;
}

/// A target with the service's name and the proxy's port.
pub(crate) fn target(name: &str, port: u16) -> Target {
    Target::new(name, &format!("http://127.0.0.1:{port}")).unwrap()
}
