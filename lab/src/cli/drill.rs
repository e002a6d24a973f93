//! `lab drill`.

use std::{process::ExitCode, time::Duration};

use anyhow::Result;
use authlab_service::seconds;
use authlab_terminal::Look;
use clap::Args;

use super::{Targets, print, progress, verdict};
use crate::drill::{self, json, plan::DrillPlan, terminal};

#[derive(Debug, Args)]
pub(super) struct Drill {
    #[command(flatten)]
    targets: Targets,
    /// Run this shell command while the users send requests, such as `docker compose restart postgres`
    #[arg(long, value_name = "COMMAND")]
    during: Option<String>,
    /// Log in this many users at each target
    #[arg(long, default_value_t = 20, value_name = "N")]
    people: usize,
    /// Let each user wait this many seconds between two requests
    #[arg(long, default_value = "0.5", value_parser = seconds, value_name = "SECONDS")]
    pace: Duration,
    /// Send requests for this many seconds before the command starts
    #[arg(long, default_value = "3", value_parser = seconds, value_name = "SECONDS")]
    before: Duration,
    /// Send requests for this many seconds after the command has ended
    #[arg(long, default_value = "15", value_parser = seconds, value_name = "SECONDS")]
    after: Duration,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Drill {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let (targets, _fleet) = self.targets.ready().await?;
        let Self { during, people, pace, before, after, json, .. } = self;
        let report = drill::run(&targets, DrillPlan { people, pace, before, during, after }, progress).await?;
        print(&if json { json::render(&report)? } else { terminal::render(&report, Look::of_stdout()) });
        Ok(verdict(report.nothing_lost()))
    }
}
