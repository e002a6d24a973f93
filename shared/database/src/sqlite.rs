//! SQLite: creates the folder and the file, locks the file during a migration, and sets pragmas.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use sqlx::{Executor as _, any::AnyPoolOptions};

use super::DatabaseError;

/// Only the owner reads and writes.
const OWNER: u32 = 0o600;
/// With WAL, writers do not block readers. Writers wait for each other in no order, so one may wait while many pass. The timeout is
/// therefore nearly as long as a request may wait for its answer.
const PRAGMAS: &str =
    "PRAGMA busy_timeout = 4000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;";

/// The file that a `sqlite:` URL names; `None` for any other URL.
pub(super) fn file(url: &str) -> Result<Option<PathBuf>, DatabaseError> {
    let Some(path) = url.strip_prefix("sqlite:") else { return Ok(None) };
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.contains(":memory:") {
        return Err(DatabaseError::InMemory);
    }
    Ok(Some(path.into()))
}

/// The URL that creates a missing file.
pub(super) fn url(file: &Path) -> String {
    format!("sqlite:{}?mode=rwc", file.display())
}

pub(super) fn options(options: AnyPoolOptions) -> AnyPoolOptions {
    options.after_connect(|connection, _| Box::pin(async move { connection.execute(PRAGMAS).await.map(drop) }))
}

/// Creates the folder and the file, and waits until no other instance is migrating: sqlx takes no lock for SQLite. Dropping the
/// returned file releases the lock.
pub(super) async fn lock(database: &Path) -> Result<File, DatabaseError> {
    let failed = |source| DatabaseError::File { file: database.to_owned(), source };
    if let Some(folder) = database.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    for_its_owner_alone(database).map_err(failed)?;
    let beside = database.with_extension("lock");
    let waited = tokio::task::spawn_blocking(move || {
        let file = owners().truncate(false).open(beside)?;
        file.lock()?;
        Ok(file)
    });
    waited.await.unwrap_or_else(|failure| Err(io::Error::other(failure))).map_err(failed)
}

/// Restricts the files to their owner: they hold password hashes and session ids. SQLite gives new `-wal` and `-shm` files the rights
/// of the database; those of a former version are changed here.
fn for_its_owner_alone(database: &Path) -> io::Result<()> {
    owners().open(database)?;
    for suffix in ["", "-wal", "-shm"] {
        let mut file = database.as_os_str().to_owned();
        file.push(suffix);
        match fs::metadata(&file) {
            Ok(found) if found.permissions().mode() & 0o077 != 0 => {
                if let Err(error) = fs::set_permissions(&file, Permissions::from_mode(OWNER)) {
                    tracing::warn!(file = %Path::new(&file).display(), %error, "cannot restrict the database file to its owner; other users can read it");
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Creates a file that only its owner can use.
fn owners() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).write(true).mode(OWNER);
    options
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::lock;

    #[tokio::test]
    async fn the_files_are_their_owners_alone_also_those_of_a_former_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = |suffix: &str| folder.path().join(format!("authlab.sqlite3{suffix}"));
        let mode = |suffix| fs::metadata(path(suffix)).unwrap().permissions().mode() & 0o777;
        drop(lock(&path("")).await.unwrap());
        assert_eq!(mode(""), 0o600);
        for suffix in ["", "-wal", "-shm"] {
            fs::write(path(suffix), "kept").unwrap();
            fs::set_permissions(path(suffix), fs::Permissions::from_mode(0o644)).unwrap();
        }
        drop(lock(&path("")).await.unwrap());
        for suffix in ["", "-wal", "-shm"] {
            assert_eq!((mode(suffix), fs::read_to_string(path(suffix)).unwrap()), (0o600, "kept".to_owned()));
        }
    }
}
