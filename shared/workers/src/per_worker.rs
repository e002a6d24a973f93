//! A value that each worker makes and keeps for itself.

use std::{fmt, sync::OnceLock};

use crate::{MAX_WORKERS, number};

/// A value for each worker, made when the worker first needs it. Threads that are no worker share the first one's.
pub struct PerWorker<T>(Box<[OnceLock<Box<T>>]>);

impl<T> PerWorker<T> {
    /// The caller's value. `make` runs on the thread of the worker, so that it can use the worker's runtime.
    pub fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        self.0[number()].get_or_init(|| Box::new(make()))
    }
}

impl<T> Default for PerWorker<T> {
    fn default() -> Self {
        Self((0..MAX_WORKERS).map(|_| OnceLock::new()).collect())
    }
}

impl<T> fmt::Debug for PerWorker<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PerWorker")
    }
}
