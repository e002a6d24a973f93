//! Creates Django's table if it does not exist, exactly as Django's migration does (`sqlmigrate sessions 0001`), so that
//! `migrate --fake-initial` accepts it.

use authlab_database::{Database, Engine};
use sqlx::Row as _;

/// One lock for all instances that start at once. The number is arbitrary.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7246139450021)";

const SQLITE: &[&str] = &[
    r#"CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL)"#,
    r#"CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date")"#,
];
const POSTGRES: &[&str] = &[
    r#"CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" timestamp with time zone NOT NULL)"#,
    r#"CREATE INDEX "django_session_session_key_c0390e0f_like" ON "django_session" ("session_key" varchar_pattern_ops)"#,
    r#"CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date")"#,
];

pub(super) async fn make(database: &Database) -> sqlx::Result<()> {
    let mut transaction = database.begin_to_write().await?;
    let (has_table, make_tables) = match database.engine() {
        Engine::Sqlite => {
            ("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'django_session'", SQLITE)
        }
        Engine::Postgres => {
            sqlx::query(LOCK).execute(&mut *transaction).await?;
            ("SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('django_session')", POSTGRES)
        }
    };
    let found: i64 = sqlx::query(has_table).fetch_one(&mut *transaction).await?.try_get(0)?;
    if found == 0 {
        for statement in make_tables {
            sqlx::query(*statement).execute(&mut *transaction).await?;
        }
    }
    transaction.commit().await
}
