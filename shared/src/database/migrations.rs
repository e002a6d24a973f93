//! Migrates the tables. Only a missing migration needs the right to create tables, so a service can start with a role without it.

use std::fmt::Write as _;

use sqlx::{
    AnyConnection, AnyPool,
    migrate::{Migrate as _, MigrateError, Migrator},
};

use super::{DatabaseError, connections::begin_on, trouble};

/// One lock for all instances that start at once. The number is arbitrary.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7246139450022)";
/// The table in which sqlx records the applied migrations.
const TABLE: &str = "_sqlx_migrations";

fn migrator() -> Migrator {
    let mut migrations = sqlx::migrate!();
    // A newer version on the same database may have applied further migrations.
    migrations.set_ignore_missing(true);
    migrations
}

/// Checks no rights, since the owner of a SQLite file may create tables. The caller holds the lock file.
pub(super) async fn apply_to_sqlite(pool: &AnyPool) -> Result<(), DatabaseError> {
    migrator().run(pool).await.map_err(DatabaseError::from)
}

/// Applies all missing migrations in one transaction. The lock ends with the transaction, since a pooler may then switch the server
/// connection.
pub(super) async fn apply_to_postgres(
    connection: &mut AnyConnection,
    prepared_statements: bool,
) -> Result<(), DatabaseError> {
    let mut migrations = migrator();
    let missing = missing(&migrations, connection, prepared_statements).await?;
    if missing.is_empty() {
        return Ok(());
    }
    let applied = async {
        let mut transaction = begin_on(connection, prepared_statements).await?;
        sqlx::query(LOCK).execute(&mut *transaction).await?;
        migrations.set_locking(false).run(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    };
    applied.await.map_err(|error| refused(error, &missing))
}

/// The versions of the migrations that were not applied: all, if sqlx's table does not exist.
async fn missing(
    migrations: &Migrator,
    connection: &mut AnyConnection,
    prepared_statements: bool,
) -> Result<Vec<i64>, DatabaseError> {
    let looked = async {
        if prepared_statements {
            return connection.list_applied_migrations(TABLE).await;
        }
        let mut transaction = begin_on(connection, prepared_statements).await?;
        let applied = transaction.list_applied_migrations(TABLE).await?;
        transaction.commit().await?;
        Ok(applied)
    };
    let applied = match looked.await {
        Ok(applied) => applied,
        Err(error) if code(&error).as_deref() == Some("42P01") => Vec::new(),
        Err(error) if code(&error).as_deref() == Some("42501") => return Err(DatabaseError::Unreadable(error)),
        Err(error) => return Err(error.into()),
    };
    let mut missing = Vec::new();
    for migration in migrations.iter() {
        match applied.iter().find(|applied| applied.version == migration.version) {
            None => missing.push(migration.version),
            Some(applied) if applied.checksum != migration.checksum => {
                return Err(MigrateError::VersionMismatch(migration.version).into());
            }
            Some(_) => {}
        }
    }
    Ok(missing)
}

fn refused(error: MigrateError, missing: &[i64]) -> DatabaseError {
    if code(&error).as_deref() != Some("42501") {
        return error.into();
    }
    let missing = missing.iter().fold(String::new(), |mut list, version| {
        let _ = write!(list, "{}{version}", if list.is_empty() { "" } else { ", " });
        list
    });
    DatabaseError::MayNotMigrate { missing, source: error }
}

fn code(error: &MigrateError) -> Option<String> {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => trouble::code(error),
        _ => None,
    }
}
