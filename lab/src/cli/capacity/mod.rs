//! `lab capacity`.

pub mod terminal;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use authlab_endings::Endings;
use authlab_fleet::{Mechanisms, for_the_lab};
use authlab_report::{
    capacity::{
        self,
        breaks::ServiceLimits,
        habits::{Habits, count},
    },
    material::Material,
};
use authlab_service::settings::defaults;
use authlab_terminal::Look;
use clap::Args;

use super::print;

#[derive(Debug, Args)]
pub(super) struct Capacity {
    /// Number of users, such as 5e6
    #[arg(long, value_parser = count, value_name = "N")]
    users: f64,
    /// What one user does a day, where it differs from
    /// requests=50,writes=5,logins=0.5,logouts=0.2,refreshes=5,live=1.5,peak=4. `refreshes` count for designs with refresh tokens; `live`
    /// is the number of active logins of a user; `peak` is the busiest second as a multiple of the average
    #[arg(long, default_value = "", hide_default_value = true, value_name = "NAME=NUMBER,…")]
    habits: Habits,
    /// Run to compute from; without it, the newest one in benches/results
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Capacity {
    pub(super) fn run(self) -> Result<ExitCode> {
        let material = Material::chosen(self.run.as_deref())?;
        let capacity = capacity::of(&material, self.users, self.habits, limits());
        if self.json {
            print(&serde_json::to_string_pretty(&capacity)?);
        } else {
            print(&terminal::render(&capacity, Look::of_stdout()));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The defaults of the services.
fn limits() -> ServiceLimits {
    let mechanisms: Mechanisms = defaults(for_the_lab);
    ServiceLimits {
        cookie_lifetime: mechanisms.cookie.login_max_age,
        token_lifetime: mechanisms.token.access_token_lifetime,
        max_ended_logins: Endings::MAX_IN_MEMORY,
    }
}
