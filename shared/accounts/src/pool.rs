//! The threads that hash passwords, and the queue before them.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use argon2::Block;
use authlab_client_network::ClientNetwork;
use prometheus::{Histogram, HistogramOpts, IntGauge};

use super::turns::Turns;

/// Histogram buckets in seconds. One hash takes about ten milliseconds, and many passwords may wait.
const QUEUE_BUCKETS: [f64; 10] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The client or account that a hash is computed for. Each gets a fair share of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Share {
    /// A client that has not sent a correct password yet.
    Network(ClientNetwork),
    /// The id of an account whose password was just verified.
    Account(i64),
}

/// The metrics of the queue.
#[derive(Clone, Debug)]
pub(super) struct QueueMetrics {
    pub(super) length: IntGauge,
    pub(super) waited: Histogram,
}

/// Keeps the threads alive.
#[derive(Debug)]
pub(super) struct Pool(Arc<Queue>);

/// State that the threads and the callers share.
#[derive(Debug)]
struct Queue {
    state: Mutex<QueueState>,
    changed: Condvar,
    max_waiting: usize,
}

struct QueueState {
    turns: Turns<Share, Job>,
    /// Threads without a job. The jobs that they take at once need no room in the queue.
    idle: usize,
    closed: bool,
}

pub(super) type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// The memory of one thread, allocated once: repeated allocations of this size make glibc's heap grow without limit.
pub(super) type Memory = Vec<Block>;

impl Pool {
    /// Starts `concurrency` threads; at most `queue` jobs wait.
    pub(super) fn start(concurrency: usize, queue: usize) -> Self {
        let state = QueueState { turns: Turns::new(), idle: concurrency, closed: false };
        let queue = Arc::new(Queue { state: Mutex::new(state), changed: Condvar::new(), max_waiting: queue });
        for _ in 0..concurrency {
            let queue = Arc::clone(&queue);
            std::thread::spawn(move || work(&queue));
        }
        Self(queue)
    }

    pub(super) fn push(&self, share: Share, job: Job) {
        let mut state = self.0.lock();
        let room = self.0.max_waiting + state.idle;
        let dropped = state.turns.push(share, job, room);
        drop(state);
        self.0.changed.notify_one();
        drop(dropped);
    }
}

impl Queue {
    /// The next job; `None` once the queue is closed and empty.
    fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.turns.pop() {
                state.idle -= 1;
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for QueueState {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("QueueState").field("idle", &self.idle).finish_non_exhaustive()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.changed.notify_all();
    }
}

impl QueueMetrics {
    pub(super) fn new() -> prometheus::Result<Self> {
        let waited =
            HistogramOpts::new("password_hash_queue_seconds", "Seconds that a password waited before it was hashed.");
        Ok(Self {
            length: IntGauge::new("password_hash_queue_length", "Passwords waiting to be hashed.")?,
            waited: Histogram::with_opts(waited.buckets(QUEUE_BUCKETS.into()))?,
        })
    }
}

/// Runs jobs on one thread until the queue is closed.
fn work(queue: &Queue) {
    yield_to_requests();
    let mut memory = Memory::new();
    while let Some(job) = queue.next() {
        // A panic fails this job only. Uncaught, it would cost the pool a thread.
        let _ = catch_unwind(AssertUnwindSafe(|| job(&mut memory)));
        queue.lock().idle += 1;
    }
}

/// Lowers the thread's priority: other requests take microseconds, and a flood of logins must not slow them.
fn yield_to_requests() {
    // Only Linux has priorities per thread; elsewhere this would slow the whole process.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), 10);
}
