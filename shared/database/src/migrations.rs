//! Migrates the tables. Only a missing migration needs the right to create tables, so a service can start with a role without it.

use sqlx::{
    AnyConnection, AnyPool, SqlStr,
    migrate::{Migrate as _, MigrateError, Migration, MigrationType, Migrator},
};

use super::{DatabaseError, connections::begin_on, trouble};

/// One lock for all instances that start at once. The number is arbitrary.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7246139450022)";
/// The table in which sqlx records the applied migrations.
const TABLE: &str = "_sqlx_migrations";

/// In order. What has been applied somewhere is never changed: sqlx compares checksums.
const MIGRATIONS: [(&str, &str); 7] = [
    ("account", include_str!("../migrations/0001_account.sql")),
    ("revocation", include_str!("../migrations/0002_revocation.sql")),
    ("token login", include_str!("../migrations/0003_token_login.sql")),
    ("session login", include_str!("../migrations/0004_session_login.sql")),
    ("endings", include_str!("../migrations/0005_endings.sql")),
    ("session login generation", include_str!("../migrations/0006_session_login_generation.sql")),
    ("deployment", include_str!("../migrations/0007_deployment.sql")),
];

/// Without `sqlx::migrate!`: its macro crate compiles both database drivers a second time, for the compiler.
fn migrator() -> Migrator {
    let migration = |(version, (name, sql)): (i64, &(&'static str, &'static str))| {
        Migration::new(version, (*name).into(), MigrationType::Simple, SqlStr::from_static(sql), false)
    };
    let mut migrations = Migrator::with_migrations((1..).zip(&MIGRATIONS).map(migration).collect());
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
    let missing: Vec<String> = missing.iter().map(i64::to_string).collect();
    DatabaseError::MayNotMigrate { missing: missing.join(", "), source: error }
}

fn code(error: &MigrateError) -> Option<String> {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => trouble::code(error),
        _ => None,
    }
}
