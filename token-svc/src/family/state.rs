//! One family, and what a refresh token is to it.

use std::time::Duration;

use authlab_clock::{instant, whole_seconds};
use authlab_mechanism::login::{Place, Record};
use serde_json::json;
use sqlx::{Row as _, any::AnyRow};

use crate::login_row::LoginRow;

/// The generation of the first refresh token.
pub(super) const FIRST_GENERATION: i64 = 1;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Family {
    pub(crate) login: LoginRow,
    /// Goes into the tags of the refresh tokens.
    pub(super) seed: String,
    /// The generation of the current refresh token: each refresh adds one.
    pub(super) generation: i64,
}

impl Family {
    pub(super) fn read(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self { login: LoginRow::read(row)?, seed: row.try_get("seed")?, generation: row.try_get("generation")? })
    }

    /// What the server keeps for a login by JWT: the whole row except the seed.
    pub(crate) fn record(&self) -> Record {
        let Self { login, seed, generation } = self;
        let record = json!({
            "id": login.id,
            "refreshes": generation - FIRST_GENERATION,
            "refreshed_at": instant(login.last_seen_at),
            "created_at": instant(login.created_at),
            "expires_at": instant(login.expires_at),
            "user_agent": login.device.user_agent,
        });
        // The texts as they are, and eight bytes for each number.
        let bytes = login.text_bytes() + seed.len() + 7 * size_of::<i64>();
        Record { place: Place::Client, bytes: u64::try_from(bytes).unwrap_or(u64::MAX), record: Some(record) }
    }
}

/// What a refresh token of the family is, when it is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenUse {
    Current,
    /// The previous token, within the grace.
    RepeatedInGrace,
    Reused,
}

impl TokenUse {
    /// The use of the token of generation `presented` in a family whose generation has been `current` since `refreshed_at`.
    pub(super) fn of(presented: i64, (current, refreshed_at): (i64, i64), now: i64, grace: Duration) -> Self {
        let in_grace = now < refreshed_at.saturating_add(whole_seconds(grace));
        match current - presented {
            0 => Self::Current,
            1 if in_grace => Self::RepeatedInGrace,
            _ => Self::Reused,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Duration, TokenUse};

    const GRACE: Duration = Duration::from_secs(10);

    #[test]
    fn the_previous_token_is_accepted_in_the_grace_and_an_older_one_never() {
        let use_of = |generation, now| TokenUse::of(generation, (5, 100), now, GRACE);
        assert_eq!(use_of(5, 1_000_000), TokenUse::Current);
        assert_eq!((use_of(4, 100), use_of(4, 109)), (TokenUse::RepeatedInGrace, TokenUse::RepeatedInGrace));
        assert_eq!((use_of(4, 110), use_of(4, 1_000)), (TokenUse::Reused, TokenUse::Reused));
        assert_eq!((use_of(3, 100), use_of(6, 100)), (TokenUse::Reused, TokenUse::Reused));
    }

    #[test]
    fn without_a_grace_the_previous_token_is_reused() {
        assert_eq!(TokenUse::of(1, (2, 100), 100, Duration::ZERO), TokenUse::Reused);
    }

    proptest! {
        /// Clients present any of the tokens issued so far, in any order. One token is current until the family ends.
        #[test]
        fn a_family_never_forks(steps in prop::collection::vec((0_i64..12, 0_i64..8), 0..60)) {
            let (mut generation, mut refreshed_at, mut now) = (1, 0, 0);
            for (pause, back) in steps {
                now += pause;
                let presented = (generation - back).max(1);
                match TokenUse::of(presented, (generation, refreshed_at), now, GRACE) {
                    TokenUse::Current => {
                        prop_assert_eq!(presented, generation);
                        (generation, refreshed_at) = (presented + 1, now);
                    }
                    TokenUse::RepeatedInGrace => {
                        prop_assert_eq!(presented + 1, generation, "the successor is the current one");
                    }
                    TokenUse::Reused => {
                        prop_assert!(presented < generation);
                        break;
                    }
                }
            }
        }
    }
}
