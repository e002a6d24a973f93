//! What SQLite needs beside a URL: a folder, a lock while it is migrated, and pragmas.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use sqlx::{Executor as _, any::AnyPoolOptions};

use super::DatabaseError;

/// Writers do not block readers, and wait for one another up to two seconds.
const PRAGMAS: &str =
    "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;";

/// The file that a `sqlite:` URL names; `None` for any other URL.
pub(super) fn file(url: &str) -> Result<Option<PathBuf>, DatabaseError> {
    let Some(path) = url.strip_prefix("sqlite:") else { return Ok(None) };
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.contains(":memory:") {
        return Err(DatabaseError::InMemory);
    }
    Ok(Some(path.into()))
}

/// A file that is not there is made.
pub(super) fn url(file: &Path) -> String {
    format!("sqlite:{}?mode=rwc", file.display())
}

pub(super) fn options(options: AnyPoolOptions) -> AnyPoolOptions {
    options.after_connect(|connection, _| Box::pin(async move { connection.execute(PRAGMAS).await.map(drop) }))
}

/// Makes the folder, and waits until no other instance is migrating: SQLite's migrations take no lock by themselves.
/// The lock ends with the file that is returned.
pub(super) async fn lock(database: &Path) -> Result<File, DatabaseError> {
    let failed = |source| DatabaseError::File { file: database.to_owned(), source };
    if let Some(folder) = database.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let beside = database.with_extension("lock");
    let waited = tokio::task::spawn_blocking(move || {
        let file = File::options().create(true).truncate(false).write(true).open(beside)?;
        file.lock()?;
        Ok(file)
    });
    waited.await.unwrap_or_else(|failure| Err(io::Error::other(failure))).map_err(failed)
}
