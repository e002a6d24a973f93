//! `lab inspect`.

use std::{
    io::{self, Read as _},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context as _, Result};
use authlab_clock::Clock;
use authlab_secrets::Secret;
use clap::Args;

use super::{key_in, print, verdict};
use crate::inspect::{Key, Signature, inspect, render};

/// Larger than any credential, and small enough to process quickly.
const MAX_READ: u64 = 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// Read this credential: a token, a cookie as NAME=VALUE, a session id, or a line `Cookie: …` or `Authorization:
    /// …`. `-` reads standard input, which keeps the credential out of the shell's history
    #[arg(value_name = "CREDENTIAL")]
    credential: Secret,
    /// Check the signature with the key in this file; overrides `SECRET_KEY`
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Check the signature with this key; prefer the environment or a file, because other users can see arguments
    #[arg(long, env = "SECRET_KEY", hide_env_values = true, value_name = "KEY")]
    secret_key: Option<Secret>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Inspect {
    /// Returns exit code 1 if a signature was checked and is wrong.
    pub(super) fn run(&self) -> Result<ExitCode> {
        let key = self.key()?;
        let findings = inspect(&self.text()?, key.as_ref(), Clock::system().now());
        print(&if self.json { render::json(&findings)? } else { render::text(&findings) });
        Ok(verdict(findings.iter().all(|finding| finding.signature != Signature::Broken)))
    }

    fn text(&self) -> Result<String> {
        if self.credential.expose() != "-" {
            return Ok(self.credential.expose().to_owned());
        }
        let mut bytes = Vec::new();
        io::stdin().take(MAX_READ).read_to_end(&mut bytes).context("standard input cannot be read")?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn key(&self) -> Result<Option<Key>> {
        let in_file = self.key_file.as_deref().map(key_in).transpose()?;
        Ok(in_file.or(self.secret_key.clone()).map(Key::new))
    }
}
