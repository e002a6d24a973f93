//! `lab healthcheck`, for a container that has no other program, such as curl.

use std::process::ExitCode;

use anyhow::Result;
use authlab_server::healthcheck::ready;
use clap::Args;

use super::page::Place;

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
