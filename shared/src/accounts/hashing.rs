//! argon2id on threads of its own: a flood of logins waits, then is turned away, and memory stays within 19 MiB a thread.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

use argon2::Block;
use prometheus::{Histogram, HistogramOpts, IntGauge};
use tokio::sync::oneshot;
use tracing::Instrument as _;

use super::phc;
use crate::{
    secret::Secret,
    telemetry::{Collector, now, traces},
};

/// Seconds. A hash takes some ten milliseconds, and many may wait.
const WAITED: [f64; 10] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Hashes passwords, each in its turn. The threads end when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct PasswordHasher {
    jobs: SyncSender<Job>,
    queue: Queue,
}

/// Passwords that wait for their turn.
#[derive(Clone, Debug)]
struct Queue {
    length: IntGauge,
    waited: Histogram,
}

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// What one thread hashes in, allocated once: glibc grows without end when blocks of this size come and go.
type Memory = Vec<Block>;

/// As many passwords are being checked as this service takes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the service is checking as many passwords as it can")]
pub struct Busy;

impl PasswordHasher {
    /// `concurrency` threads; at most `queue` more passwords may wait.
    pub fn new(concurrency: usize, queue: usize) -> Self {
        let (jobs, waiting) = sync_channel(queue);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..concurrency {
            let waiting = Arc::clone(&waiting);
            std::thread::spawn(move || work(&waiting));
        }
        Self { jobs, queue: Queue::new().expect("the names are valid") }
    }

    /// A PHC string with a fresh salt.
    pub async fn hash(&self, password: Secret) -> Result<String, Busy> {
        self.run(move |memory| phc::hash(&password, memory)).await
    }

    /// Whether the password fits the hash. Without a hash the answer is no, after the same work.
    pub async fn verify(&self, password: Secret, hash: Option<String>) -> Result<bool, Busy> {
        self.run(move |memory| {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| phc::of_nobody().to_owned());
            phc::fits(&password, &hash, memory) && known
        })
        .await
    }

    /// What is measured of the queue.
    pub fn collectors(&self) -> Vec<Collector> {
        vec![Box::new(self.queue.length.clone()), Box::new(self.queue.waited.clone())]
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Memory) -> T + Send + 'static) -> Result<T, Busy> {
        let (reply, answer) = oneshot::channel();
        let (queue, queued) = (self.queue.clone(), now());
        let job = move |memory: &mut Memory| {
            queue.length.dec();
            queue.waited.observe(queued.elapsed().as_secs_f64());
            // A client that has hung up meanwhile gets no work done for it.
            if !reply.is_closed() {
                let _ = reply.send(work(memory));
            }
        };
        self.queue.length.inc();
        if self.jobs.try_send(Box::new(job)).is_err() {
            self.queue.length.dec();
            return Err(Busy);
        }
        answer.instrument(traces::of_password()).await.map_err(|_| Busy)
    }
}

impl Queue {
    fn new() -> prometheus::Result<Self> {
        let waited = HistogramOpts::new("password_hash_queue_seconds", "Time that passwords waited for their turn.");
        Ok(Self {
            length: IntGauge::new("password_hash_queue_length", "Passwords that wait for their turn.")?,
            waited: Histogram::with_opts(waited.buckets(WAITED.into()))?,
        })
    }
}

/// One thread: takes jobs until nobody is left who could send one.
fn work(waiting: &Mutex<Receiver<Job>>) {
    yield_to_requests();
    let mut memory = Memory::new();
    loop {
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // A panic loses its own answer and not the thread, which nobody would replace.
        let _ = catch_unwind(AssertUnwindSafe(|| job(&mut memory)));
    }
}

/// Everything else the service does takes microseconds and goes first: a flood of logins must not slow `/mine`.
fn yield_to_requests() {
    // On Linux a priority is a thread's own; elsewhere it would be the whole process's.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), 10);
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
