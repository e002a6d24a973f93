//! Runs argon2id on dedicated threads. A flood of logins first waits, then is refused; memory stays within 19 MiB per thread.

use std::sync::Arc;

use authlab_secrets::Secret;
use authlab_telemetry::{Collector, Counted, now, traces};
use tokio::sync::oneshot;
use tracing::Instrument as _;

use super::{
    password::Password,
    phc,
    pool::{Memory, Pool, QueueMetrics, Share},
};

/// Hashes passwords for all clients in turn. The threads end when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct PasswordHasher {
    pool: Arc<Pool>,
    metrics: QueueMetrics,
}

/// How the stored hash of a correct password was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// With today's parameters and normalization.
    Well,
    /// With other parameters, or not in form NFC.
    Outdated,
}

/// The queue of passwords is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked at once; try again in a second")]
pub struct Busy;

impl PasswordHasher {
    /// Starts `concurrency` threads; at most `queue` further passwords wait.
    pub fn new(concurrency: usize, queue: usize) -> Self {
        Self {
            pool: Arc::new(Pool::start(concurrency, queue)),
            metrics: QueueMetrics::new().expect("the names are valid"),
        }
    }

    /// A PHC string with a fresh salt.
    pub async fn hash(&self, share: Share, password: Secret) -> Result<String, Busy> {
        self.run(share, move |memory| phc::hash(&password, memory)).await
    }

    /// Compares the password with the hash. Without a hash, the answer is `None` after the same work, so that timing reveals nothing.
    pub async fn verify(&self, share: Share, password: Password, hash: Option<String>) -> Result<Option<Fit>, Busy> {
        self.run(share, move |memory| {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| phc::dummy_hash().to_owned());
            let mut fits = |password: &Secret| phc::fits(password, &hash, memory) && known;
            if fits(&password.nfc) {
                return Some(if phc::is_current(&hash) { Fit::Well } else { Fit::Outdated });
            }
            password.typed.as_ref().is_some_and(fits).then_some(Fit::Outdated)
        })
        .await
    }

    /// The metrics of the queue.
    pub fn collectors(&self) -> Vec<Collector> {
        vec![Box::new(self.metrics.length.clone()), Box::new(self.metrics.waited.clone())]
    }

    async fn run<T: Send + 'static>(
        &self,
        share: Share,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let (reply, answer) = oneshot::channel();
        let (waiting, waited, queued) = (Counted::new(&self.metrics.length), self.metrics.waited.clone(), now());
        let job = move |memory: &mut Memory| {
            waited.observe(queued.elapsed().as_secs_f64());
            drop(waiting);
            // The client may have disconnected while its job waited.
            if !reply.is_closed() {
                let _ = reply.send(work(memory));
            }
        };
        // A job that is dropped to make room drops its reply channel, and the caller gets `Busy`.
        self.pool.push(share, Box::new(job));
        answer.instrument(traces::password_span()).await.map_err(|_| Busy)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use authlab_client_network::ClientNetwork;
    use tokio::task::JoinHandle;

    use super::{Busy, Fit, Password, PasswordHasher, Secret, Share};

    fn share(n: u32) -> Share {
        Share::Network(ClientNetwork::new(IpAddr::V4(n.into())))
    }

    const PASSWORD: &str = "correct horse battery staple";

    async fn hash(hasher: &PasswordHasher, password: &str) -> String {
        hasher.hash(share(1), Secret::new(password)).await.unwrap()
    }

    async fn fit(hasher: &PasswordHasher, typed: &str, hash: Option<&str>) -> Option<Fit> {
        let typed = Password::new(Secret::new(typed));
        hasher.verify(share(1), typed, hash.map(str::to_owned)).await.unwrap()
    }

    /// A client that hashes a password, in a task of its own.
    fn client(n: u32, hasher: &PasswordHasher) -> JoinHandle<Result<String, Busy>> {
        let hasher = hasher.clone();
        tokio::spawn(async move { hasher.hash(share(n), Secret::new(PASSWORD)).await })
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_alone() {
        let hasher = PasswordHasher::new(2, 8);
        let hash = hash(&hasher, PASSWORD).await;
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(fit(&hasher, PASSWORD, Some(&hash)).await, Some(Fit::Well));
        assert_eq!(fit(&hasher, "correct horse battery staple ", Some(&hash)).await, None);
        assert_eq!(fit(&hasher, PASSWORD, None).await, None);
    }

    #[tokio::test]
    async fn a_long_password_is_not_cut() {
        let hasher = PasswordHasher::new(2, 8);
        let beginning = "x".repeat(72);
        let hash = hash(&hasher, &format!("{beginning}one")).await;
        assert_eq!(fit(&hasher, &format!("{beginning}two"), Some(&hash)).await, None);
    }

    #[tokio::test]
    async fn what_was_hashed_otherwise_fits_and_is_known_to_be_outdated() {
        let hasher = PasswordHasher::new(1, 8);
        let decomposed = "cafe\u{301} au lait, s'il vous plait";
        let hash = hash(&hasher, decomposed).await;
        assert_eq!(fit(&hasher, decomposed, Some(&hash)).await, Some(Fit::Outdated));
        // `password` at a lower cost, from the tests of the reference implementation.
        let cheaper = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert_eq!(fit(&hasher, "password", Some(cheaper)).await, Some(Fit::Outdated));
        assert_eq!(fit(&hasher, "Password", Some(cheaper)).await, None);
    }

    #[tokio::test]
    async fn a_flood_is_turned_away_and_leaves_no_trace() {
        let hasher = PasswordHasher::new(1, 2);
        let flood: Vec<_> = (0..20).map(|_| client(1, &hasher)).collect();
        let mut turned_away = 0;
        for task in flood {
            turned_away += usize::from(task.await.unwrap() == Err(Busy));
        }
        assert!(turned_away >= 15, "{turned_away} of 20 were turned away");
        assert!(client(1, &hasher).await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn one_client_cannot_keep_the_others_from_being_checked() {
        let hasher = PasswordHasher::new(1, 4);
        let flood: Vec<_> = (0..20).map(|_| client(1, &hasher)).collect();
        tokio::task::yield_now().await;
        assert!(client(2, &hasher).await.unwrap().is_ok(), "the queue is full of another client's passwords");
        for task in flood {
            task.await.unwrap().ok();
        }
        assert_eq!(hasher.metrics.length.get(), 0);
    }

    #[tokio::test]
    async fn without_a_queue_the_threads_work_all_the_same() {
        assert!(client(1, &PasswordHasher::new(1, 0)).await.unwrap().is_ok());
    }
}
