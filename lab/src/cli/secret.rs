//! `lab secret`: a password that two containers share, made on the first start.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context as _, Result};
use clap::Args;
use shared::random;

use super::print;

#[derive(Debug, Args)]
pub(super) struct Secret {
    /// Where it is to be; one that is there stays as it is
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Secret {
    pub(super) fn run(&self) -> Result<ExitCode> {
        // The two that share it run as different users, and nobody else sees their volume.
        let made = OpenOptions::new().write(true).create_new(true).mode(0o444).open(&self.file);
        match made {
            Ok(mut file) => {
                write!(file, "{}", random::hex::<32>()).and_then(|()| file.sync_all())?;
                print(&format!("{} was made", self.file.display()));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                print(&format!("{} is there", self.file.display()));
            }
            Err(error) => return Err(error).context(format!("{} cannot be made", self.file.display())),
        }
        Ok(ExitCode::SUCCESS)
    }
}
