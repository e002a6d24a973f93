//! A scripted scenario, the journey or an attack, played against any number of targets at once, step by step.
//!
//! [`script`] is the list of steps; `scenes` is what happens in each; [`transcript`] is what is left of them.

mod player;
mod scenes;
pub mod script;
pub mod transcript;

use anyhow::Result;
use futures_util::future::{join_all, try_join_all};

use crate::target::Target;

use self::{
    player::Player,
    script::{JOURNEY, Scenario},
    transcript::StepResult,
};

/// A journey under way. It can be put aside between two steps for as long as the logins live.
#[derive(Debug)]
pub struct Journey {
    scenario: &'static Scenario,
    players: Vec<Player>,
    at: usize,
}

impl Journey {
    /// Sets out: a fresh account's name for each target, and a connection to each, so that one that is not there is named
    /// at once.
    pub async fn start(targets: &[Target]) -> Result<Self> {
        Self::start_with(&JOURNEY, targets).await
    }

    /// The same with the steps of this scenario.
    pub async fn start_with(scenario: &'static Scenario, targets: &[Target]) -> Result<Self> {
        let players = try_join_all(targets.iter().map(Player::arrive)).await?;
        Ok(Self { scenario, players, at: 0 })
    }

    pub fn scenario(&self) -> &'static Scenario {
        self.scenario
    }

    /// Plays the next step against every target at the same time; `None` after the last.
    pub async fn next(&mut self) -> Option<StepResult> {
        let step = self.scenario.steps.get(self.at)?;
        self.at += 1;
        let outcomes = join_all(self.players.iter_mut().map(|player| player.play(step))).await;
        Some(StepResult { id: step.id, title: step.title, shows: step.shows, outcomes })
    }
}

/// The whole journey at one go; `on_step` sees each step as it ends.
pub async fn play(targets: &[Target], mut on_step: impl FnMut(&StepResult)) -> Result<Vec<StepResult>> {
    let mut journey = Journey::start(targets).await?;
    let mut results = Vec::new();
    while let Some(result) = journey.next().await {
        on_step(&result);
        results.push(result);
    }
    Ok(results)
}
