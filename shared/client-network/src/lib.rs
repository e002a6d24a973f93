//! Which addresses count as one client in rate limits.

use std::net::{IpAddr, Ipv6Addr};

/// An IPv4 address, or an IPv6 /64.
///
/// Every customer of a provider gets at least a /64 (RFC 6177), so a limit per IPv6 address would have no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientNetwork(IpAddr);

impl ClientNetwork {
    /// The first 64 bits of an IPv6 address; the whole address for IPv4 and for IPv4-mapped IPv6.
    pub fn new(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }

    /// Sixteen bytes that identify the network.
    pub fn bytes(self) -> [u8; 16] {
        match self.0 {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => address.octets(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ClientNetwork;

    #[test]
    fn addresses_of_one_64_are_one_client_and_ipv4_addresses_are_not() {
        let of = |address: &str| ClientNetwork::new(address.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
        assert_ne!(of("192.0.2.1").bytes(), of("192.0.2.2").bytes());
    }
}
