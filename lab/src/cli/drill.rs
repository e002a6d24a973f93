//! `lab drill` and `lab endings`.

use std::process::ExitCode;

use anyhow::Result;
use authlab_client::target::Target;
use authlab_terminal::Look;
use clap::Args;

use super::{Targets, print, progress, verdict};
use crate::drill::{
    self, DrillPlan,
    endings::{self, Heard, measure},
    json, terminal,
};

#[derive(Debug, Args)]
pub(super) struct Drill {
    #[command(flatten)]
    targets: Targets,
    #[command(flatten)]
    plan: DrillPlan,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Drill {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let (targets, _fleet) = self.targets.ready().await?;
        let report = drill::run(&targets, self.plan, progress).await?;
        print(&if self.json { json::render(&report)? } else { terminal::render(&report, Look::of_stdout()) });
        Ok(verdict(report.nothing_lost()))
    }
}

#[derive(Debug, Args)]
pub(super) struct Endings {
    /// Measure at this replica, such as `one=http://127.0.0.1:9000`; give at least two. Logins are ended at the first
    #[arg(long = "target", value_name = "NAME=URL", required = true)]
    replicas: Vec<Target>,
    /// Also end logins by a password change at this service, which shares the accounts, such as
    /// `sessions=http://127.0.0.1:8002`
    #[arg(long, value_name = "NAME=URL")]
    elsewhere: Option<Target>,
    /// End this many logins in each way
    #[arg(long, default_value_t = 10, value_name = "N")]
    rounds: usize,
}

impl Endings {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let heard = measure(&self.replicas, self.elsewhere.as_ref(), self.rounds).await?;
        print(&endings::render(&heard, Look::of_stdout()));
        Ok(verdict(heard.iter().all(Heard::in_time)))
    }
}
