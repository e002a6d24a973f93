//! The former version of the services, as `.ci/former` builds it.

use std::{env, path::PathBuf};

use authlab_test_support::missing;

use super::binaries::NAMES;

/// The commit that it is built from; the script names it too.
const COMMIT: &str = "604c809";

/// Whether all of its programs are here; a word, or a failure, where they are not.
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
