//! The client address that a weak front gives to the real site.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::atomic::Ordering,
};

use super::front::{Asked, Front, WeakSite};

/// The range 198.18.0.0/15 is reserved for tests.
const NEVER_SEEN: u32 = 0xc612_0000;

impl WeakSite {
    /// The forged address, if this front forges one.
    pub(super) fn client(&self, asked: &Asked) -> Option<IpAddr> {
        let forwarded = asked.headers.get("x-forwarded-for")?.to_str().ok()?;
        match self.front {
            // Trusts the header, so every guess seems to come from another client.
            Front::CountsNoFailures => forwarded.parse().ok(),
            // The halves are swapped, so that each IPv6 address is its own /64 network.
            Front::CountsEachIpv6Address => {
                let address: Ipv6Addr = forwarded.parse().ok()?;
                Some(Ipv6Addr::from_bits(address.to_bits().rotate_left(64)).into())
            }
            // An address with a port is not parsed, and the proxy's address is used.
            Front::ReadsNoPorts => forwarded.parse::<IpAddr>().is_err().then_some(Ipv4Addr::LOCALHOST.into()),
            // The owner of the account always seems to come from a new network.
            Front::KnowsNoNetworkAgain if self.is_right(asked) => {
                Some(Ipv4Addr::from_bits(NEVER_SEEN + self.networks.fetch_add(1, Ordering::Relaxed)).into())
            }
            _ => None,
        }
    }
}
