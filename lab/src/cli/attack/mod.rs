//! `lab attack`.

pub mod explain;
pub mod terminal;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use authlab_attacks::{
    self,
    deployments::{Deployment, Deployments},
    row::Row,
    rows::{ROWS, find},
};
use authlab_client::target::Target;
use authlab_clock::Clock;
use authlab_results::attacks::{AttackTable, Outcome};
use authlab_terminal::Look;
use clap::Args;

use super::{key_in, print, progress, verdict};

#[derive(Debug, Args)]
pub(super) struct Attack {
    /// A service to attack, such as `mine=http://127.0.0.1:9000`; may be given several times. Without it, the three services are
    /// started on free ports, in all settings that change a result
    #[arg(long = "target", value_name = "NAME=URL")]
    targets: Vec<Target>,
    /// With --target: file with the service's signing key, for the attacks with a stolen key
    #[arg(long, value_name = "FILE", requires = "targets")]
    key_file: Option<PathBuf>,
    /// Attack, by its number or its id; may be given several times. Without it, all attacks are played
    #[arg(long, value_name = "ROW")]
    row: Vec<String>,
    /// Attack, by its number or its id, whose whole exchange is printed; may be given several times
    #[arg(long, value_name = "ROW", conflicts_with = "row")]
    explain: Vec<String>,
    /// Print JSON
    #[arg(long, conflicts_with = "explain")]
    json: bool,
    /// With --json: leave out what succeeded and should not have, and write it to standard error. For services of others, whose
    /// authors are told before anything is published
    #[arg(long, requires = "json")]
    withhold: bool,
}

impl Attack {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let rows = self.rows()?;
        let began = Clock::system().now();
        let (deployments, _started) = self.deployments().await?;
        let on_row = |row: &Row| progress(&format!("{} {}", row.number, row.title));
        let mut report = authlab_attacks::run(&deployments, &rows, began, on_row).await?;
        let holds = if self.withhold { withhold(&mut report.table) } else { report.table.holds };
        if self.json {
            print(&serde_json::to_string_pretty(&report.table)?);
        } else if self.explain.is_empty() {
            print(&terminal::render(&report.table, Look::of_stdout()));
        } else {
            print(&explain::render(&report, Look::of_stdout()));
        }
        Ok(verdict(holds))
    }

    fn rows(&self) -> Result<Vec<&'static Row>> {
        let chosen = if self.row.is_empty() { &self.explain } else { &self.row };
        if chosen.is_empty() {
            return Ok(ROWS.iter().collect());
        }
        let named = |name: &String| {
            find(name).with_context(|| format!("there is no attack `{name}`; `lab attack` prints all numbers"))
        };
        chosen.iter().map(named).collect()
    }

    /// The deployments to attack, and the services that were started for them.
    async fn deployments(&self) -> Result<(Vec<Deployment>, Option<Deployments>)> {
        if self.targets.is_empty() {
            let started = Deployments::start().await?;
            return Ok((started.all.clone(), Some(started)));
        }
        let key = self.key_file.as_deref().map(key_in).transpose()?;
        Ok((self.targets.iter().map(|target| Deployment::new(target.clone(), key.clone())).collect(), None))
    }
}

/// Replaces every breach by [`Outcome::NotStated`], and reports it on standard error. Returns whether no attack succeeded.
fn withhold(table: &mut AttackTable) -> bool {
    let mut holds = true;
    table.claims.clear();
    for row in &mut table.rows {
        for (column, cell) in table.columns.iter().zip(&mut row.cells) {
            if cell.outcome.is_breach() {
                holds &= !matches!(cell.outcome, Outcome::Fell { .. });
                progress(&format!("withheld: {}, {}: {:?}", column.target.name, row.number, cell.outcome));
                cell.outcome = Outcome::NotStated;
            }
        }
    }
    holds
}
