//! The order of endings, which no machine's clock decides.
//!
//! Each row has a number, and a look asks for the rows from the number on where the look before it ended. SQLite has one writer at a
//! time: the next number is one more than the highest. PostgreSQL commits in any order, so that a row with a lower number may appear
//! later: its number is that of its transaction, and a look ends before the first transaction that may still be running.

use sqlx::{AnyConnection, Row as _};

use authlab_database::Engine;

/// The number of a row that is written now, as SQL.
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

/// Gives rows that a restored backup brought along, with numbers that this PostgreSQL has not reached, the number of this transaction: each
/// look would fetch them again. SQLite goes on from the highest number there is.
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

/// From here on, rows may appear that a look which begins now does not see. Rows before it are all there.
pub(super) async fn frontier(engine: Engine, connection: &mut AnyConnection) -> sqlx::Result<i64> {
    let statement = match engine {
        Engine::Sqlite => concat!("SELECT ", next!(sqlite), " AS frontier"),
        Engine::Postgres => "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) AS frontier",
    };
    sqlx::query(statement).fetch_one(connection).await?.try_get("frontier")
}
