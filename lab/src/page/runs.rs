//! The journeys in progress, in memory under random ids, limited in number and age.

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

/// The maximum number of journeys. Each holds some connections and several hundred kilobytes; the oldest is dropped for
/// a new one.
const MAX_RUNS: usize = 24;
/// The time that a journey waits for its next step.
pub(super) const MAX_PAUSE: Duration = Duration::from_mins(20);

/// The journeys in progress, and when each was last used; the most recently used is last.
#[derive(Debug, Default)]
pub(super) struct Runs(Mutex<Vec<(Instant, Arc<Run>)>>);

/// A journey with its results so far.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) id: String,
    /// Locked while a step runs, so that two requests for one step run only one step.
    journey: tokio::sync::Mutex<Option<Journey>>,
    played: Mutex<Played>,
}

/// The results that the page shows.
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
            journey: tokio::sync::Mutex::new(Some(journey)),
            played: Mutex::new(played),
        });
        let mut runs = self.current();
        if runs.len() >= MAX_RUNS {
            runs.remove(0);
        }
        runs.push((Instant::now(), Arc::clone(&run)));
        run
    }

    /// The run with this id, unless it has expired.
    pub(super) fn find(&self, id: &str) -> Option<Arc<Run>> {
        let mut runs = self.current();
        let at = runs.iter().position(|(_, run)| run.id == id)?;
        let (_, run) = runs.remove(at);
        runs.push((Instant::now(), Arc::clone(&run)));
        Some(run)
    }

    /// The runs that have not expired.
    fn current(&self) -> MutexGuard<'_, Vec<(Instant, Arc<Run>)>> {
        let mut runs = unpoisoned(&self.0);
        runs.retain(|(used, _)| used.elapsed() < MAX_PAUSE);
        runs
    }
}

impl Run {
    pub(super) fn played(&self) -> Played {
        unpoisoned(&self.played).clone()
    }

    /// Runs all steps that are left, or one. That one only if at most `after` steps have run: a form that is sent twice
    /// runs one step.
    pub(super) async fn play(&self, all: bool, after: usize) {
        let mut journey = self.journey.lock().await;
        while all && !self.played().finished {
            self.step(&mut journey).await;
        }
        if !all && self.played().steps.len() <= after {
            self.step(&mut journey).await;
        }
    }

    async fn step(&self, journey: &mut Option<Journey>) {
        let step = match journey {
            Some(journey) => journey.next().await,
            None => None,
        };
        let mut played = unpoisoned(&self.played);
        let is_over = step.is_none();
        played.steps.extend(step.map(Arc::new));
        // The number of steps shows which step is the last, so the user needs no further click to end the journey.
        if is_over || played.steps.len() >= played.scenario.steps.len() {
            played.finished = true;
            *journey = None;
        }
    }
}

/// Ignores the poison of a lock, because a panic elsewhere leaves this data consistent.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
