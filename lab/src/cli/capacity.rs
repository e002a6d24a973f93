//! `lab capacity`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Result, bail};
use clap::Args;

use super::print;
use crate::{
    compare::look::Look,
    report::{
        capacity::{
            self,
            habits::{Habits, count},
            terminal,
        },
        material::{FOLDER, Material},
    },
};

#[derive(Debug, Args)]
pub(super) struct Capacity {
    /// Estimate for this many users, such as 5e6
    #[arg(long, value_parser = count, value_name = "N")]
    users: f64,
    /// Change what one user does per day. Defaults:
    /// requests=50,writes=5,logins=0.5,logouts=0.2,refreshes=5,live=1.5,peak=4. `refreshes` counts only for refresh
    /// tokens; `live` is the number of simultaneous logins per user; `peak` is the busiest second divided by the
    /// average
    #[arg(long, default_value = "", hide_default_value = true, value_name = "NAME=NUMBER,…")]
    habits: Habits,
    /// Compute from this run; without it, from the newest run under benches/results
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Capacity {
    pub(super) fn run(self) -> Result<ExitCode> {
        let material = match &self.run {
            Some(file) => Some(Material::of(file)?),
            None => Material::newest(Path::new(FOLDER))?,
        };
        let Some(material) = material else {
            bail!("no measurements under {FOLDER}; make them with `cargo bench --package benches --bench comparison`");
        };
        let capacity = capacity::of(&material, self.users, self.habits);
        if self.json {
            print(&serde_json::to_string_pretty(&capacity)?);
        } else {
            print(&terminal::render(&capacity, Look::of_stdout()));
        }
        Ok(ExitCode::SUCCESS)
    }
}
