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
    let now = tokens.clock.unset_seconds();
    let families = tokens.families.purge(now).await;
    Some(families.and(tokens.opaque.purge(now).await))
}

#[cfg(test)]
mod tests {
    use std::{convert::identity, sync::Arc, time::Duration};

    use shared::{
        clock::Clock,
        login::{Account, Device, NewLogin},
        mechanism::Mechanism as _,
        presented::Presented,
        service::Ground,
        settings::{Settings, defaults},
        tokens::TokenKind,
    };
    use sqlx::Row as _;

    use super::{IssuedTokens, purge};
    use crate::TokenSettings;

    const LIFETIME: u64 = 1_000;

    async fn rows(ground: &Ground) -> i64 {
        let count = "SELECT (SELECT COUNT(*) FROM token_family) + (SELECT COUNT(*) FROM opaque_token) AS found";
        sqlx::query(count).fetch_one(ground.database.pool()).await.unwrap().try_get("found").unwrap()
    }

    #[tokio::test]
    async fn what_has_expired_goes_and_nothing_else() {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::by_hand(1_790_000_000));
        let ground = Ground::open(&Settings::embedded(folder.path()), clock.clone()).await.unwrap();
        let lifetime = Duration::from_secs(LIFETIME);
        let settings = TokenSettings {
            refresh_token_lifetime: lifetime,
            opaque_token_lifetime: lifetime,
            ..defaults::<TokenSettings>(identity)
        };
        let tokens = Arc::new(IssuedTokens::open(&settings, &ground).await.unwrap());
        let alice = Account { id: 1, username: "alice".to_owned(), generation: 0 };
        let log_in = async || {
            for kind in [TokenKind::Jwt, TokenKind::Opaque] {
                let (presented, device) = (Presented::default(), Device::default());
                let (presented, device) = (&presented, &device);
                let kind = Some(kind);
                let new = NewLogin { presented, account: &alice, device, kind, into_cookies: false };
                tokens.login(new).await.unwrap();
            }
        };
        log_in().await;
        clock.advance(Duration::from_secs(LIFETIME - 1));
        log_in().await;
        purge(&Arc::downgrade(&tokens)).await.unwrap().unwrap();
        assert_eq!(rows(&ground).await, 4);
        clock.advance(Duration::from_secs(1));
        purge(&Arc::downgrade(&tokens)).await.unwrap().unwrap();
        assert_eq!(rows(&ground).await, 2);
    }
}
