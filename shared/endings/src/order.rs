//! The order of endings, which does not depend on any clock.
//!
//! Each row has a number, and each read continues from the number at which the read before ended. SQLite has one writer at a time, so
//! the next number is one more than the highest. PostgreSQL commits in any order, so a row with a lower number may appear later. There,
//! a row's number is that of its transaction, and a read ends before the first transaction that may still be running.

use authlab_database::Engine;
use sqlx::{AnyConnection, Row as _};

/// SQL for the number of a row that is written now.
macro_rules! next {
    (sqlite) => {
        "(SELECT COALESCE(MAX(n), 0) + 1 FROM (SELECT MAX(sequence) AS n FROM login_ending \
          UNION ALL SELECT MAX(sequence) AS n FROM account_generation) AS numbers)"
    };
    (postgres) => {
        "CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)"
    };
}

/// The statement for this engine, with [`next!`] between the two parts.
macro_rules! numbered {
    ($engine:expr, $before:literal, $after:literal) => {
        match $engine {
            authlab_database::Engine::Sqlite => {
                concat!($before, $crate::order::next!(sqlite), $after)
            }
            authlab_database::Engine::Postgres => {
                concat!($before, $crate::order::next!(postgres), $after)
            }
        }
    };
}

pub(super) use {next, numbered};

/// A restored backup may contain numbers that this PostgreSQL has not reached, and every read would fetch these rows again. They get
/// the number of this transaction. SQLite continues from the highest number.
pub(super) async fn renumber(engine: Engine, connection: &mut AnyConnection) -> sqlx::Result<()> {
    if engine == Engine::Postgres {
        for statement in [
            concat!("UPDATE login_ending SET sequence = ", next!(postgres), " WHERE sequence > ", next!(postgres)),
            concat!(
                "UPDATE account_generation SET sequence = ",
                next!(postgres),
                " WHERE sequence > ",
                next!(postgres)
            ),
        ] {
            sqlx::query(statement).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// The first number at which rows may still appear that a read beginning now does not see. All rows before it are visible.
pub(super) async fn frontier(engine: Engine, connection: &mut AnyConnection) -> sqlx::Result<i64> {
    let statement = match engine {
        Engine::Sqlite => concat!("SELECT ", next!(sqlite), " AS frontier"),
        Engine::Postgres => "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) AS frontier",
    };
    sqlx::query(statement).fetch_one(connection).await?.try_get("frontier")
}
