//! `lab secret`: a password that containers share, created on the first start.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use authlab_secrets::{keys::file::write_once, random};
use clap::Args;

use super::print;

/// Readable by all, because the containers run as different users. Only they mount the volume.
const MODE: u32 = 0o444;

#[derive(Debug, Args)]
pub(super) struct Secret {
    /// Create this file; an existing file is not changed
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Secret {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let text = authlab_secrets::Secret::new(random::hex::<32>());
        let cannot = || format!("{} cannot be made", self.file.display());
        let made = write_once(&self.file, &text, MODE).with_context(cannot)?;
        print(&format!("{} {}", self.file.display(), if made { "created" } else { "already exists" }));
        Ok(ExitCode::SUCCESS)
    }
}
