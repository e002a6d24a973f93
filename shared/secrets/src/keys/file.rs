//! Files with a secret: created once, and either complete or absent.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::Path,
};

use super::KeyError;
use crate::{Secret, random};

/// The text of the file. Creates the file with the text of `make` if it does not exist.
///
/// Several instances that start at once on one volume get the same key, since the file appears complete or not at all.
pub fn read_or_make(path: &Path, make: impl FnOnce() -> Secret) -> Result<Secret, KeyError> {
    if !path.exists() {
        write_once(path, &make(), 0o600).map_err(|source| failed(path, "create", source))?;
    }
    refuse_exposed(path)?;
    read(path)
}

/// The text of the file, without trailing white space.
pub fn read(path: &Path) -> Result<Secret, KeyError> {
    let text = fs::read_to_string(path).map(Secret::new).map_err(|source| failed(path, "read", source))?;
    Ok(Secret::new(text.expose().trim_end()))
}

/// An error if users other than the owner can read the file. As in PostgreSQL, the group may read a file of root: a container that
/// does not run as root gets its secrets this way.
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

/// Creates the file with this mode unless it exists. Returns whether it was created.
pub fn write_once(path: &Path, text: &Secret, mode: u32) -> io::Result<bool> {
    let nearby = path.with_extension(format!("new-{}", random::hex::<8>()));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&nearby)?;
    let written = writeln!(file, "{}", text.expose()).and_then(|()| file.sync_all());
    // A link either creates the name with the whole content, or finds that another instance was first. Both are fine.
    let linked = written.and_then(|()| match fs::hard_link(&nearby, path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    });
    fs::remove_file(&nearby)?;
    linked
}
