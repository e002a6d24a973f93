//! What a report is made of: a run of the benches and a table of attacks, as they were kept.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use serde::Deserialize;

use crate::results::{FORMAT, Run};

/// Where runs are kept, from the root of the repository.
pub const FOLDER: &str = "benches/results";
/// Where attacks are kept, beside the runs.
pub const ATTACKS: &str = "attacks.json";

#[derive(Clone, Debug)]
pub struct Material {
    pub run: Run,
    /// The name of the run's file.
    pub file: String,
    pub attacks: Option<Attacks>,
}

/// The table of attacks, as `lab attack --json` printed it.
#[derive(Clone, Debug, Deserialize)]
pub struct Attacks {
    pub played_at: Timestamp,
    pub marks: Vec<Mark>,
    pub rows: Vec<Row>,
    pub claims: Vec<AttackClaim>,
}

/// A column: a service as it was set.
#[derive(Clone, Debug, Deserialize)]
pub struct Mark {
    pub mechanism: String,
    pub setting: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    pub number: String,
    pub title: String,
    pub standard: String,
    /// In the order of the marks.
    pub cells: Vec<Cell>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Cell {
    pub outcome: String,
    pub leak: Option<Leak>,
}

/// How long a credential that was ended went on working.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Leak {
    pub measured_ms: u64,
    /// It was still accepted then, and will be for so much longer.
    pub open_for_seconds: Option<u64>,
}

/// A claim that the table has decided.
#[derive(Clone, Debug, Deserialize)]
pub struct AttackClaim {
    pub id: String,
    pub says: String,
    pub row: String,
    pub verdict: String,
    pub agree: Vec<String>,
    pub disagree: Vec<String>,
}

impl Material {
    /// The newest run in this folder, and the attacks beside it; `None` if there is no run.
    pub fn newest(folder: &Path) -> Result<Option<Self>> {
        newest(folder)?.map(|file| Self::of(&file)).transpose()
    }

    /// This run, and the attacks beside it.
    pub fn of(file: &Path) -> Result<Self> {
        let run: Run = read(file)?;
        if run.format != FORMAT {
            bail!("{} is of format {}, and this program reads {FORMAT}", file.display(), run.format);
        }
        let attacks = file.with_file_name(ATTACKS);
        let attacks = attacks.exists().then(|| read(&attacks)).transpose()?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { run, file: name, attacks })
    }
}

/// Runs are named after the moment they began at.
fn newest(folder: &Path) -> Result<Option<PathBuf>> {
    if !folder.exists() {
        return Ok(None);
    }
    let mut runs = Vec::new();
    for file in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = file?.path();
        let is_run = path.extension().is_some_and(|extension| extension == "json") && !path.ends_with(ATTACKS);
        runs.extend(is_run.then_some(path));
    }
    Ok(runs.into_iter().max())
}

fn read<T: for<'a> Deserialize<'a>>(file: &Path) -> Result<T> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not what it should be", file.display()))
}
