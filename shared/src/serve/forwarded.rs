//! Whose request it is when proxies stand before the service: `X-Forwarded-For` is believed of them, and of nobody else.
//!
//! Without it all clients behind a proxy are one address to the throttle, and whoever guesses wrong a few times closes an
//! account to its owner.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request},
    response::Response,
};
use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

use super::Answer;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A site that is told the address of the client, and not that of the proxy.
#[derive(Clone, Debug)]
pub struct BehindProxies<A> {
    site: A,
    trusted: Arc<[IpNet]>,
}

impl<A> BehindProxies<A> {
    /// Proxies of these networks are believed.
    pub fn new(site: A, trusted: &[IpNet]) -> Self {
        Self { site, trusted: trusted.into() }
    }
}

impl<A: Answer> Answer for BehindProxies<A> {
    fn answer(self, mut request: Request) -> impl Future<Output = Response> + Send {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        if let Some(peer) = peer.filter(|_| !self.trusted.is_empty()) {
            let client = client(peer.ip(), request.headers(), &self.trusted);
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client, peer.port())));
        }
        self.site.answer(request)
    }
}

/// Each proxy appends the address that it was called from, so the chain is read from its end: what stands before the first
/// address that is no trusted proxy's was written by whoever is there.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let lines = headers.get_all(X_FORWARDED_FOR).iter().rev();
    let mut chain = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    let mut client = peer.to_canonical();
    while trusted.iter().any(|network| network.contains(&client)) {
        match chain.next().and_then(|address| address.trim().parse::<IpAddr>().ok()) {
            Some(before) => client = before.to_canonical(),
            None => break,
        }
    }
    client
}

/// A network as a setting: `10.0.0.0/8`, or one address.
pub fn network(text: &str) -> Result<IpNet, String> {
    let alone = text.parse::<IpAddr>().map(IpNet::from);
    alone.or_else(|_| text.parse()).map_err(|_| "not an address or a network such as 10.0.0.0/8".to_owned())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{X_FORWARDED_FOR, client, network};

    /// Who the client is, for a peer and the lines of its header, where 10.0.0.0/8 and one IPv6 address are trusted.
    fn seen(peer: &str, lines: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(X_FORWARDED_FOR, HeaderValue::from_static(line));
        }
        let trusted = ["10.0.0.0/8", "2001:db8::7"].map(|text| network(text).unwrap());
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_but_a_trusted_proxy_is_believed() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.2", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("2001:db8::7", &["198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        assert_eq!(seen("10.0.0.2", &["192.0.2.66, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.2", &["10.0.0.66, 198.51.100.1, 10.0.0.3"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.2", &["192.0.2.66", "198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn a_chain_that_cannot_be_read_ends_at_the_last_proxy_that_is_known() {
        for unreadable in ["", "unknown", "198.51.100.1:4711", "198.51.100.1, unknown"] {
            assert_eq!(seen("10.0.0.2", &[unreadable]), "10.0.0.2", "{unreadable}");
        }
        assert_eq!(seen("10.0.0.2", &[]), "10.0.0.2");
    }

    #[test]
    fn an_ipv4_address_in_the_dress_of_ipv6_is_the_same_address() {
        assert_eq!(seen("::ffff:10.0.0.2", &["::ffff:198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for bad in ["", "localhost", "10.0.0.0/33", "10.0.0"] {
            assert!(network(bad).is_err(), "{bad}");
        }
    }
}
