//! Deletes the rows of expired logins. Such a login is not found in any case; this frees disk space.

use authlab_mechanism::refusal::Unavailable;

use super::IssuedTokens;

impl IssuedTokens {
    pub(crate) async fn purge(&self) -> Result<(), Unavailable> {
        let now = self.clock.unset_seconds();
        let families = self.families.table.purge(now).await;
        families.and(self.opaque.store.purge(now).await)
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::identity, time::Duration};

    use authlab_clock::Clock;
    use authlab_mechanism::{
        Mechanism as _,
        login::{Account, Device, NewLogin},
        presented::Presented,
        tokens::TokenKind,
    };
    use authlab_service::{
        Ground,
        settings::{Settings, defaults},
    };
    use sqlx::Row as _;

    use super::IssuedTokens;
    use crate::settings::TokenSettings;

    const LIFETIME: u64 = 1_000;

    async fn rows(ground: &Ground) -> i64 {
        let count = "SELECT (SELECT COUNT(*) FROM token_family) + (SELECT COUNT(*) FROM opaque_token) AS found";
        sqlx::query(count).fetch_one(ground.database.pool()).await.unwrap().try_get("found").unwrap()
    }

    #[tokio::test]
    async fn only_rows_of_expired_logins_are_deleted() {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(1_790_000_000));
        let ground = Ground::open(&Settings::embedded(folder.path()), clock.clone()).await.unwrap();
        let lifetime = Duration::from_secs(LIFETIME);
        let settings = TokenSettings {
            refresh_token_lifetime: lifetime,
            opaque_token_lifetime: lifetime,
            ..defaults::<TokenSettings>(identity)
        };
        let tokens = IssuedTokens::open(&settings, &ground).await.unwrap();
        let alice = Account { id: 1, username: "alice".to_owned(), generation: 0 };
        let log_in = async || {
            for kind in [TokenKind::Jwt, TokenKind::Opaque] {
                let (presented, device) = (Presented::default(), Device::default());
                let new = NewLogin::new(&presented, &alice, &device);
                tokens.login(NewLogin { kind: Some(kind), into_cookies: false, ..new }).await.unwrap();
            }
        };
        log_in().await;
        clock.advance(Duration::from_secs(LIFETIME - 1));
        log_in().await;
        tokens.purge().await.unwrap();
        assert_eq!(rows(&ground).await, 4);
        clock.advance(Duration::from_secs(1));
        tokens.purge().await.unwrap();
        assert_eq!(rows(&ground).await, 2);
    }
}
