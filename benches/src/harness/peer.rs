//! Other projects' programs from `peers/`: their start commands and versions. Programs that are not built are left out.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

const PEERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../peers");
/// The crates whose versions are recorded.
const CRATES: [&str; 8] = [
    "actix-session",
    "actix-web",
    "axum",
    "axum-extra",
    "jsonwebtoken",
    "redis",
    "tower-sessions",
    "tower-sessions-redis-store",
];

/// A program in `peers/`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Program {
    AxumExtra,
    TowerSessions,
    HandWritten,
    ActixSession,
    Django,
}

impl Program {
    /// The start command, or a sentence on why the program cannot start here.
    pub fn command(self) -> Result<Command, String> {
        match self {
            Self::AxumExtra => built("peer-axum-extra"),
            Self::TowerSessions => built("peer-tower-sessions"),
            Self::HandWritten => built("peer-hand-written"),
            Self::ActixSession => built("peer-actix-session"),
            Self::Django => {
                let mut command = existing(python(), "just peers")?;
                command.arg(Path::new(PEERS).join("django/peer.py"));
                Ok(command)
            }
        }
    }
}

fn built(name: &str) -> Result<Command, String> {
    let program = Path::new(PEERS).join("target/release").join(name);
    if program.is_file() {
        Ok(Command::new(program))
    } else {
        Err("the peer is not built; build it with `just peers`".to_owned())
    }
}

/// The command that starts this file; the error names the command that builds it.
pub(super) fn existing(program: PathBuf, build: &str) -> Result<Command, String> {
    if program.is_file() {
        Ok(Command::new(program))
    } else {
        Err(format!("{} does not exist; build it with `{build}`", program.display()))
    }
}

/// The Python interpreter with Django installed.
fn python() -> PathBuf {
    env::var_os("AUTHLAB_PEERS_PYTHON").map_or_else(
        || PathBuf::from(env::var_os("HOME").unwrap_or_default()).join(".cache/authlab/peers/bin/python"),
        PathBuf::from,
    )
}

/// Versions by name, from the lock files and Django's requirements.
pub fn versions() -> BTreeMap<String, String> {
    let locks = ["../Cargo.lock", "Cargo.lock"].map(|lock| read(lock).replace("\"\nversion = \"", "=="));
    let requirements = read("django/requirements.txt");
    let crates = locks.iter().flat_map(|lock| lock.lines().filter_map(|line| line.strip_prefix("name = \"")));
    let crates = crates.filter_map(|line| line.trim_end_matches('"').split_once("=="));
    let crates = crates.filter(|(name, _)| CRATES.contains(name));
    let packages = requirements.lines().filter_map(|line| line.split_once("=="));
    let asked = Command::new(python()).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    let asked = String::from_utf8_lossy(&asked).into_owned();
    crates
        .chain(packages)
        .chain(asked.trim().split_once(' '))
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect()
}

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(PEERS).join(file)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::versions;

    #[test]
    fn every_peer_has_a_version() {
        let versions = versions();
        for name in ["axum-extra", "tower-sessions", "actix-session", "jsonwebtoken", "Django", "gunicorn"] {
            assert!(versions.contains_key(name), "{name}: {versions:?}");
        }
    }
}
