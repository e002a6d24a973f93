//! All simulated users of one target: each asks at a steady pace, and one more logs in again and again.

use std::time::Duration;

use anyhow::Result;
use authlab_client::target::Target;
use authlab_server::signal::Stop;
use futures_util::{StreamExt as _, TryStreamExt as _, future::join_all, stream};
use tokio::{
    pin, select,
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};

use super::{
    report::TargetOutcome,
    tally::{RequestResult, TimedRequest, What, tallied},
    user::SimulatedUser,
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
            let beats = interval_at(began + share * at, pace);
            let stop = stop.clone();
            async move { (repeat(began, beats, stop, async || user.ask().await).await, user) }
        });
        let beats = interval_at(began, LOGIN_INTERVAL);
        let logging_in = repeat(began, beats, stop.clone(), async || newcomer.log_in_elsewhere().await);
        let (asked, logged_in) = tokio::join!(join_all(asking), logging_in);

        let tallies = tallied(asked.iter().flat_map(|(asked, _)| asked).chain(&logged_in));
        let mut outcome =
            TargetOutcome { target, people: many, tallies, logins_lost: 0, writes_lost: 0, not_served: 0 };
        for (_, mut user) in asked {
            user.look(&mut outcome).await;
        }
        outcome
    }
}

/// Asks at each beat, and skips beats while an answer is awaited. All times are from the beginning of the drill.
async fn repeat(
    began: Instant,
    mut beats: Interval,
    stop: Stop,
    mut ask: impl AsyncFnMut() -> (What, RequestResult),
) -> Vec<TimedRequest> {
    let mut asked = Vec::new();
    let stopped = stop.told();
    pin!(stopped);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        select! {
            biased;
            () = &mut stopped => return asked,
            _ = beats.tick() => {}
        }
        let from = began.elapsed();
        let (what, ended) = ask().await;
        asked.push(TimedRequest { what, ended, from, until: began.elapsed() });
    }
}
