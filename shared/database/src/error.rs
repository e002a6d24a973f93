//! Why a service cannot start with the configured database.

use std::{io, path::PathBuf};

use sqlx::migrate::MigrateError;

use super::trouble::remedy;

/// The remedy where the error suggests no other.
const CHECK: &str = "check DATABASE_URL and that the server is up";

/// Each message says what to do. None repeats the URL, which may contain a password.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("DATABASE_URL must start with `sqlite:` or `postgres:`")]
    UnknownKind,
    #[error("DATABASE_URL names an in-memory SQLite database, which several connections cannot share; name a file")]
    InMemory,
    #[error("cannot use the SQLite file {file}: {source}; name a file that this service may write in DATABASE_URL")]
    File { file: PathBuf, source: io::Error },
    #[error("DATABASE_CA needs a PostgreSQL server, but DATABASE_URL names a SQLite file; leave DATABASE_CA out")]
    NoTls,
    #[error("DATABASE_CA: {file}: {problem}")]
    Authorities { file: PathBuf, problem: String },
    #[error(
        "DATABASE_CA is only used with sslmode=verify-full or verify-ca: leave sslmode out of DATABASE_URL, or name one of the two"
    )]
    Unchecked,
    #[error("cannot connect to the database: {0}; {remedy}", remedy = remedy(.0).unwrap_or(CHECK))]
    Connect(#[source] sqlx::Error),
    #[error("the database server did not accept a connection in time; check DATABASE_URL and that the server is up")]
    Silent,
    #[error("the database server is a standby or read-only; DATABASE_URL must name the primary")]
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

/// The remedy after a semicolon, if one is known.
fn hint(error: &MigrateError) -> String {
    let (MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = error else { return String::new() };
    remedy(error).map(|remedy| format!("; {remedy}")).unwrap_or_default()
}
