//! Creates Django's table if it does not exist, exactly as Django's migration does, so that `migrate --fake-initial` accepts it.

use authlab_database::{Database, Engine};
use sqlx::Row as _;

use super::statements::{Statements, statements};

/// One lock for all instances that start at once. The number is arbitrary.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7246139450021)";

pub(super) async fn make(database: &Database) -> sqlx::Result<()> {
    let Statements { has_table, make_tables, .. } = statements(database.engine());
    let mut transaction = database.begin_to_write().await?;
    if database.engine() == Engine::Postgres {
        sqlx::query(LOCK).execute(&mut *transaction).await?;
    }
    let found: i64 = sqlx::query(*has_table).fetch_one(&mut *transaction).await?.try_get(0)?;
    if found == 0 {
        for statement in *make_tables {
            sqlx::query(*statement).execute(&mut *transaction).await?;
        }
    }
    transaction.commit().await
}
