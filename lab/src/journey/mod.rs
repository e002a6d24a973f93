//! Runs a scenario, the journey or an attack, step by step against several targets at once.
//!
//! [`scenarios`] lists the steps, `steps` implements them, and [`transcript`] holds the results.

pub mod scenarios;
mod steps;
mod target_run;
pub mod transcript;

use anyhow::Result;
use authlab_client::target::Target;
use futures_util::future::{join_all, try_join_all};

use self::{
    scenarios::{JOURNEY, Scenario},
    target_run::TargetRun,
    transcript::StepResult,
};

/// A journey in progress. It can pause between two steps for as long as the logins live.
#[derive(Debug)]
pub struct Journey {
    scenario: &'static Scenario,
    runs: Vec<TargetRun>,
    at: usize,
}

impl Journey {
    /// Chooses a fresh username for each target and connects to it, so that an unreachable target is reported
    /// immediately.
    pub async fn start(targets: &[Target]) -> Result<Self> {
        Self::start_with(&JOURNEY, targets).await
    }

    /// Like `start`, with the steps of this scenario.
    pub async fn start_with(scenario: &'static Scenario, targets: &[Target]) -> Result<Self> {
        let runs = try_join_all(targets.iter().map(TargetRun::connect)).await?;
        Ok(Self { scenario, runs, at: 0 })
    }

    pub fn scenario(&self) -> &'static Scenario {
        self.scenario
    }

    /// Runs the next step against all targets at the same time; `None` after the last step.
    pub async fn next(&mut self) -> Option<StepResult> {
        let step = self.scenario.steps.get(self.at)?;
        self.at += 1;
        let outcomes = join_all(self.runs.iter_mut().map(|run| run.step(step))).await;
        Some(StepResult { id: step.id, title: step.title, shows: step.shows, outcomes })
    }
}

/// Runs the whole journey. `on_step` is called after each step.
pub async fn run(targets: &[Target], mut on_step: impl FnMut(&StepResult)) -> Result<Vec<StepResult>> {
    let mut journey = Journey::start(targets).await?;
    let mut results = Vec::new();
    while let Some(result) = journey.next().await {
        on_step(&result);
        results.push(result);
    }
    Ok(results)
}
