//! `lab conform`.

use std::process::ExitCode;

use anyhow::Result;
use authlab_conformance::{json, report::ConformanceReport, terminal};
use authlab_terminal::Look;
use clap::Args;

use super::{Targets, print, progress, verdict};

#[derive(Debug, Args)]
pub(super) struct Conform {
    #[command(flatten)]
    targets: Targets,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Conform {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let (targets, _fleet) = self.targets.ready().await?;
        let look = Look::of_stdout();
        let mut reports = Vec::with_capacity(targets.len());
        for target in &targets {
            progress(&target.to_string());
            let report = authlab_conformance::run(target, |_| {}).await?;
            if !self.json {
                print(&terminal::render(&report, look));
            }
            reports.push(report);
        }
        if self.json {
            print(&json::render(&reports)?);
        }
        Ok(verdict(reports.iter().all(ConformanceReport::holds)))
    }
}
