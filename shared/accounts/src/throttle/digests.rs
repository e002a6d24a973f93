//! The keys under which attempts are counted.

use authlab_client_network::ClientNetwork;
use authlab_secrets::random;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// A truncated HMAC under a random key of this process.
pub(super) type Digest = [u8; 16];

/// The counters that one attempt concerns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subjects {
    pub(super) pair: Digest,
    pub(super) account: Digest,
    pub(super) network: Digest,
}

/// Turns a client's input into keys of fixed length. A memory dump does not reveal the names behind them.
#[derive(Clone, Debug)]
pub(super) struct Digests(Hmac<Sha256>);

impl Digests {
    pub(super) fn new() -> Self {
        Self(Hmac::new_from_slice(&random::bytes::<32>()).expect("HMAC takes keys of any length"))
    }

    pub(super) fn of_attempt(&self, account: &str, network: ClientNetwork) -> Subjects {
        let (account, network) = (account.as_bytes(), &network.bytes()[..]);
        Subjects {
            pair: self.of(b"pair", &[network, account]),
            account: self.of(b"account", &[account]),
            network: self.of(b"network", &[network]),
        }
    }

    pub(super) fn of_registration(&self, network: ClientNetwork) -> Digest {
        self.of(b"registration", &[&network.bytes()])
    }

    /// Only the last part may vary in length, so that two different lists of parts never give the same input.
    fn of(&self, kind: &[u8], parts: &[&[u8]]) -> Digest {
        let mut mac = self.0.clone();
        mac.update(kind);
        mac.update(b" ");
        for part in parts {
            mac.update(part);
        }
        let whole = mac.finalize().into_bytes();
        let mut digest = Digest::default();
        digest.copy_from_slice(&whole[..16]);
        digest
    }
}
