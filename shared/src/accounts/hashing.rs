//! argon2id on a bounded pool: a flood of logins waits, then is turned away, and memory stays within
//! `concurrency` times 19 MiB.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

use crate::{random, secret::Secret};

/// Hashes with the parameters OWASP asks for (argon2id, m=19456, t=2, p=1), which are the library's defaults.
#[derive(Clone, Debug)]
pub struct PasswordHasher {
    running: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    most: usize,
}

/// As many passwords are being checked as this service takes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the service is checking as many passwords as it can")]
pub struct Busy;

impl PasswordHasher {
    /// At most `concurrency` at a time; at most `queue` more may wait.
    pub fn new(concurrency: usize, queue: usize) -> Self {
        Self { running: Arc::new(Semaphore::new(concurrency)), waiting: Arc::default(), most: concurrency + queue }
    }

    /// A PHC string with a fresh salt.
    pub async fn hash(&self, password: Secret) -> Result<String, Busy> {
        self.run(move || hash(&password)).await
    }

    /// Whether the password fits the hash. Without a hash the answer is no, after the same work.
    pub async fn verify(&self, password: Secret, hash: Option<String>) -> Result<bool, Busy> {
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.as_deref().unwrap_or(&NOBODYS_HASH);
            let fits = Argon2::default().verify_password(password.expose().as_bytes(), hash).is_ok();
            known && fits
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let _place = Place::take(&self.waiting, self.most)?;
        let permit = Arc::clone(&self.running).acquire_owned().await.map_err(|_| Busy)?;
        tokio::task::spawn_blocking(move || {
            // The permit goes with the work: a client that hangs up must not free a slot that is still computing.
            let _permit = permit;
            work()
        })
        .await
        .map_err(|_| Busy)
    }
}

/// A place among those who run or wait; given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>, most: usize) -> Result<Self, Busy> {
        let place = Self(Arc::clone(waiting));
        if waiting.fetch_add(1, Ordering::Relaxed) < most { Ok(place) } else { Err(Busy) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What an unknown name is checked against, so that it takes as long as a known one.
static NOBODYS_HASH: LazyLock<String> = LazyLock::new(|| hash(&Secret::new(random::hex::<16>())));

fn hash(password: &Secret) -> String {
    Argon2::default()
        .hash_password_with_salt(password.expose().as_bytes(), &random::bytes::<16>())
        .expect("the default parameters and a salt of 16 bytes are valid")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::{Busy, PasswordHasher, Secret};

    fn password(text: &str) -> Secret {
        Secret::new(text)
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_alone() {
        let hasher = PasswordHasher::new(2, 8);
        let hash = hasher.hash(password("correct horse battery staple")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.verify(password("correct horse battery staple"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(password("correct horse battery staple "), Some(hash)).await.unwrap());
        assert!(!hasher.verify(password("correct horse battery staple"), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_long_password_is_not_cut() {
        let hasher = PasswordHasher::new(2, 8);
        let beginning = "x".repeat(72);
        let hash = hasher.hash(password(&format!("{beginning}one"))).await.unwrap();
        assert!(!hasher.verify(password(&format!("{beginning}two")), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn a_flood_is_turned_away_and_leaves_no_trace() {
        let hasher = PasswordHasher::new(1, 2);
        let flood = (0..20).map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move { hasher.hash(password("correct horse battery staple")).await })
        });
        let mut turned_away = 0;
        for task in flood.collect::<Vec<_>>() {
            turned_away += usize::from(task.await.unwrap() == Err(Busy));
        }
        assert!(turned_away >= 15, "{turned_away} of 20 were turned away");
        assert!(hasher.hash(password("correct horse battery staple")).await.is_ok());
    }
}
