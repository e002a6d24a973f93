//! The journeys under way in the lab's memory, each under a random name, bounded in number and in age.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::journey::{
    Journey,
    scenarios::{JOURNEY, Scenario},
    transcript::StepResult,
};

/// Each holds a few connections and some hundred kilobytes of transcript; the oldest makes room for a new one.
const MAX_RUNS: usize = 24;
/// How long a journey waits for its next step.
pub(super) const MAX_PAUSE: Duration = Duration::from_mins(20);

/// All journeys under way, the most recently used last.
#[derive(Debug, Default)]
pub(super) struct Runs(Mutex<Vec<Arc<Run>>>);

/// One journey and what has been played of it.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) id: String,
    last_used: Mutex<Instant>,
    /// Held while a step is played, so that two requests for a step do not play two at once.
    journey: tokio::sync::Mutex<Option<Journey>>,
    played: Mutex<Played>,
}

/// What there is to show.
#[derive(Clone, Debug)]
pub(super) struct Played {
    pub(super) scenario: &'static Scenario,
    pub(super) steps: Vec<Arc<StepResult>>,
    pub(super) finished: bool,
}

impl Default for Played {
    fn default() -> Self {
        Self { scenario: &JOURNEY, steps: Vec::new(), finished: false }
    }
}

impl Runs {
    pub(super) fn add(&self, journey: Journey) -> Arc<Run> {
        let played = Played { scenario: journey.scenario(), ..Played::default() };
        let run = Arc::new(Run {
            id: authlab_secrets::random::hex::<16>(),
            last_used: Mutex::new(Instant::now()),
            journey: tokio::sync::Mutex::new(Some(journey)),
            played: Mutex::new(played),
        });
        let mut runs = self.current();
        if runs.len() >= MAX_RUNS {
            runs.remove(0);
        }
        runs.push(Arc::clone(&run));
        run
    }

    /// The run of this name, if it has not been left alone for too long.
    pub(super) fn find(&self, id: &str) -> Option<Arc<Run>> {
        let mut runs = self.current();
        let at = runs.iter().position(|run| run.id == id)?;
        let run = runs.remove(at);
        *unpoisoned(&run.last_used) = Instant::now();
        runs.push(Arc::clone(&run));
        Some(run)
    }

    /// The runs without those that have ended by their age.
    fn current(&self) -> MutexGuard<'_, Vec<Arc<Run>>> {
        let mut runs = unpoisoned(&self.0);
        runs.retain(|run| unpoisoned(&run.last_used).elapsed() < MAX_PAUSE);
        runs
    }
}

impl Run {
    pub(super) fn played(&self) -> Played {
        unpoisoned(&self.played).clone()
    }

    /// Plays one step, unless more than `after` have been played already: a form that is sent twice means it once.
    pub(super) async fn play_next(&self, after: Option<usize>) {
        let mut journey = self.journey.lock().await;
        if after.is_none_or(|after| self.played().steps.len() <= after) {
            self.play(&mut journey).await;
        }
    }

    pub(super) async fn play_all(&self) {
        let mut journey = self.journey.lock().await;
        while !self.played().finished {
            self.play(&mut journey).await;
        }
    }

    async fn play(&self, journey: &mut Option<Journey>) {
        let step = match journey {
            Some(journey) => journey.next().await,
            None => None,
        };
        let mut played = unpoisoned(&self.played);
        let there_was_one = step.is_some();
        played.steps.extend(step.map(Arc::new));
        // The last step is known by its place, so that nobody has to ask for one more to learn that there is none.
        if !there_was_one || played.steps.len() >= played.scenario.steps.len() {
            played.finished = true;
            *journey = None;
        }
    }
}

/// A panic elsewhere leaves nothing here half-changed.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
