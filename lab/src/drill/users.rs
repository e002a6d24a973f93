//! All simulated users of one target: each asks at a steady pace, and one more logs in again and again.

use std::time::Duration;

use anyhow::Result;
use authlab_client::target::Target;
use authlab_server::signal::Stop;
use futures_util::{StreamExt as _, TryStreamExt as _, future::join_all, stream};
use tokio::{
    pin, select,
    time::{Instant, MissedTickBehavior, interval_at},
};

use super::{
    report::TargetOutcome,
    tally::{RequestResult, Tallies, TimedRequest, What},
    user::{Left, SimulatedUser},
};

/// Logins at the same time. A service hashes only a few passwords at once.
const MAX_LOGINS_AT_ONCE: usize = 4;
/// Often enough to see an outage, and too seldom to be a load: each login hashes a password.
const LOGIN_INTERVAL: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct SimulatedUsers {
    target: Target,
    people: Vec<SimulatedUser>,
    /// Logs in again and again.
    newcomer: SimulatedUser,
}

/// When a user asks.
#[derive(Debug)]
struct Rhythm {
    /// When the drill began.
    began: Instant,
    first: Instant,
    pace: Duration,
    stop: Stop,
}

impl SimulatedUsers {
    pub(super) async fn log_in(target: &Target, people: usize) -> Result<Self> {
        let logins = (0..people).map(|_| SimulatedUser::log_in(target));
        let people = stream::iter(logins).buffer_unordered(MAX_LOGINS_AT_ONCE).try_collect().await?;
        Ok(Self { target: target.clone(), people, newcomer: SimulatedUser::log_in(target).await? })
    }

    /// Asks until it is told to stop. Then checks what is left.
    pub(super) async fn goes_on(self, pace: Duration, began: Instant, stop: Stop) -> TargetOutcome {
        let Self { target, people, newcomer } = self;
        let many = people.len();
        // Each user starts a little later, so that the target is asked evenly and not in waves.
        let share = pace / u32::try_from(many.max(1)).unwrap_or(u32::MAX);
        let asking = (0_u32..).zip(people).map(|(at, mut user)| {
            let rhythm = Rhythm { began, first: began + share * at, pace, stop: stop.clone() };
            async move { (rhythm.keep(async || user.ask().await).await, user) }
        });
        let rhythm = Rhythm { began, first: began, pace: LOGIN_INTERVAL, stop: stop.clone() };
        let logging_in = rhythm.keep(async || newcomer.log_in_elsewhere().await);
        let (asked, logged_in) = tokio::join!(join_all(asking), logging_in);

        let tallies = Tallies::of(asked.iter().flat_map(|(asked, _)| asked).chain(&logged_in));
        let mut outcome =
            TargetOutcome { target, people: many, tallies, logins_lost: 0, writes_lost: 0, not_served: 0 };
        for (_, mut user) in asked {
            match user.look().await {
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
    /// Asks in this rhythm, and skips beats while an answer is awaited.
    async fn keep(self, mut ask: impl AsyncFnMut() -> (What, RequestResult)) -> Vec<TimedRequest> {
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
            asked.push(TimedRequest { what, ended, from, until: self.began.elapsed() });
        }
    }
}
