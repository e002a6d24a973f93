//! `lab secret`: a password that containers share, made on the first start.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use authlab_secrets::{keys::file::write_once, random};
use clap::Args;

use super::print;

/// Those who share it run as different users, and nobody else sees their volume.
const MODE: u32 = 0o444;

#[derive(Debug, Args)]
pub(super) struct Secret {
    /// Where it is to be; one that is there stays as it is
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Secret {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let text = authlab_secrets::Secret::new(random::hex::<32>());
        let cannot = || format!("{} cannot be made", self.file.display());
        let made = write_once(&self.file, &text, MODE).with_context(cannot)?;
        print(&format!("{} {}", self.file.display(), if made { "was made" } else { "is there" }));
        Ok(ExitCode::SUCCESS)
    }
}
