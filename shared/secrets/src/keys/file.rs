//! Files with a secret: made once, whole or not at all.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::Path,
};

use super::KeyError;
use crate::{random, Secret};

/// The text of the file. If there is no file, it is made with the text that `make` gives.
///
/// Several instances that start at once on one volume end up with one key: the file appears whole or not at all.
pub fn read_or_make(path: &Path, make: impl FnOnce() -> Secret) -> Result<Secret, KeyError> {
    if !path.exists() {
        write_once(path, &make(), 0o600).map_err(|source| failed(path, "made", source))?;
    }
    refuse_exposed(path)?;
    read(path)
}

/// The text of the file, without the white space at its end.
pub fn read(path: &Path) -> Result<Secret, KeyError> {
    let text = fs::read_to_string(path).map(Secret::new).map_err(|source| failed(path, "read", source))?;
    Ok(Secret::new(text.expose().trim_end()))
}

/// Refuses a file that others than its owner can read. One of root's its group may read too, as PostgreSQL has it: that is how a
/// secret is handed to a container that is not root.
pub fn refuse_exposed(path: &Path) -> Result<(), KeyError> {
    let file = fs::metadata(path).map_err(|source| failed(path, "read", source))?;
    let barred = if file.uid() == 0 { 0o037 } else { 0o077 };
    if file.mode() & barred != 0 {
        return Err(KeyError::Exposed { path: path.to_owned() });
    }
    Ok(())
}

fn failed(path: &Path, verb: &'static str, source: io::Error) -> KeyError {
    KeyError::File { path: path.to_owned(), verb, source }
}

/// Makes the file with this mode, unless it is there; says whether it was made.
pub fn write_once(path: &Path, text: &Secret, mode: u32) -> io::Result<bool> {
    let nearby = path.with_extension(format!("new-{}", random::hex::<8>()));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&nearby)?;
    let written = writeln!(file, "{}", text.expose()).and_then(|()| file.sync_all());
    // A link either makes the name with all its content or finds that another instance was first; both are well.
    let linked = written.and_then(|()| match fs::hard_link(&nearby, path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    });
    fs::remove_file(&nearby)?;
    linked
}
