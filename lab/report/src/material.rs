//! The files that a report is made of: a run of the benches, and attack results.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use authlab_results::{FORMAT, Run, attacks::AttackTable};
use serde::Deserialize;

/// The folder of the runs, from the root of the repository.
pub const FOLDER: &str = "benches/results";
/// The file of attack results in this folder.
pub const ATTACKS: &str = "attacks.json";
/// The file of attack results on programs of others.
pub const ATTACKS_ON_PEERS: &str = "attacks-on-peers.json";

#[derive(Clone, Debug)]
pub struct Material {
    pub run: Run,
    /// The name of the run's file.
    pub file: String,
    /// The other runs in the folder, the oldest first.
    pub others: Vec<RunFile>,
    pub attacks: Option<AttackTable>,
    pub attacks_on_peers: Option<AttackTable>,
}

/// A run, and the name of its file.
#[derive(Clone, Debug)]
pub struct RunFile {
    pub file: String,
    pub run: Run,
}

impl Material {
    /// This run, or the newest one in [`FOLDER`].
    pub fn chosen(run: Option<&Path>) -> Result<Self> {
        let newest = || {
            Self::newest(Path::new(FOLDER))?.with_context(|| {
                format!("there is no run in {FOLDER}; `cargo bench --package benches --bench comparison` creates one")
            })
        };
        run.map_or_else(newest, Self::of)
    }

    /// The newest run in this folder, and the attack results there. `None` if there is no run.
    pub fn newest(folder: &Path) -> Result<Option<Self>> {
        runs(folder)?.last().map(|file| Self::of(file)).transpose()
    }

    /// This run, and the other files in its folder.
    pub fn of(file: &Path) -> Result<Self> {
        let RunFile { file: name, run } = RunFile::read(file)?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let others = runs(folder)?.into_iter().filter(|other| other.file_name() != file.file_name());
        // Other JSON files in the folder need not be runs.
        let others = others.filter_map(|other| RunFile::read(&other).ok()).collect();
        let beside =
            |name| Some(file.with_file_name(name)).filter(|file| file.exists()).map(|file| read(&file)).transpose();
        let (attacks, attacks_on_peers) = (beside(ATTACKS)?, beside(ATTACKS_ON_PEERS)?);
        Ok(Self { run, file: name, others, attacks, attacks_on_peers })
    }
}

impl RunFile {
    fn read(file: &Path) -> Result<Self> {
        let run: Run = read(file)?;
        if run.format != FORMAT {
            bail!("{} is of format {}, and this program reads {FORMAT}", file.display(), run.format);
        }
        Ok(Self { file: file.file_name().unwrap_or_default().to_string_lossy().into_owned(), run })
    }
}

/// The oldest first: the name of a run is the time when it began.
fn runs(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut runs = Vec::new();
    for file in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = file?.path();
        let is_run = path.extension().is_some_and(|extension| extension == "json")
            && ![ATTACKS, ATTACKS_ON_PEERS].iter().any(|other| path.ends_with(other));
        runs.extend(is_run.then_some(path));
    }
    runs.sort();
    Ok(runs)
}

fn read<T: for<'a> Deserialize<'a>>(file: &Path) -> Result<T> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not what it should be", file.display()))
}
