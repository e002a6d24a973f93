//! The paths of the services' binaries, built from the current sources.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Once,
    time::SystemTime,
};

pub(crate) const NAMES: [&str; 3] = ["cookie-svc", "session-svc", "token-svc"];

/// `cargo test --workspace` has built the binaries. If only the lab's tests were built, this builds them.
pub(crate) fn binary(name: &str) -> PathBuf {
    static BUILT: Once = Once::new();
    let beside = Path::new(env!("CARGO_BIN_EXE_lab"));
    BUILT.call_once(|| {
        if NAMES.iter().any(|name| is_older_than_its_sources(&beside.with_file_name(name), name)) {
            build();
        }
    });
    beside.with_file_name(name)
}

fn is_older_than_its_sources(binary: &Path, name: &str) -> bool {
    let Ok(built) = fs::metadata(binary).and_then(|file| file.modified()) else { return true };
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("");
    [workspace.join("shared"), workspace.join(name).join("src")].iter().any(|folder| newest(folder) > built)
}

fn newest(folder: &Path) -> SystemTime {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let changed = entries.map(|entry| {
        let is_folder = entry.file_type().unwrap().is_dir();
        if is_folder { newest(&entry.path()) } else { entry.metadata().unwrap().modified().unwrap() }
    });
    changed.max().unwrap_or(SystemTime::UNIX_EPOCH)
}

fn build() {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml")]);
    for name in NAMES {
        cargo.args(["--package", name]);
    }
    if env!("CARGO_BIN_EXE_lab").contains("/release/") {
        cargo.arg("--release");
    }
    assert!(cargo.status().expect("cargo runs").success(), "building the services failed");
}
