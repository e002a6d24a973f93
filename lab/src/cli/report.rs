//! `lab report`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use super::print;
use crate::report::{
    self,
    material::{FOLDER, Material},
    readme,
    verdicts::{self, Verdicts},
};

/// Where the documents are, from the root of the repository.
const DOCUMENTS: &str = "docs";
const README: &str = "README.md";

#[derive(Debug, Args)]
pub(super) struct Report {
    /// The run to report, and the attacks beside it; without it, the newest one under benches/results
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,
    /// Folder to write the documents to. Without it they are written to docs, and with them the README's comparison and the
    /// verdicts that the lab's page shows
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Report {
    pub(super) fn run(self) -> Result<ExitCode> {
        let material = match &self.run {
            Some(file) => Some(Material::of(file)?),
            None => Material::newest(Path::new(FOLDER))?,
        };
        let Some(material) = material else {
            bail!("there is no run under {FOLDER}; `cargo bench --package benches --bench comparison` makes one");
        };
        let report = report::Report::of(&material)?;
        let folder = self.out.as_deref().unwrap_or(Path::new(DOCUMENTS));
        for (name, text) in &report.documents {
            write(&folder.join(name), text)?;
        }
        if self.out.is_none() {
            let before = fs::read_to_string(README).with_context(|| format!("{README} cannot be read"))?;
            write(Path::new(README), &readme::put(&before, &report.readme)?)?;
            write(Path::new(verdicts::FILE), &Verdicts::file(Some(&report.verdicts))?)?;
        }
        print(&format!("{} of {} is reported in {}", material.file, material.run.started, folder.display()));
        for doubt in &report.verdicts.doubts {
            print(&format!("  DO NOT RELY ON IT: {doubt}"));
        }
        for claim in &report.verdicts.claims {
            print(&format!("  {} {:<14} {}", claim.verdict.sign(), claim.verdict.words(), claim.says));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn write(file: &Path, text: &str) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))
}
