//! Deletes what has expired from time to time. It is not found in any case; this frees disk and memory.

use std::{sync::Arc, time::Duration};

use authlab_mechanism::refusal::Unavailable;
use tokio::time::sleep;

const PURGE_INTERVAL: Duration = Duration::from_mins(10);

/// Calls `purge` now and at every interval, in the background, until the store is dropped. `failure` is the log line of a failed call.
pub fn purge_regularly<S, P>(store: &Arc<S>, failure: &'static str, purge: impl Fn(Arc<S>) -> P + Send + 'static)
where
    S: ?Sized + Send + Sync + 'static,
    P: Future<Output = Result<(), Unavailable>> + Send,
{
    let store = Arc::downgrade(store);
    tokio::spawn(async move {
        while let Some(store) = store.upgrade() {
            if let Err(unavailable) = purge(store).await {
                tracing::warn!(error = %unavailable.source, "{failure}");
            }
            sleep(PURGE_INTERVAL).await;
        }
    });
}
