//! Why a service cannot start with the database it was given.

use std::{io, path::PathBuf};

use sqlx::migrate::MigrateError;

use super::trouble::remedy;

/// Where nothing better is known.
const CHECK: &str = "check DATABASE_URL and that the server is up";

/// Each is one sentence that says what to do. None repeats the URL: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("DATABASE_URL must start with `sqlite:` or `postgres:`")]
    UnknownKind,
    #[error("DATABASE_URL names SQLite in memory, where each connection would have a database of its own; name a file")]
    InMemory,
    #[error("the SQLite file {file} cannot be used: {source}")]
    File { file: PathBuf, source: io::Error },
    #[error("DATABASE_CA is for a PostgreSQL server, and DATABASE_URL names a SQLite file")]
    NoTls,
    #[error("DATABASE_CA: {file}: {problem}")]
    Authorities { file: PathBuf, problem: String },
    #[error(
        "DATABASE_CA is only used with sslmode=verify-full or verify-ca: leave sslmode out of DATABASE_URL, or name one of the two"
    )]
    Unchecked,
    #[error("cannot connect to the database: {0}; {remedy}", remedy = remedy(.0).unwrap_or(CHECK))]
    Connect(#[source] sqlx::Error),
    #[error("the database server accepts no connection in time; check DATABASE_URL and that the server is up")]
    Silent,
    #[error("the database server is a standby, or read-only: it takes no writes; DATABASE_URL must name the primary")]
    ReadOnly,
    #[error(
        "the role in DATABASE_URL may not read the table _sqlx_migrations: {0}; give the role SELECT, INSERT, UPDATE and DELETE on all tables"
    )]
    Unreadable(#[source] MigrateError),
    #[error(
        "the database lacks the migrations {missing}, and the role in DATABASE_URL may not apply them: {source}; run this service's command \
         `migrate` with a role that may create tables"
    )]
    MayNotMigrate { missing: String, source: MigrateError },
    #[error("the database cannot be migrated: {0}{hint}", hint = hint(.0))]
    Migrate(#[from] MigrateError),
}

/// What may help, behind a semicolon.
fn hint(error: &MigrateError) -> String {
    let (MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = error else { return String::new() };
    remedy(error).map(|remedy| format!("; {remedy}")).unwrap_or_default()
}
