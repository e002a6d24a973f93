//! One family, and what a refresh token is to it.

use std::time::Duration;

use authlab_clock::whole_seconds;
use authlab_mechanism::login::{Account, Device, ListedLogin, LoginId, Place, Record};
use serde_json::json;

use crate::items::instant;

/// The generation of the first refresh token.
pub(super) const FIRST_GENERATION: i64 = 1;

/// Instants are seconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Family {
    pub(crate) id: String,
    pub(crate) account: Account,
    /// Goes into the tags of the refresh tokens.
    pub(super) seed: String,
    /// The generation of the current refresh token: each refresh adds one.
    pub(super) generation: i64,
    pub(super) refreshed_at: i64,
    pub(crate) created_at: i64,
    pub(crate) expires_at: i64,
    pub(super) device: Device,
}

/// What a refresh token of the family is, when it is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenUse {
    Current,
    /// The previous token, within the grace.
    RepeatedInGrace,
    Reused,
}

impl Family {
    pub(super) fn use_of(&self, generation: i64, now: i64, grace: Duration) -> TokenUse {
        let in_grace = now < self.refreshed_at.saturating_add(whole_seconds(grace));
        match self.generation - generation {
            0 => TokenUse::Current,
            1 if in_grace => TokenUse::RepeatedInGrace,
            _ => TokenUse::Reused,
        }
    }

    pub(crate) fn login_id(&self) -> LoginId {
        LoginId(self.id.clone())
    }

    /// What the server keeps for a login by JWT: the whole row except the seed.
    pub(crate) fn record(&self) -> Record {
        let record = json!({
            "id": self.id,
            "refreshes": self.generation - FIRST_GENERATION,
            "refreshed_at": instant(self.refreshed_at),
            "created_at": instant(self.created_at),
            "expires_at": instant(self.expires_at),
            "user_agent": self.device.user_agent,
        });
        let agent = self.device.user_agent.as_ref().map_or(0, String::len);
        // The texts as they are, and eight bytes for each number.
        let bytes = self.id.len() + self.seed.len() + agent + 7 * size_of::<i64>();
        Record { place: Place::Client, bytes: u64::try_from(bytes).unwrap_or(u64::MAX), record: Some(record) }
    }

    pub(super) fn listed(self, current: &LoginId) -> ListedLogin {
        ListedLogin {
            current: self.id == current.0,
            id: LoginId(self.id),
            created_at: instant(self.created_at),
            last_seen_at: instant(self.refreshed_at),
            expires_at: instant(self.expires_at),
            user_agent: self.device.user_agent,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Account, Device, Duration, Family, TokenUse};

    fn family(generation: i64, refreshed_at: i64) -> Family {
        Family {
            id: String::new(),
            account: Account { id: 1, username: "alice".to_owned(), generation: 0 },
            seed: String::new(),
            generation,
            refreshed_at,
            created_at: 0,
            expires_at: i64::MAX,
            device: Device::default(),
        }
    }

    #[test]
    fn the_previous_token_is_accepted_in_the_grace_and_an_older_one_never() {
        let grace = Duration::from_secs(10);
        let use_of = |generation, now| family(5, 100).use_of(generation, now, grace);
        assert_eq!(use_of(5, 1_000_000), TokenUse::Current);
        assert_eq!((use_of(4, 100), use_of(4, 109)), (TokenUse::RepeatedInGrace, TokenUse::RepeatedInGrace));
        assert_eq!((use_of(4, 110), use_of(4, 1_000)), (TokenUse::Reused, TokenUse::Reused));
        assert_eq!((use_of(3, 100), use_of(6, 100)), (TokenUse::Reused, TokenUse::Reused));
    }

    #[test]
    fn without_a_grace_the_previous_token_is_reused() {
        assert_eq!(family(2, 100).use_of(1, 100, Duration::ZERO), TokenUse::Reused);
    }

    proptest! {
        /// Clients present any of the tokens issued so far, in any order. One token is current until the family ends.
        #[test]
        fn a_family_never_forks(steps in prop::collection::vec((0_i64..12, 0_i64..8), 0..60)) {
            let (mut row, mut now) = (family(1, 0), 0);
            for (pause, back) in steps {
                now += pause;
                let presented = (row.generation - back).max(1);
                match row.use_of(presented, now, Duration::from_secs(10)) {
                    TokenUse::Current => {
                        prop_assert_eq!(presented, row.generation);
                        row = family(presented + 1, now);
                    }
                    TokenUse::RepeatedInGrace => {
                        prop_assert_eq!(presented + 1, row.generation, "the successor is the current one");
                    }
                    TokenUse::Reused => {
                        prop_assert!(presented < row.generation);
                        break;
                    }
                }
            }
        }
    }
}
