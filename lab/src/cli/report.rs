//! `lab report`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result};
use authlab_report::{marked, material::Material, verdicts};
use clap::Args;

use super::print;

/// The folder of the documents, relative to the repository's root.
const DOCUMENTS: &str = "docs";

#[derive(Debug, Args)]
pub(super) struct Report {
    /// Report this run and the attacks in the same folder; without it, the newest run under benches/results
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,
    /// Write the documents to this folder. Without it, they are written to docs, and the figures in the README and in
    /// docs/choose.md and the page's verdicts are updated too
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Report {
    pub(super) fn run(self) -> Result<ExitCode> {
        let material = Material::chosen(self.run.as_deref())?;
        let report = authlab_report::Report::of(&material)?;
        let folder = self.out.as_deref().unwrap_or(Path::new(DOCUMENTS));
        for (name, text) in &report.documents {
            write(&folder.join(name), text)?;
        }
        if self.out.is_none() {
            for (name, block) in &report.blocks {
                let before = fs::read_to_string(name).with_context(|| format!("cannot read {name}"))?;
                write(Path::new(name), &marked::put(&before, block).with_context(|| format!("cannot change {name}"))?)?;
            }
            write(Path::new(verdicts::FILE), &report.verdicts.file()?)?;
        }
        print(&format!("the report on {} of {} is in {}", material.file, material.run.started, folder.display()));
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
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be created", folder.display()))?;
    }
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}
