//! `lab capacity`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Result, bail};
use authlab_terminal::Look;
use clap::Args;

use super::print;
use crate::report::{
    capacity::{
        self,
        habits::{Habits, count},
        terminal,
    },
    material::{FOLDER, Material},
};

#[derive(Debug, Args)]
pub(super) struct Capacity {
    /// How many users there are, such as 5e6
    #[arg(long, value_parser = count, value_name = "N")]
    users: f64,
    /// What one of them does a day, where it is not as here:
    /// requests=50,writes=5,logins=0.5,logouts=0.2,refreshes=5,live=1.5,peak=4. `refreshes` count where there are refresh tokens; `live`
    /// is how many logins of one user live at the same time, `peak` how many times the average the busiest second is
    #[arg(long, default_value = "", hide_default_value = true, value_name = "NAME=NUMBER,…")]
    habits: Habits,
    /// The run to compute from; without it, the newest one under benches/results
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
            bail!("nothing was measured under {FOLDER}; `cargo bench --package benches --bench comparison` does");
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
