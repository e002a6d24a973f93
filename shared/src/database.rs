//! The SQL database: SQLite or PostgreSQL behind one pool, one set of statements and one set of migrations.

use std::{fs, io, path::Path, sync::Once, time::Duration};

use sqlx::{
    AnyPool, Executor as _,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::MigrateError,
};

use crate::refusal::Unavailable;

/// How long a request waits for a connection before it is answered 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(900);

/// A migrated database. Statements number their parameters `$1`, `$2`, …, which both engines understand.
#[derive(Clone, Debug)]
pub struct Database {
    pool: AnyPool,
}

/// Why the service cannot start with the database it was given.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("DATABASE_URL must start with `sqlite:` or `postgres:`")]
    UnknownKind,
    #[error("the folder {folder} for the database cannot be made: {source}")]
    Folder { folder: String, source: io::Error },
    #[error("the database cannot be reached: {0}; check DATABASE_URL and that the server is up")]
    Connect(#[source] sqlx::Error),
    #[error("the database cannot be migrated: {0}")]
    Migrate(#[from] MigrateError),
}

impl Database {
    /// Connects and brings the tables up to date. Several instances may do so at once.
    pub async fn open(url: &str) -> Result<Self, DatabaseError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(install_default_drivers);
        let options = AnyPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).max_connections(8);
        let pool = if let Some(path) = url.strip_prefix("sqlite:") {
            make_folder(path)?;
            options.after_connect(|connection, _| {
                Box::pin(async move { connection.execute(SQLITE_PRAGMAS).await.map(drop) })
            })
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            options
        } else {
            return Err(DatabaseError::UnknownKind);
        };
        let pool = pool.connect(&with_create(url)).await.map_err(DatabaseError::Connect)?;
        sqlx::migrate!().run(&pool).await?;
        Ok(Self { pool })
    }

    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Does it answer?
    pub async fn ping(&self) -> Result<(), Unavailable> {
        self.pool.execute("SELECT 1").await.map(drop).map_err(unavailable)
    }
}

/// Any trouble of the database, once the service has started, is 503.
pub fn unavailable(error: sqlx::Error) -> Unavailable {
    Unavailable { what: "database", source: error.into() }
}

/// Writers do not block readers, and wait for one another up to half a second.
const SQLITE_PRAGMAS: &str =
    "PRAGMA busy_timeout = 500; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;";

fn make_folder(sqlite_path: &str) -> Result<(), DatabaseError> {
    let path = sqlite_path.trim_start_matches("//").split('?').next().unwrap_or_default();
    match Path::new(path).parent() {
        Some(folder) if path != ":memory:" => fs::create_dir_all(folder)
            .map_err(|source| DatabaseError::Folder { folder: folder.display().to_string(), source }),
        _ => Ok(()),
    }
}

/// A SQLite file is made if it is not there.
fn with_create(url: &str) -> String {
    if url.starts_with("sqlite:") && !url.contains('?') { format!("{url}?mode=rwc") } else { url.to_owned() }
}
