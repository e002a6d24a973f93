//! The programs of the former version, built by `.ci/former`.

use std::{env, path::PathBuf};

use authlab_test_support::missing;

use super::binaries::NAMES;

/// The commit of the former version; `.ci/former` names it too.
const COMMIT: &str = "604c809";

/// Whether all programs of the former version exist. If not, reports a skipped test, or fails if they are required.
pub(crate) fn is_here() -> bool {
    let here = NAMES.iter().all(|name| program(name).is_some());
    if !here {
        missing("former");
    }
    here
}

pub(crate) fn program(service: &str) -> Option<PathBuf> {
    let home = PathBuf::from(env::var_os("HOME")?);
    let program = home.join(".cache/authlab/former").join(COMMIT).join(service);
    program.is_file().then_some(program)
}
