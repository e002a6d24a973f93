//! The simulated users of one target: each sends requests at a fixed rate, and one logs in repeatedly.

use std::time::Duration;

use anyhow::Result;
use futures_util::{StreamExt as _, TryStreamExt as _, future::join_all, stream};
use shared::serve::signal::Stop;
use tokio::{
    pin, select,
    time::{Instant, MissedTickBehavior, interval_at},
};

use crate::target::Target;

use super::{
    person::{Left, Person},
    report::Outcome,
    tally::{Asked, Ended, Tallies, What},
};

/// The number of simultaneous logins. More would only wait for each other.
const AT_ONCE: usize = 4;
/// Each login hashes a password. The interval is short enough to see an outage, and long enough to add no load.
const LOGS_IN_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Crowd {
    target: Target,
    people: Vec<Person>,
    /// The user who logs in repeatedly.
    newcomer: Person,
}

/// The times of a user's requests.
#[derive(Debug)]
struct Rhythm {
    /// The start of the drill.
    began: Instant,
    first: Instant,
    pace: Duration,
    stop: Stop,
}

impl Crowd {
    pub(super) async fn arrive(target: &Target, people: usize) -> Result<Self> {
        let arriving = (0..people).map(|_| Person::arrive(target));
        let people = stream::iter(arriving).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(Self { target: target.clone(), people, newcomer: Person::arrive(target).await? })
    }

    /// Sends requests until told to stop, then checks what was lost.
    pub(super) async fn goes_on(self, pace: Duration, began: Instant, stop: Stop) -> Outcome {
        let Self { target, people, newcomer } = self;
        let many = people.len();
        // The users start one after the other, so that the requests are spread evenly.
        let share = pace / u32::try_from(many.max(1)).unwrap_or(u32::MAX);
        let asking = (0_u32..).zip(people).map(|(at, mut person)| {
            let rhythm = Rhythm { began, first: began + share * at, pace, stop: stop.clone() };
            async move { (rhythm.keep(async || person.ask().await).await, person) }
        });
        let rhythm = Rhythm { began, first: began, pace: LOGS_IN_EVERY, stop: stop.clone() };
        let logging_in = rhythm.keep(async || newcomer.log_in_elsewhere().await);
        let (asked, logged_in) = tokio::join!(join_all(asking), logging_in);

        let tallies = Tallies::of(asked.iter().flat_map(|(asked, _)| asked).chain(&logged_in));
        let mut outcome = Outcome { target, people: many, tallies, logins_lost: 0, writes_lost: 0, not_served: 0 };
        for (_, mut person) in asked {
            match person.look().await {
                Left::Everything => {}
                Left::LessThanWritten => outcome.writes_lost += 1,
                Left::Nothing => outcome.logins_lost += 1,
                Left::Unknown => outcome.not_served += 1,
            }
        }
        outcome
    }
}

impl Rhythm {
    /// Calls `ask` in this rhythm. A user who waits for an answer skips the missed times.
    async fn keep(self, mut ask: impl AsyncFnMut() -> (What, Ended)) -> Vec<Asked> {
        let mut asked = Vec::new();
        let stopped = self.stop.told();
        pin!(stopped);
        let mut beats = interval_at(self.first, self.pace);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            select! {
                biased;
                () = &mut stopped => return asked,
                _ = beats.tick() => {}
            }
            let from = self.began.elapsed();
            let (what, ended) = ask().await;
            asked.push(Asked { what, ended, from, until: self.began.elapsed() });
        }
    }
}
