//! Deletes expired sessions regularly, to free disk and memory. Expired sessions are never found in any case.

use std::{sync::Weak, time::Duration};

use authlab_clock::Clock;
use tokio::time::sleep;

use crate::store::SessionStore;

const PURGE_INTERVAL: Duration = Duration::from_mins(10);

/// Runs in the background until the store is dropped.
pub(crate) fn spawn_purge(store: Weak<dyn SessionStore>, clock: Clock) {
    tokio::spawn(async move {
        while let Some(store) = store.upgrade() {
            if let Err(trouble) = store.purge(clock.unset_now()).await {
                tracing::warn!(error = %trouble.source, "cannot delete expired sessions; the next try follows in 10 minutes");
            }
            drop(store);
            sleep(PURGE_INTERVAL).await;
        }
    });
}
