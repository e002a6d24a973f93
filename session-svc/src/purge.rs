//! What has expired is removed now and then. It is not found in any case; this is for the disk and the memory.

use std::{sync::Weak, time::Duration};

use shared::clock::Clock;
use tokio::time::sleep;

use crate::store::SessionStore;

const EVERY: Duration = Duration::from_mins(10);

/// In the background, until nobody holds the store any more.
pub(crate) fn keep_clear(store: Weak<dyn SessionStore>, clock: Clock) {
    tokio::spawn(async move {
        while let Some(store) = store.upgrade() {
            if let Err(trouble) = store.purge(clock.unset_now()).await {
                tracing::warn!(error = %trouble.source, "expired sessions could not be removed");
            }
            drop(store);
            sleep(EVERY).await;
        }
    });
}
