//! Runs simulated users while a command disrupts the servers, and counts failures and losses.
//!
//! In reading order:
//!
//! * [`DrillPlan`]: the number of users, their request rate, and the command
//! * [`user`]: one user; [`users`]: all users of one target
//! * [`tally`]: requests and their results, counted
//! * [`report`]: the losses; [`terminal`] and [`json`] render them
//! * [`endings`]: a different measurement: how soon every replica refuses an ended login

pub mod endings;
pub mod json;
pub mod report;
pub mod tally;
pub mod terminal;
mod user;
mod users;

use std::{
    io,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result};
use authlab_client::target::Target;
use authlab_server::signal::stop;
use authlab_service::seconds;
use clap::Args;
use futures_util::future::{join_all, try_join_all};
use tokio::{
    task::spawn_blocking,
    time::{Instant, sleep},
};

use self::{report::DrillReport, users::SimulatedUsers};

/// The plan of a drill, as the command line gives it.
#[derive(Clone, Debug, Args)]
pub struct DrillPlan {
    /// Run this shell command while the users send requests, such as `docker compose restart postgres`
    #[arg(long, value_name = "COMMAND")]
    pub during: Option<String>,
    /// Log in this many users at each target
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub people: usize,
    /// Let each user wait this many seconds between two requests
    #[arg(long, default_value = "0.5", value_parser = seconds, value_name = "SECONDS")]
    pub pace: Duration,
    /// Send requests for this many seconds before the command starts
    #[arg(long, default_value = "3", value_parser = seconds, value_name = "SECONDS")]
    pub before: Duration,
    /// Send requests for this many seconds after the command has ended
    #[arg(long, default_value = "15", value_parser = seconds, value_name = "SECONDS")]
    pub after: Duration,
}

/// Logs the users in, lets them send requests before, during and after the command, and checks what was lost.
pub async fn run(targets: &[Target], plan: DrillPlan, told: impl Fn(&str)) -> Result<DrillReport> {
    told("logging all users in");
    let all_users = try_join_all(targets.iter().map(|target| SimulatedUsers::log_in(target, plan.people))).await?;
    let began = Instant::now();
    let (stopper, stop) = stop();
    let asking = join_all(all_users.into_iter().map(|users| users.goes_on(plan.pace, began, stop.clone())));
    let causing = async {
        let trouble = trouble(&plan, began, &told).await;
        stopper.stop();
        trouble
    };
    let (outcomes, trouble) = tokio::join!(asking, causing);
    Ok(DrillReport { outcomes, ..trouble? })
}

/// Runs the command. The outcomes are not known yet.
async fn trouble(plan: &DrillPlan, began: Instant, told: impl Fn(&str)) -> Result<DrillReport> {
    told("asking");
    sleep(plan.before).await;
    let command_began = began.elapsed();
    let mut exit_code = None;
    if let Some(command) = &plan.during {
        told(command);
        exit_code = Some(done(command.clone()).await?);
    }
    let command_ended = began.elapsed();
    told("sending requests after the command");
    sleep(plan.after).await;
    let (began, ended) = (command_began, command_ended);
    Ok(DrillReport { command: plan.during.clone(), exit_code, began, ended, outcomes: Vec::new() })
}

/// Runs the command with the shell and returns its exit code. The command's output goes to stderr, like the progress.
async fn done(command: String) -> Result<i32> {
    let run = move || Command::new("sh").arg("-c").arg(&command).stdin(Stdio::null()).stdout(io::stderr()).status();
    let status = spawn_blocking(run).await?.context("cannot run the command with `sh`")?;
    Ok(status.code().unwrap_or(-1))
}
