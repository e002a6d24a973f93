//! `lab inspect`.

use std::{fs, io::{self, Read as _}, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use authlab_clock::Clock;
use authlab_secrets::Secret;
use clap::Args;

use crate::inspect::{Key, Signature, inspect, render};
use super::{print, verdict};

/// More than any credential, and less than would take long.
const MAX_READ: u64 = 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// A token, a cookie as NAME=VALUE, a session id, or a line `Cookie: …` or `Authorization: …`; `-` reads standard input,
    /// and keeps the credential out of the shell's history
    #[arg(value_name = "CREDENTIAL")]
    credential: Secret,
    /// File with the key, to see whether the signature holds; goes before `SECRET_KEY`
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// The key itself; better given by the environment or in a file than as an argument
    #[arg(long, env = "SECRET_KEY", hide_env_values = true, value_name = "KEY")]
    secret_key: Option<Secret>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Inspect {
    /// 1 if a signature was checked and does not hold.
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
        let Some(file) = &self.key_file else { return Ok(self.secret_key.clone().map(Key::new)) };
        let text =
            fs::read_to_string(file).with_context(|| format!("the key file {} cannot be read", file.display()))?;
        Ok(Some(Key::new(Secret::new(text.trim_end()))))
    }
}
