//! `lab page` and `lab healthcheck`.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use authlab_client::target::Target;
use authlab_server::{self, Limits, draining::Draining, healthcheck::ready, signal};
use authlab_workers::Workers;
use clap::Args;

use super::{Targets, print};
use crate::{everything::Place, page};

#[derive(Debug, Args)]
pub(super) struct Page {
    #[command(flatten)]
    targets: Targets,
    /// Link browsers to this URL of a target, if it differs from the lab's URL: `cookie-svc=http://127.0.0.1:8001`; may
    /// be given several times
    #[arg(long = "public", env = "LAB_PUBLIC_URLS", value_delimiter = ',', value_name = "NAME=URL")]
    public: Vec<Target>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    limits: Limits,
}

impl Page {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let stop = signal::on_signals().context("cannot listen for signals")?;
        let (targets, _fleet) = self.targets.ready().await?;
        let seen = |target: Target| {
            let public = self.public.iter().find(|public| public.name == target.name).map(Target::url);
            target.seen_at(public)
        };
        let targets = targets.into_iter().map(seen).collect();
        let listener = authlab_server::bind(self.place.address()).await?;
        print(&format!("the lab's page is at http://{}; Ctrl-C stops it", listener.local_addr()?));
        authlab_server::run(
            listener,
            page::router(targets),
            (self.limits, Workers::here()),
            Draining::default(),
            stop.told(),
        )
        .await;
        Ok(ExitCode::SUCCESS)
    }
}

/// For a container that has no other program, such as curl.
#[derive(Debug, Args)]
pub(super) struct Healthcheck {
    #[command(flatten)]
    place: Place,
}

impl Healthcheck {
    pub(super) fn run(&self) -> Result<ExitCode> {
        ready(self.place.address())?;
        Ok(ExitCode::SUCCESS)
    }
}
