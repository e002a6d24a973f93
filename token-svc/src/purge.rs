//! What has expired is removed now and then. It is not found in any case; this is for the disk.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use shared::refusal::Unavailable;
use tokio::time::sleep;

use crate::mechanism::IssuedTokens;

const EVERY: Duration = Duration::from_mins(10);

/// In the background, until nobody holds the mechanism any more.
pub(crate) fn keep_clear(tokens: &Arc<IssuedTokens>) {
    let tokens = Arc::downgrade(tokens);
    tokio::spawn(async move {
        while let Some(purged) = purge(&tokens).await {
            if let Err(trouble) = purged {
                tracing::warn!(error = %trouble.source, "expired tokens could not be removed");
            }
            sleep(EVERY).await;
        }
    });
}

async fn purge(tokens: &Weak<IssuedTokens>) -> Option<Result<(), Unavailable>> {
    let tokens = tokens.upgrade()?;
    let now = tokens.clock.seconds();
    let families = tokens.families.purge(now).await;
    Some(families.and(tokens.opaque.purge(now).await))
}
