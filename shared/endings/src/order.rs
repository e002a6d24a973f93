//! The order of endings, which does not depend on any clock.
//!
//! Each row has a number, and each read continues from the number at which the read before ended. SQLite has one writer at a time, so
//! the next number is one more than the highest. PostgreSQL commits in any order, so a row with a lower number may appear later. There,
//! a row's number is that of its transaction, and a read ends before the first transaction that may still be running.

use authlab_database::Engine;
use sqlx::{AnyConnection, AssertSqlSafe};

/// The statement, which is a constant, with the number of a row that is written now in place of each `NEXT`.
pub(super) fn numbered(engine: Engine, statement: &'static str) -> AssertSqlSafe<String> {
    let next = match engine {
        Engine::Sqlite => {
            "(SELECT COALESCE(MAX(n), 0) + 1 FROM (SELECT MAX(sequence) AS n FROM login_ending \
              UNION ALL SELECT MAX(sequence) AS n FROM account_generation) AS numbers)"
        }
        Engine::Postgres => "CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)",
    };
    AssertSqlSafe(statement.replace("NEXT", next))
}

/// A restored backup may contain numbers that this PostgreSQL has not reached, and every read would fetch these rows again. They get
/// the number of this transaction. SQLite continues from the highest number.
pub(super) async fn renumber(engine: Engine, connection: &mut AnyConnection) -> sqlx::Result<()> {
    if engine == Engine::Postgres {
        for statement in [
            "UPDATE login_ending SET sequence = NEXT WHERE sequence > NEXT",
            "UPDATE account_generation SET sequence = NEXT WHERE sequence > NEXT",
        ] {
            sqlx::query(numbered(engine, statement)).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// The first number at which rows may still appear that a read beginning now does not see. All rows before it are visible.
pub(super) async fn frontier(engine: Engine, connection: &mut AnyConnection) -> sqlx::Result<i64> {
    let statement = match engine {
        Engine::Sqlite => "SELECT NEXT",
        Engine::Postgres => "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)",
    };
    sqlx::query_scalar(numbered(engine, statement)).fetch_one(connection).await
}
