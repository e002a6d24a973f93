//! The client that the real site counts a request for.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::atomic::Ordering,
};

use super::front::{Asked, Front, WeakSite};

/// 198.18.0.0/15, which is for tests.
const NEVER_SEEN: u32 = 0xc612_0000;

impl WeakSite {
    /// The address of another client than the true one.
    pub(super) fn client(&self, asked: &Asked) -> Option<IpAddr> {
        let forwarded = asked.headers.get("x-forwarded-for")?.to_str().ok()?;
        match self.front {
            // A service that trusts this header counts each guess for another client.
            Front::CountsNoFailures => forwarded.parse().ok(),
            // The halves change places, so that each address is a network.
            Front::CountsEachIpv6Address => {
                let address: Ipv6Addr = forwarded.parse().ok()?;
                Some(Ipv6Addr::from_bits(address.to_bits().rotate_left(64)).into())
            }
            // What is no address is the proxy's.
            Front::ReadsNoPorts => forwarded.parse::<IpAddr>().is_err().then_some(Ipv4Addr::LOCALHOST.into()),
            // The owner is always somewhere new.
            Front::KnowsNoNetworkAgain if self.is_right(asked) => {
                Some(Ipv4Addr::from_bits(NEVER_SEEN + self.networks.fetch_add(1, Ordering::Relaxed)).into())
            }
            _ => None,
        }
    }
}
