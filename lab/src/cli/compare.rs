//! `lab compare`.

use std::process::ExitCode;

use anyhow::Result;
use authlab_terminal::Look;
use clap::Args;

use super::{Targets, print, progress, verdict};
use crate::{
    compare::{Comparison, has_breach, json, markdown, terminal},
    journey,
};

#[derive(Debug, Args)]
pub(super) struct Compare {
    #[command(flatten)]
    targets: Targets,
    /// Print JSON
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print Markdown
    #[arg(long)]
    markdown: bool,
}

impl Compare {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let (targets, _fleet) = self.targets.ready().await?;
        let steps = journey::run(&targets, |step| progress(step.title)).await?;
        let comparison = Comparison { targets: &targets, steps: &steps };
        if self.json {
            print(&json::render(comparison)?);
        } else if self.markdown {
            print(&markdown::render(comparison));
        } else {
            print(&terminal::render(comparison, Look::of_stdout()));
        }
        Ok(verdict(!has_breach(&steps)))
    }
}
