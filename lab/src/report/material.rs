//! The input of a report: a run of the benches and an attack table, as files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::results::{FORMAT, Run};

/// The folder of the runs, relative to the repository's root.
pub const FOLDER: &str = "benches/results";
/// The file of the attacks, in the same folder.
pub const ATTACKS: &str = "attacks.json";
/// The file of the attacks on peers.
pub const ATTACKS_ON_PEERS: &str = "attacks-on-peers.json";

#[derive(Clone, Debug)]
pub struct Material {
    pub run: Run,
    /// The name of the run's file.
    pub file: String,
    /// All other runs in the folder, the oldest first.
    pub others: Vec<Kept>,
    pub attacks: Option<Attacks>,
    pub attacks_on_peers: Option<Attacks>,
}

/// A run, and the name of its file.
#[derive(Clone, Debug)]
pub struct Kept {
    pub file: String,
    pub run: Run,
}

/// The attack table, as `lab attack --json` prints it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Attacks {
    pub played_at: Timestamp,
    pub marks: Vec<Mark>,
    pub rows: Vec<Row>,
    pub claims: Vec<AttackClaim>,
}

/// A column: a service and its settings.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Mark {
    pub mechanism: String,
    pub setting: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Row {
    pub number: String,
    pub title: String,
    pub standard: String,
    /// In the order of the columns.
    pub cells: Vec<Cell>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Cell {
    pub outcome: String,
    pub leak: Option<Leak>,
}

/// How long a credential was still accepted after its login had ended.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Leak {
    pub measured_ms: u64,
    /// Set if the credential was still accepted at the end of the measurement: the seconds until it expires.
    pub open_for_seconds: Option<u64>,
}

/// A claim that the attack table has decided.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct AttackClaim {
    pub id: String,
    pub says: String,
    pub row: String,
    pub verdict: String,
    pub agree: Vec<String>,
    pub disagree: Vec<String>,
}

impl Material {
    /// The newest run in this folder, with its attack tables; `None` if there is no run.
    pub fn newest(folder: &Path) -> Result<Option<Self>> {
        runs(folder)?.last().map(|file| Self::of(file)).transpose()
    }

    /// This run, with the other files of its folder.
    pub fn of(file: &Path) -> Result<Self> {
        let Kept { file: name, run } = Kept::read(file)?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let others = runs(folder)?.into_iter().filter(|other| other.file_name() != file.file_name());
        // Other files in the folder need not be runs.
        let others = others.filter_map(|other| Kept::read(&other).ok()).collect();
        let beside =
            |name| Some(file.with_file_name(name)).filter(|file| file.exists()).map(|file| read(&file)).transpose();
        let (attacks, attacks_on_peers) = (beside(ATTACKS)?, beside(ATTACKS_ON_PEERS)?);
        Ok(Self { run, file: name, others, attacks, attacks_on_peers })
    }
}

impl Kept {
    fn read(file: &Path) -> Result<Self> {
        let run: Run = read(file)?;
        if run.format != FORMAT {
            bail!("{} has format {}, but this program reads {FORMAT}", file.display(), run.format);
        }
        Ok(Self { file: file.file_name().unwrap_or_default().to_string_lossy().into_owned(), run })
    }
}

impl Mark {
    /// The heading of the column.
    pub fn name(&self) -> String {
        format!("{} {}", self.mechanism, self.setting).trim_end().to_owned()
    }
}

impl Cell {
    /// The outcome in words, with its duration if that was measured.
    pub fn told(&self) -> String {
        let word = match &*self.outcome {
            "by_nature" => "by nature",
            "not_applicable" => "n/a",
            "not_played" => "not played",
            "not_stated" => "not stated",
            other => other,
        };
        match self.leak.map(|leak| (leak.open_for_seconds, leak.measured_ms)) {
            Some((Some(seconds), _)) => format!("{word}, open for {}", time(seconds)),
            Some((None, 0)) | None => word.to_owned(),
            Some((None, milliseconds)) => format!("{word}, within {milliseconds} ms"),
        }
    }

    /// Whether the outcome is an alarm.
    pub fn alarms(&self) -> bool {
        matches!(&*self.outcome, "fell" | "not_played")
    }
}

fn time(seconds: u64) -> String {
    match seconds {
        0..=599 => format!("{seconds} s"),
        600..=86_399 => format!("{} min", seconds / 60),
        _ => format!("{} days", seconds.div_ceil(86_400)),
    }
}

/// The oldest first, because a run's file is named after its start.
fn runs(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut runs = Vec::new();
    for file in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = file?.path();
        let is_run = path.extension().is_some_and(|extension| extension == "json")
            && ![ATTACKS, ATTACKS_ON_PEERS].iter().any(|other| path.ends_with(other));
        runs.extend(is_run.then_some(path));
    }
    runs.sort();
    Ok(runs)
}

fn read<T: for<'a> Deserialize<'a>>(file: &Path) -> Result<T> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} does not have the expected format", file.display()))
}
