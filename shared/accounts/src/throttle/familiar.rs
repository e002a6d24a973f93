//! The networks from which each account logged in recently. Kept in memory as keyed digests, and bounded in number.

use std::{collections::HashMap, time::Duration};

use super::{Digest, FAMILIAR_FOR, make_room};

/// Networks per account; the least recently used one is dropped first.
const MAX_NETWORKS: usize = 8;
/// Accounts; beyond this, the least recently used ones are dropped. About 15 MB if every account has the maximum of networks.
const MAX_ACCOUNTS: usize = 50_000;

/// By the digest of the account.
#[derive(Debug, Default)]
pub(super) struct FamiliarNetworks(HashMap<Digest, Vec<Familiar>>);

#[derive(Clone, Copy, Debug)]
struct Familiar {
    network: Digest,
    until: Duration,
}

impl FamiliarNetworks {
    pub(super) fn contains(&self, account: &Digest, network: &Digest, now: Duration) -> bool {
        let networks = self.0.get(account).into_iter().flatten();
        networks.into_iter().any(|familiar| familiar.network == *network && familiar.until > now)
    }

    pub(super) fn remember(&mut self, account: Digest, network: Digest, now: Duration) {
        let last_use = |networks: &Vec<Familiar>| networks.last().map_or(Duration::ZERO, |familiar| familiar.until);
        make_room(&mut self.0, (MAX_ACCOUNTS, 10), now, last_use);
        let networks = self.0.entry(account).or_default();
        networks.retain(|familiar| familiar.network != network && familiar.until > now);
        if networks.len() == MAX_NETWORKS {
            networks.remove(0);
        }
        networks.reserve_exact(1);
        networks.push(Familiar { network, until: now + FAMILIAR_FOR });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Digest, FamiliarNetworks, MAX_ACCOUNTS, MAX_NETWORKS};

    fn digest(n: u32) -> Digest {
        u128::from(n).to_be_bytes()
    }

    #[test]
    fn an_account_has_a_few_networks_and_the_latest_are_kept() {
        let mut familiar = FamiliarNetworks::default();
        for n in 0..100 {
            familiar.remember(digest(1), digest(n), Duration::from_secs(n.into()));
            familiar.remember(digest(1), digest(1_000), Duration::from_secs(n.into()));
        }
        let now = Duration::from_secs(100);
        let kept = (0..1_001).filter(|n| familiar.contains(&digest(1), &digest(*n), now)).count();
        assert_eq!(kept, MAX_NETWORKS);
        assert!(familiar.contains(&digest(1), &digest(1_000), now), "one that is used is not forgotten");
        assert!(!familiar.contains(&digest(2), &digest(99), now), "it is another account's");
    }

    #[test]
    fn the_number_of_accounts_is_bounded_and_the_latest_are_kept() {
        let mut familiar = FamiliarNetworks::default();
        let accounts = u32::try_from(MAX_ACCOUNTS).unwrap() + 20_000;
        for n in 0..accounts {
            familiar.remember(digest(n), digest(0), Duration::from_millis(n.into()));
            assert!(familiar.0.len() <= MAX_ACCOUNTS);
        }
        let now = Duration::from_millis(accounts.into());
        assert!((accounts - 1_000..accounts).all(|n| familiar.contains(&digest(n), &digest(0), now)));
    }
}
