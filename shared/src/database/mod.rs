//! The SQL database: SQLite or PostgreSQL behind one pool, one set of statements and one set of migrations.

mod sqlite;

use std::{io, path::PathBuf, sync::Once, time::Duration};

use sqlx::{
    AnyPool, Executor as _,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::MigrateError,
};

use crate::refusal::Unavailable;

/// How long a request waits for a connection before it is answered 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(900);
const MOST_CONNECTIONS: u32 = 8;

/// A migrated database. Statements number their parameters `$1`, `$2`, …, which both engines understand.
#[derive(Clone, Debug)]
pub struct Database {
    pool: AnyPool,
}

/// Why the service cannot start with the database it was given. No message repeats the URL: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("DATABASE_URL must start with `sqlite:` or `postgres:`")]
    UnknownKind,
    #[error("DATABASE_URL names SQLite in memory, where each connection would have a database of its own; name a file")]
    InMemory,
    #[error("the SQLite file {file} cannot be used: {source}")]
    File { file: PathBuf, source: io::Error },
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
        let options = AnyPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).max_connections(MOST_CONNECTIONS);
        if let Some(file) = sqlite::file(url)? {
            let _alone = sqlite::lock(&file).await?;
            Self::connect(sqlite::options(options), &sqlite::url(&file)).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            // The migrations take a lock of the server's.
            Self::connect(options, url).await
        } else {
            Err(DatabaseError::UnknownKind)
        }
    }

    async fn connect(options: AnyPoolOptions, url: &str) -> Result<Self, DatabaseError> {
        let pool = options.connect(url).await.map_err(DatabaseError::Connect)?;
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
