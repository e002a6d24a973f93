//! The SQL database: SQLite or PostgreSQL behind one pool, one set of statements and one set of migrations.

mod sqlite;

use std::{io, path::PathBuf, sync::Once, time::Duration};

use sqlx::{
    Any, AnyConnection, AnyPool, Executor as _, Transaction,
    any::{AnyArguments, AnyPoolOptions, install_default_drivers},
    migrate::MigrateError,
    query::Query,
};
use tokio::time::timeout;

use crate::{
    refusal::Unavailable,
    telemetry::stores::{Operation, StoreMeter, TableMeter},
};

/// How long a request waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(4);
/// How long it waits for a connection and an answer together before it is answered 503: a server may be frozen.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// How long it takes to say that there is no answer, to whoever asks for nothing else.
const PING_TIMEOUT: Duration = Duration::from_secs(1);
const MOST_CONNECTIONS: u32 = 8;

/// What a database is asked to do, with its parameters.
pub type Statement<'a> = Query<'a, Any, AnyArguments>;

/// A migrated database. Statements number their parameters `$1`, `$2`, …, which both engines understand.
#[derive(Clone, Debug)]
pub struct Database {
    engine: Engine,
    pool: AnyPool,
    background: AnyPool,
    meter: StoreMeter,
    ping: Operation,
}

/// For the few statements that the two spell differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
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
        if let Some(file) = sqlite::file(url)? {
            let _alone = sqlite::lock(&file).await?;
            Self::connect(Engine::Sqlite, sqlite::options, &sqlite::url(&file)).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            // The migrations take a lock of the server's.
            Self::connect(Engine::Postgres, std::convert::identity, url).await
        } else {
            Err(DatabaseError::UnknownKind)
        }
    }

    async fn connect(
        engine: Engine,
        of_its_kind: fn(AnyPoolOptions) -> AnyPoolOptions,
        url: &str,
    ) -> Result<Self, DatabaseError> {
        // Connections are few, and each is tried before it is used: none need be retired for its age. What would retire them can
        // fall into a loop without an end when one is given back at the wrong moment (sqlx issue 3645).
        let options = AnyPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).idle_timeout(None).max_lifetime(None);
        let pool = of_its_kind(options.clone().max_connections(MOST_CONNECTIONS));
        let pool = pool.connect(url).await.map_err(DatabaseError::Connect)?;
        // A newer version beside this one may have migrated further.
        let mut migrations = sqlx::migrate!();
        migrations.set_ignore_missing(true).run(&pool).await?;
        let background = of_its_kind(options.max_connections(1)).connect_lazy(url).map_err(DatabaseError::Connect)?;
        let meter = StoreMeter::new(match engine {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgresql",
        });
        Ok(Self { engine, pool, background, ping: meter.operation("SELECT", ""), meter })
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A transaction that reads what it is going to write. SQLite must be told so at the beginning: two that both read first
    /// could neither of them write.
    pub async fn begin_to_write(&self) -> sqlx::Result<Transaction<'static, Any>> {
        match self.engine {
            Engine::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await,
            Engine::Postgres => self.pool.begin().await,
        }
    }

    /// Makes transactions that write for one account follow one another: the second waits here for the first to end. SQLite lets one
    /// transaction write at a time in any case.
    pub async fn serialize_account(&self, connection: &mut AnyConnection, account: i64) -> sqlx::Result<()> {
        if self.engine == Engine::Postgres {
            sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(account).execute(connection).await?;
        }
        Ok(())
    }

    /// For requests.
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// One connection that no request can take, for what must go on while all others are busy.
    pub fn background(&self) -> &AnyPool {
        &self.background
    }

    /// How many rows a statement changed that a request waits for.
    pub async fn change(&self, measure: &Operation, statement: Statement<'_>) -> Result<u64, Unavailable> {
        Self::change_by(&self.pool, measure, statement).await
    }

    /// The same for a statement that nobody waits for.
    pub async fn change_in_background(
        &self,
        measure: &Operation,
        statement: Statement<'_>,
    ) -> Result<u64, Unavailable> {
        Self::change_by(&self.background, measure, statement).await
    }

    async fn change_by(pool: &AnyPool, measure: &Operation, statement: Statement<'_>) -> Result<u64, Unavailable> {
        Ok(answer(measure.measured(statement.execute(pool))).await?.rows_affected())
    }

    /// Does it answer?
    pub async fn ping(&self) -> Result<(), Unavailable> {
        answer_within(PING_TIMEOUT, self.ping.measured(self.pool.execute("SELECT 1"))).await.map(drop)
    }

    /// Measures what is asked of it.
    pub fn meter(&self) -> &StoreMeter {
        &self.meter
    }

    /// Measures what is asked of this table.
    pub fn table(&self, name: &'static str) -> TableMeter {
        self.meter.table(name)
    }
}

/// The answer of the database; any trouble, and no answer in time, is 503.
pub async fn answer<T>(statement: impl Future<Output = sqlx::Result<T>>) -> Result<T, Unavailable> {
    answer_within(ANSWER_TIMEOUT, statement).await
}

/// The same, for work in the background that nobody waits for.
pub async fn answer_within<T>(
    limit: Duration,
    statement: impl Future<Output = sqlx::Result<T>>,
) -> Result<T, Unavailable> {
    match timeout(limit, statement).await {
        Ok(answer) => answer.map_err(unavailable),
        Err(late) => Err(Unavailable { what: "database", source: late.into() }),
    }
}

/// The answer cannot be read.
pub fn unavailable(error: sqlx::Error) -> Unavailable {
    Unavailable { what: "database", source: error.into() }
}
