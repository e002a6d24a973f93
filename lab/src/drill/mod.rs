//! What trouble costs: people who are logged in go on asking while a command does something to the servers.
//!
//! In reading order:
//!
//! * [`plan`]: how many people, how often they ask, and what is done meanwhile
//! * [`person`]: one of them; [`crowd`]: all of them at one target
//! * [`tally`]: what was asked and how it ended, added up
//! * [`report`]: what was lost; [`terminal`], [`json`]: the same, to be read
//! * [`endings`]: something else, how soon every replica knows that a login has ended

mod crowd;
pub mod endings;
pub mod json;
mod person;
pub mod plan;
pub mod report;
pub mod tally;
pub mod terminal;

use std::{
    io,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result};
use futures_util::future::{join_all, try_join_all};
use shared::serve::signal::stop;
use tokio::{
    task::spawn_blocking,
    time::{Instant, sleep},
};

use self::{
    crowd::Crowd,
    plan::Plan,
    report::{Report, Trouble},
};
use crate::target::Target;

/// Logs everybody in, lets them ask, does it, lets them ask on, and looks what is left.
pub async fn run(targets: &[Target], plan: Plan, told: impl Fn(&str)) -> Result<Report> {
    told("logging everybody in");
    let crowds = try_join_all(targets.iter().map(|target| Crowd::arrive(target, plan.people))).await?;
    let began = Instant::now();
    let (stopper, stop) = stop();
    let asking = join_all(crowds.into_iter().map(|crowd| crowd.goes_on(plan.pace, began, stop.clone())));
    let causing = async {
        let trouble = trouble(&plan, began, &told).await;
        stopper.stop();
        trouble
    };
    let (outcomes, trouble) = tokio::join!(asking, causing);
    Ok(Report { trouble: trouble?, outcomes })
}

async fn trouble(plan: &Plan, began: Instant, told: impl Fn(&str)) -> Result<Trouble> {
    told("asking");
    sleep(plan.before).await;
    let command_began = began.elapsed();
    let mut exit_code = None;
    if let Some(command) = &plan.during {
        told(command);
        exit_code = Some(done(command.clone()).await?);
    }
    let command_ended = began.elapsed();
    told("asking on");
    sleep(plan.after).await;
    Ok(Trouble { command: plan.during.clone(), exit_code, began: command_began, ended: command_ended })
}

/// Runs the command with the shell and says its exit code. What it prints goes where progress goes.
async fn done(command: String) -> Result<i32> {
    let run = move || Command::new("sh").arg("-c").arg(&command).stdin(Stdio::null()).stdout(io::stderr()).status();
    let status = spawn_blocking(run).await?.context("the command cannot be run with `sh`")?;
    Ok(status.code().unwrap_or(-1))
}
