//! Limits each client to half of all connections, so that others can connect.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use authlab_client_network::ClientNetwork;

/// The number of connections of each network.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    max_of_one: usize,
    held: Arc<Mutex<HashMap<ClientNetwork, usize>>>,
}

/// Counts one connection until it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    network: ClientNetwork,
    shares: Shares,
}

impl Shares {
    pub(super) fn new(max_connections: usize) -> Self {
        Self { max_of_one: (max_connections / 2).max(1), held: Arc::default() }
    }

    /// `None` if this client already holds the maximum.
    pub(super) fn take(&self, address: IpAddr) -> Option<Share> {
        let network = ClientNetwork::new(address);
        let mut held = self.lock();
        let connections = held.entry(network).or_default();
        if *connections >= self.max_of_one {
            return None;
        }
        *connections += 1;
        Some(Share { network, shares: self.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ClientNetwork, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.shares.lock();
        if let Some(connections) = held.get_mut(&self.network) {
            *connections -= 1;
            if *connections == 0 {
                held.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Shares;

    #[test]
    fn one_network_holds_half_and_leaves_nothing_behind() {
        let shares = Shares::new(10);
        let v6 = |n: u32| format!("2001:db8:0:1::{n:x}").parse().unwrap();
        let mut held: Vec<_> = (0..20).filter_map(|n| shares.take(v6(n))).collect();
        assert_eq!(held.len(), 5);
        assert!(shares.take("2001:db8:0:2::1".parse().unwrap()).is_some(), "others find room");
        held.pop();
        assert!(shares.take(v6(99)).is_some());
        drop(held);
        assert!(shares.lock().is_empty());
    }

    #[test]
    fn of_one_connection_a_client_may_have_it() {
        assert!(Shares::new(1).take("192.0.2.1".parse().unwrap()).is_some());
    }
}
