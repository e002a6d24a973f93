//! Families: the refresh tokens of one login, of which one is current.
//!
//! ```text
//! shown        the current one            -> it is spent; its successor
//!              the one before, in grace   -> the same successor once more
//!              any other of the family    -> somebody has a copy: the family ends
//! ```
//!
//! At any time one token of a family buys something new, however many tabs, retries and thieves there are: within the grace
//! they are told the same successor, and after it the second to come with a spent one gives both away (RFC 9700 §4.14.2).
//!
//! * [`text`]: what a refresh token looks like, and who can make one
//! * [`rows`]: where races are decided

mod rows;
mod text;

use std::time::Duration;

use serde_json::json;
use shared::{
    clock::{Clock, whole_seconds},
    login::{Account, Device, ListedLogin, LoginId, Place, Record},
    refusal::{Denied, Unavailable},
    secret::Secret,
    service::Ground,
};
use sqlx::AnyConnection;

use self::{
    rows::Rows,
    text::{Mint, Shown},
};
use crate::{TokenSettings, items::instant, text::random_block};

/// The number of the first refresh token.
const FIRST: i64 = 1;

/// All families, in the database.
#[derive(Debug)]
pub(crate) struct Families {
    rows: Rows,
    mint: Mint,
    clock: Clock,
    lifetime: Duration,
    access_lifetime: Duration,
    grace: Duration,
}

/// One login. Instants are seconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Family {
    pub(crate) id: String,
    pub(crate) account: Account,
    seed: String,
    generation: i64,
    refreshed_at: i64,
    pub(crate) created_at: i64,
    pub(crate) expires_at: i64,
    device: Device,
}

/// A family that was deleted. Its access tokens are out in the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) id: String,
    pub(crate) account: i64,
    /// When the last of them expires, in seconds since the epoch; 0 where version 0.1 issued them.
    pub(crate) access_expires_at: i64,
}

/// What a refresh token bought.
#[derive(Debug)]
pub(crate) enum Refresh {
    /// The next one. At this second it was the one: what is signed for it must not say that it is younger.
    Next { family: Family, refresh_token: Secret, at: i64 },
    /// Nothing, and nothing has changed.
    Refused(Denied),
    /// Nothing, and its family is to end: it had been spent before.
    Reused(Family),
}

/// What a genuine token of the family is to its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Spend,
    Again,
    Reused,
}

impl Families {
    pub(crate) fn new(ground: &Ground, settings: &TokenSettings) -> Self {
        Self {
            rows: Rows::new(ground.database.clone()),
            mint: Mint::new(&ground.keys),
            clock: ground.clock.clone(),
            lifetime: settings.refresh_token_lifetime,
            access_lifetime: settings.access_token_lifetime,
            grace: settings.refresh_grace,
        }
    }

    /// A new family, and its first refresh token, within a transaction that writes.
    pub(crate) async fn begin(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        device: &Device,
    ) -> sqlx::Result<(Family, Secret)> {
        let now = self.clock.seconds();
        let family = Family {
            id: random_block(),
            account: account.clone(),
            seed: random_block(),
            generation: FIRST,
            refreshed_at: now,
            created_at: now,
            expires_at: now.saturating_add(whole_seconds(self.lifetime)),
            device: device.clone(),
        };
        self.rows.insert(connection, &family, self.access_expires_at(now)).await?;
        let refresh_token = self.mint.make(&family.id, &family.seed, FIRST);
        Ok((family, refresh_token))
    }

    /// By when an access token expires that is issued for a refresh token spent at `now`: within the grace it is issued once more.
    fn access_expires_at(&self, now: i64) -> i64 {
        now.saturating_add(whole_seconds(self.access_lifetime)).saturating_add(whole_seconds(self.grace))
    }

    /// Spends a refresh token.
    pub(crate) async fn refresh(&self, token: &str) -> Result<Refresh, Unavailable> {
        let Some(shown) = Shown::parse(token) else { return Ok(Refresh::Refused(Denied::Malformed)) };
        loop {
            let at = self.clock.seconds();
            let family = match self.genuine(&shown, at).await? {
                Ok(family) => family,
                Err(denied) => return Ok(Refresh::Refused(denied)),
            };
            match family.turn(shown.generation, at, self.grace) {
                // Another was first, or the login has ended meanwhile: the row says which.
                Turn::Spend
                    if !self.rows.spend(&family.id, shown.generation, (at, self.access_expires_at(at))).await? => {}
                Turn::Spend | Turn::Again => {
                    let refresh_token = self.mint.make(&family.id, &family.seed, shown.generation + 1);
                    return Ok(Refresh::Next { family, refresh_token, at });
                }
                Turn::Reused => return Ok(Refresh::Reused(family)),
            }
        }
    }

    /// Of which family this is a refresh token, spent or not.
    pub(crate) async fn of(&self, token: &str) -> Result<Option<Family>, Unavailable> {
        let Some(shown) = Shown::parse(token) else { return Ok(None) };
        Ok(self.genuine(&shown, self.clock.seconds()).await?.ok())
    }

    /// The same, if it is the current one.
    pub(crate) async fn current(&self, token: &str) -> Result<Option<Family>, Unavailable> {
        let generation = Shown::parse(token).map(|shown| shown.generation);
        Ok(self.of(token).await?.filter(|family| Some(family.generation) == generation))
    }

    pub(crate) async fn find(&self, id: &str) -> Result<Option<Family>, Unavailable> {
        self.rows.find(id, self.clock.seconds()).await
    }

    /// As the owner of the account sees them.
    pub(crate) async fn list(&self, account: &Account, current: &LoginId) -> Result<Vec<ListedLogin>, Unavailable> {
        let families = self.rows.of_account(account.id, self.clock.seconds()).await?;
        Ok(families.into_iter().map(|family| family.listed(current)).collect())
    }

    /// Deletes the family, within a transaction that writes.
    pub(crate) async fn end(&self, connection: &mut AnyConnection, id: &str) -> sqlx::Result<Option<Ended>> {
        self.rows.take(connection, id).await
    }

    /// The same if it is the account's.
    pub(crate) async fn end_of(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        id: &LoginId,
    ) -> sqlx::Result<Option<Ended>> {
        self.rows.take_of(connection, account.id, &id.0).await
    }

    /// Ends the least recently used families of the account where there are more than `at_most`; `newest` stays.
    pub(crate) async fn end_beyond(
        &self,
        connection: &mut AnyConnection,
        newest: &Family,
        at_most: u32,
    ) -> sqlx::Result<Vec<Ended>> {
        self.rows.take_beyond(connection, (newest.account.id, &newest.id), at_most).await
    }

    /// Deletes all families of the account but the one of this login, which goes on with the account's generation.
    pub(crate) async fn end_others(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        but: &LoginId,
    ) -> sqlx::Result<()> {
        self.rows.delete_others(connection, account, &but.0).await
    }

    pub(crate) async fn purge(&self, now: i64) -> Result<(), Unavailable> {
        self.rows.purge(now).await
    }

    async fn genuine(&self, shown: &Shown<'_>, now: i64) -> Result<Result<Family, Denied>, Unavailable> {
        let Some(family) = self.rows.find(shown.family, now).await? else { return Ok(Err(Denied::Ended)) };
        Ok(if self.mint.made(shown, &family.seed) { Ok(family) } else { Err(Denied::Forged) })
    }
}

impl Family {
    fn turn(&self, shown: i64, now: i64, grace: Duration) -> Turn {
        let in_grace = now < self.refreshed_at.saturating_add(whole_seconds(grace));
        match self.generation - shown {
            0 => Turn::Spend,
            1 if in_grace => Turn::Again,
            _ => Turn::Reused,
        }
    }

    pub(crate) fn login_id(&self) -> LoginId {
        LoginId(self.id.clone())
    }

    /// What the server keeps beside a token that carries its login itself: all of the row but what goes into refresh tokens.
    pub(crate) fn beside_the_client(&self) -> Record {
        let record = json!({
            "id": self.id,
            "refreshes": self.generation - FIRST,
            "refreshed_at": instant(self.refreshed_at),
            "created_at": instant(self.created_at),
            "expires_at": instant(self.expires_at),
            "user_agent": self.device.user_agent,
        });
        let agent = self.device.user_agent.as_ref().map_or(0, String::len);
        // Texts as they are, and eight bytes for each number.
        let bytes = self.id.len() + self.seed.len() + agent + 7 * size_of::<i64>();
        Record { place: Place::Client, bytes: u64::try_from(bytes).unwrap_or(u64::MAX), record: Some(record) }
    }

    fn listed(self, current: &LoginId) -> ListedLogin {
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

    use super::{Account, Device, Duration, Family, Turn};

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
    fn the_current_one_is_spent_the_one_before_is_answered_for_a_while_and_the_rest_gives_a_thief_away() {
        let grace = Duration::from_secs(10);
        let turn = |shown, now| family(5, 100).turn(shown, now, grace);
        assert_eq!(turn(5, 1_000_000), Turn::Spend);
        assert_eq!((turn(4, 100), turn(4, 109)), (Turn::Again, Turn::Again));
        assert_eq!((turn(4, 110), turn(4, 1_000)), (Turn::Reused, Turn::Reused));
        assert_eq!((turn(3, 100), turn(6, 100)), (Turn::Reused, Turn::Reused));
    }

    #[test]
    fn without_a_grace_nothing_is_answered_twice() {
        assert_eq!(family(2, 100).turn(1, 100, Duration::ZERO), Turn::Reused);
    }

    proptest! {
        /// Clients in any order, with any of the tokens handed out so far: one token is current until the family has ended.
        #[test]
        fn a_family_never_forks(steps in prop::collection::vec((0_i64..12, 0_i64..8), 0..60)) {
            let (mut row, mut now) = (family(1, 0), 0);
            for (pause, back) in steps {
                now += pause;
                let shown = (row.generation - back).max(1);
                match row.turn(shown, now, Duration::from_secs(10)) {
                    Turn::Spend => {
                        prop_assert_eq!(shown, row.generation);
                        row = family(shown + 1, now);
                    }
                    Turn::Again => prop_assert_eq!(shown + 1, row.generation, "the successor is the current one"),
                    Turn::Reused => {
                        prop_assert!(shown < row.generation);
                        break;
                    }
                }
            }
        }
    }
}
