//! The client's address behind proxies: `X-Forwarded-For` is trusted only if it comes from a configured proxy.
//!
//! Without it, the rate limits see all clients behind a proxy as one address, and one client's failed logins lock an account for all.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    extract::{ConnectInfo, Request},
    response::Response,
};
use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

use super::Answer;
use crate::white_space::trimmed;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Marks a request that came from a trusted proxy, whose other headers about the client's request are then trusted as well.
#[derive(Clone, Copy, Debug)]
pub struct FromTrustedProxy;

/// A site that sees the address of the client instead of that of the proxy.
#[derive(Clone, Debug)]
pub struct BehindProxies<A> {
    site: A,
    trusted: Arc<[IpNet]>,
    warned: Arc<AtomicBool>,
}

impl<A> BehindProxies<A> {
    /// Trusts the proxies in these networks.
    pub fn new(site: A, trusted: &[IpNet]) -> Self {
        Self { site, trusted: trusted.into(), warned: Arc::default() }
    }

    fn warn_once(&self, proxy: IpAddr) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                %proxy,
                "cannot read X-Forwarded-For of a trusted proxy: its clients count as one; let the proxy append the address of \
                 its client, such as 203.0.113.9 or [2001:db8::1]:443; this warning is not repeated"
            );
        }
    }
}

impl<A: Answer> Answer for BehindProxies<A> {
    fn answer(self, mut request: Request) -> impl Future<Output = Response> + Send {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        if let Some(peer) = peer.filter(|_| !self.trusted.is_empty()) {
            let client = client(peer.ip(), request.headers(), &self.trusted).unwrap_or_else(|Unreadable { proxy }| {
                self.warn_once(proxy);
                proxy
            });
            if self.is_trusted_proxy(peer.ip().to_canonical()) {
                request.extensions_mut().insert(FromTrustedProxy);
            }
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client, peer.port())));
        }
        self.site.answer(request)
    }

    fn is_trusted_proxy(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }
}

/// The header of this proxy contains no valid address of its client.
#[derive(Debug)]
struct Unreadable {
    proxy: IpAddr,
}

/// Each proxy appends the address of its own client, so the chain is read from its end. Entries before the first address that is not a
/// trusted proxy come from that client and prove nothing.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Result<IpAddr, Unreadable> {
    let lines = headers.get_all(X_FORWARDED_FOR).iter().rev();
    let mut chain = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    let mut client = peer.to_canonical();
    while trusted.iter().any(|network| network.contains(&client)) {
        match chain.next().map(address) {
            Some(Some(before)) => client = before.to_canonical(),
            Some(None) => return Err(Unreadable { proxy: client }),
            None => break,
        }
    }
    Ok(client)
}

/// An address as proxies write it: with or without a port, IPv6 with or without brackets.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(trimmed(text)).ok()?;
    // A zone names an interface of the proxy's machine (RFC 4007 §11), so it identifies no client.
    if text.contains('%') {
        return None;
    }
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok();
    let alone = text.parse().ok();
    alone
        .or_else(|| text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
        .or_else(|| in_brackets().map(Into::into))
}

/// Parses a setting: a network such as `10.0.0.0/8`, or one address.
pub fn network(text: &str) -> Result<IpNet, String> {
    let alone = text.parse::<IpAddr>().map(IpNet::from);
    alone.or_else(|_| text.parse()).map_err(|_| "not an address or a network such as 10.0.0.0/8".to_owned())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{X_FORWARDED_FOR, client, network};

    /// The client's address for a peer and the lines of its header. 10.0.0.0/8 and one IPv6 address are trusted.
    fn seen(peer: &str, lines: &[&str]) -> String {
        seen_in_bytes(peer, &lines.iter().map(|line| line.as_bytes()).collect::<Vec<_>>())
            .unwrap_or("unreadable".to_owned())
    }

    fn seen_in_bytes(peer: &str, lines: &[&[u8]]) -> Option<String> {
        let headers = headers(lines);
        let trusted = ["10.0.0.0/8", "2001:db8::7"].map(|text| network(text).unwrap());
        client(peer.parse().unwrap(), &headers, &trusted).ok().map(|client| client.to_string())
    }

    fn headers(lines: &[&[u8]]) -> HeaderMap {
        lines.iter().map(|line| (X_FORWARDED_FOR, HeaderValue::from_bytes(line).unwrap())).collect()
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
        for unreadable in [
            "",
            "unknown",
            "198.51.100.1:99999",
            "198.51.100.1, unknown",
            "[198.51.100.1]",
            "2001:db8::1]:4",
            "[fe80::1%5]:443",
            "[fe80::1%5]",
        ] {
            assert_eq!(seen("10.0.0.2", &[unreadable]), "unreadable", "{unreadable}");
        }
        assert_eq!(seen("10.0.0.2", &[]), "10.0.0.2", "a proxy that says nothing is the client");
        let refused =
            client("10.0.0.2".parse().unwrap(), &headers(&[b"x, 10.0.0.3"]), &[network("10.0.0.0/8").unwrap()]);
        assert_eq!(refused.unwrap_err().proxy.to_string(), "10.0.0.3");
    }

    #[test]
    fn a_port_and_brackets_are_no_part_of_an_address() {
        for (written, address) in [
            ("203.0.113.9:51008", "203.0.113.9"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[::ffff:203.0.113.9]:1", "203.0.113.9"),
            ("198.51.100.1,\t203.0.113.9:1 , 10.0.0.3:8080", "203.0.113.9"),
        ] {
            assert_eq!(seen("10.0.0.2", &[written]), address, "{written}");
        }
    }

    #[test]
    fn what_is_no_text_hides_nothing_behind_it() {
        assert_eq!(seen_in_bytes("10.0.0.2", &[b"\xff, 198.51.100.1"]).unwrap(), "198.51.100.1");
        assert_eq!(seen_in_bytes("10.0.0.2", &[b"\xff", b"198.51.100.1"]).unwrap(), "198.51.100.1");
        assert_eq!(seen_in_bytes("10.0.0.2", &[b"198.51.100.1, \xff"]), None);
        assert_eq!(seen_in_bytes("10.0.0.2", &["198.51.100.1\u{a0}".as_bytes()]), None);
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
