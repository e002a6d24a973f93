//! The stop of a service: whether it has begun, and which requests must still finish.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::watch;

/// Whether the service is stopping: it is not ready, and asks clients to close their connections. Counts the requests that are carried
/// out to their end even if the client leaves. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Draining(Arc<State>);

#[derive(Debug)]
struct State {
    begun: AtomicBool,
    under_way: watch::Sender<usize>,
}

/// Counts a request as in progress until it is dropped.
#[derive(Debug)]
pub struct UnderWay(Draining);

impl Default for Draining {
    fn default() -> Self {
        Self(Arc::new(State { begun: AtomicBool::new(false), under_way: watch::Sender::new(0) }))
    }
}

impl Draining {
    pub fn begin(&self) {
        self.0.begun.store(true, Ordering::Relaxed);
    }

    pub fn has_begun(&self) -> bool {
        self.0.begun.load(Ordering::Relaxed)
    }

    /// Makes a stop wait for this request, even if its client has left.
    pub fn under_way(&self) -> UnderWay {
        self.0.under_way.send_modify(|requests| *requests += 1);
        UnderWay(self.clone())
    }

    /// Returns when no request is in progress.
    pub(super) async fn finished(&self) {
        // The sender lives as long as this.
        let _ = self.0.under_way.subscribe().wait_for(|requests| *requests == 0).await;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.under_way.send_modify(|requests| *requests -= 1);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::Draining;

    #[tokio::test]
    async fn a_stop_waits_until_the_last_request_has_ended() {
        let draining = Draining::default();
        assert!(draining.finished().now_or_never().is_some());
        let (one, other) = (draining.under_way(), draining.under_way());
        drop(one);
        assert!(draining.finished().now_or_never().is_none());
        drop(other);
        assert!(draining.finished().now_or_never().is_some());
    }
}
