//! `lab attack`.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use shared::{clock::Clock, secret::Secret};

use super::{print, progress, verdict};
use crate::{
    attack::{
        self,
        arena::{Arena, Mark},
        explain, json,
        row::Row,
        rows::{ROWS, find},
        terminal,
    },
    compare::look::Look,
    target::Target,
};

#[derive(Debug, Args)]
pub(super) struct Attack {
    /// Attack a service by its URL, such as `mine=http://127.0.0.1:9000`; may be given several times. Without it, the
    /// three services are started on free ports, in each setting that changes a row
    #[arg(long = "target", value_name = "NAME=URL")]
    targets: Vec<Target>,
    /// With --target: read the service's key from this file, for the attacks with a stolen key
    #[arg(long, value_name = "FILE", requires = "targets")]
    key_file: Option<PathBuf>,
    /// Run one row, by its number or its id, and print every exchange; may be given several times
    #[arg(long, value_name = "ROW")]
    explain: Vec<String>,
    /// Print JSON
    #[arg(long, conflicts_with = "explain")]
    json: bool,
}

impl Attack {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let rows = self.rows()?;
        let began = Clock::system().now();
        let (marks, _arena) = self.marks().await?;
        let report = attack::run(&marks, &rows, |row| progress(&format!("{} {}", row.number, row.title))).await?;
        if self.json {
            print(&json::render(&report, began)?);
        } else if self.explain.is_empty() {
            print(&terminal::render(&report, Look::of_stdout()));
        } else {
            print(&explain::render(&report, Look::of_stdout()));
        }
        Ok(verdict(report.holds()))
    }

    fn rows(&self) -> Result<Vec<&'static Row>> {
        if self.explain.is_empty() {
            return Ok(ROWS.iter().collect());
        }
        let named = |name: &String| match find(name) {
            Some(row) => Ok(row),
            None => bail!("there is no row `{name}`; `lab attack` lists all rows with their numbers"),
        };
        self.explain.iter().map(named).collect()
    }

    /// The targets, and the services started for them. The services stop when they are dropped.
    async fn marks(&self) -> Result<(Vec<Mark>, Option<Arena>)> {
        if self.targets.is_empty() {
            let arena = Arena::open().await?;
            return Ok((arena.marks.clone(), Some(arena)));
        }
        let key = self.key_file.as_ref().map(|file| {
            let text =
                fs::read_to_string(file).with_context(|| format!("cannot read the key file {}", file.display()))?;
            Ok::<_, anyhow::Error>(Secret::new(text.trim_end()))
        });
        let key = key.transpose()?;
        Ok((self.targets.iter().map(|target| Mark::stranger(target.clone(), key.clone())).collect(), None))
    }
}
