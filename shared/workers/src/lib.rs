//! The threads that serve: each is a *worker* with a single-threaded runtime.
//!
//! A connection stays with one worker from its first request to its last. Compared with tokio's multi-thread runtime, no task moves between
//! threads, and the commands of all requests that a worker has read go to a store in one write (decision 0013 has the figures).
//!
//! * [`Workers`]: starts the threads and gives each connection to the least busy one
//! * [`PerWorker`]: a value that each worker has for itself, such as its connection to a store

mod per_worker;
mod place;

use std::{
    cell::Cell,
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::oneshot,
};

pub use self::{
    per_worker::PerWorker,
    place::{Carried, Place},
};

/// Maximum number of workers in a process.
pub const MAX_WORKERS: usize = 256;

thread_local! {
    /// The number of this thread's worker. Threads that are no worker count as the first.
    static NUMBER: Cell<usize> = const { Cell::new(0) };
}

/// The number of the worker that runs the caller, from 0.
pub(crate) fn number() -> usize {
    NUMBER.get()
}

/// The workers of a process. Clones share them. The threads end when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Workers(Arc<[Worker]>);

#[derive(Debug)]
struct Worker {
    number: usize,
    runtime: Handle,
    /// The number of connections that this worker serves now.
    connections: Arc<AtomicUsize>,
    /// Ends the thread when it is dropped. `None` for the thread that started the others.
    _running: Option<oneshot::Sender<()>>,
}

impl Workers {
    /// One worker: the runtime of the caller, of whatever kind.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    pub fn here() -> Self {
        Self([Worker::of_the_caller()].into())
    }

    /// `count` workers, at least one and at most [`MAX_WORKERS`]: the runtime of the caller, and further threads.
    ///
    /// # Errors
    ///
    /// If the system grants no further thread.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    pub fn start(count: usize) -> io::Result<Self> {
        let mut workers = vec![Worker::of_the_caller()];
        for number in 1..count.min(MAX_WORKERS) {
            workers.push(Worker::start(number)?);
        }
        Ok(Self(workers.into()))
    }

    /// A place at the worker that serves the fewest connections.
    pub fn place(&self) -> Place {
        let worker = self.0.iter().min_by_key(|worker| worker.connections.load(Ordering::Relaxed));
        let worker = worker.expect("there is at least one worker");
        Place::new(worker.number, worker.runtime.clone(), Arc::clone(&worker.connections))
    }
}

impl Worker {
    fn of_the_caller() -> Self {
        Self { number: number(), runtime: Handle::current(), connections: Arc::default(), _running: None }
    }

    fn start(number: usize) -> io::Result<Self> {
        let runtime = single_threaded()?;
        let handle = runtime.handle().clone();
        let (running, ended) = oneshot::channel();
        thread::Builder::new().name(format!("worker-{number}")).spawn(move || {
            NUMBER.set(number);
            let _ = runtime.block_on(ended);
            runtime.shutdown_background();
        })?;
        Ok(Self { number, runtime: handle, connections: Arc::default(), _running: Some(running) })
    }
}

/// A runtime on the thread of the caller.
///
/// # Errors
///
/// If the system grants no poller.
pub fn single_threaded() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, thread};

    use super::{PerWorker, Place, Workers, number, single_threaded};

    #[test]
    fn connections_go_to_the_worker_that_has_the_fewest() {
        single_threaded().unwrap().block_on(async {
            let workers = Workers::start(3).unwrap();
            let places = [workers.place(), workers.place(), workers.place()];
            let taken: BTreeSet<usize> = places.iter().map(Place::worker).collect();
            assert_eq!(taken, BTreeSet::from([0, 1, 2]));
            let [_first, second, _third] = places;
            let freed = second.worker();
            drop(second);
            assert_eq!(workers.place().worker(), freed);
        });
    }

    #[test]
    fn each_worker_has_a_value_for_itself() {
        single_threaded().unwrap().block_on(async {
            let workers = Workers::start(2).unwrap();
            let (here, there) = (workers.place(), workers.place());
            let numbers: &'static PerWorker<usize> = Box::leak(Box::default());
            let seen =
                |place: &Place| place.runtime().spawn(async { (*numbers.get_or_init(number), thread::current().id()) });
            let (at_first, first) = seen(&here).await.unwrap();
            let (at_second, second) = seen(&there).await.unwrap();
            assert_eq!((at_first, at_second), (0, 1));
            assert_ne!(first, second);
            assert_eq!(seen(&there).await.unwrap(), (1, second), "a value is made once");
        });
    }

    #[test]
    fn threads_end_with_the_workers() {
        let runtime = single_threaded().unwrap();
        let place = runtime.block_on(async {
            let workers = Workers::start(2).unwrap();
            let _first = workers.place();
            workers.place()
        });
        let task = place.runtime().spawn(std::future::pending::<()>());
        assert!(runtime.block_on(task).unwrap_err().is_cancelled());
    }
}
