//! The SQL database: SQLite or PostgreSQL behind one pool, one set of statements and one set of migrations.
//!
//! * [`access`]: URL, password and certificates
//! * [`connections`]: the pool, also behind a pooler
//! * [`postgres`], [`sqlite`]: what is specific to each engine
//! * [`migrations`]: creates and changes the tables
//! * [`trouble`]: errors that concern more than one statement
//! * [`error`]: why a start fails

pub mod access;
pub mod connections;
pub mod deployment;
mod error;
mod migrations;
mod postgres;
mod sqlite;
mod trouble;

use std::{
    pin::pin,
    sync::{Arc, Once},
    time::Duration,
};

use sqlx::{
    Any, AnyConnection, Connection as _, Executor as _,
    any::{AnyArguments, AnyConnectOptions, AnyPoolOptions, install_default_drivers},
    query::Query,
};
use tokio::{sync::Mutex, time::timeout};

pub use self::{
    access::Access,
    connections::{Connections, Lease},
    error::DatabaseError,
};
use authlab_mechanism::refusal::Unavailable;
use authlab_telemetry::stores::{Operation, StoreMeter, TableMeter};

/// How long a request waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(4);
/// How long a request waits for a connection and an answer together, before it gets 503: the server may be frozen.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a readiness check waits for an answer.
const PING_TIMEOUT: Duration = Duration::from_secs(1);
const MAX_POOL_SIZE: u32 = 8;

/// A statement with its parameters.
pub type Statement<'a> = Query<'a, Any, AnyArguments>;

/// A migrated database. Statements number their parameters `$1`, `$2`, …, which both engines understand.
#[derive(Clone, Debug)]
pub struct Database {
    engine: Engine,
    pool: Connections,
    background: Connections,
    meter: StoreMeter,
    ping: Operation,
    /// The turn of SQLite's writers.
    writers: Arc<Mutex<()>>,
}

/// The kind of database. A few statements differ between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Database {
    /// Connects and brings the tables up to date. Several instances may do so at once.
    pub async fn open(access: &Access) -> Result<Self, DatabaseError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(install_default_drivers);
        if let Some(file) = sqlite::file(access.url.expose())? {
            if access.authorities.is_some() {
                return Err(DatabaseError::NoTls);
            }
            let _alone = sqlite::lock(&file).await?;
            let options: AnyConnectOptions = sqlite::url(&file).parse().map_err(DatabaseError::Connect)?;
            let pool = |most| Connections::new(sqlite::options(pool_of(most)).connect_lazy_with(options.clone()), true);
            let database = Self::new(Engine::Sqlite, pool(MAX_POOL_SIZE), pool(1));
            migrations::apply_to_sqlite(database.pool.pool()).await?;
            Ok(database)
        } else if access.is_postgres() {
            let options = access.postgres_options()?;
            let prepared = access.prepared_statements;
            let mut first = postgres::first_connection(&options, ACQUIRE_TIMEOUT).await?;
            migrations::apply_to_postgres(&mut first, prepared).await?;
            let pool = |most| {
                let pool = postgres::options(pool_of(most)).connect_lazy_with(options.clone());
                Connections::new(pool, prepared)
            };
            let database = Self::new(Engine::Postgres, pool(MAX_POOL_SIZE), pool(1));
            // The first statement of another connection while this one is open: behind a pooler that keeps no prepared statements, both
            // are on one connection of the server.
            sqlx::query("SELECT 1").execute(&database.pool).await.map_err(DatabaseError::Connect)?;
            let _ = first.close().await;
            Ok(database)
        } else {
            Err(DatabaseError::UnknownKind)
        }
    }

    fn new(engine: Engine, pool: Connections, background: Connections) -> Self {
        let meter = StoreMeter::new(match engine {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgresql",
        });
        Self { engine, pool, background, ping: meter.operation("SELECT", ""), meter, writers: Arc::default() }
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A transaction that reads before it writes. In SQLite it takes the write lock at its beginning: of two transactions that have
    /// both read, neither could write.
    pub async fn begin_to_write(&self) -> sqlx::Result<Lease> {
        Ok(match self.engine {
            Engine::Sqlite => {
                let turn = Some(Arc::clone(&self.writers).lock_owned().await);
                Lease::Transaction(self.pool.pool().begin_with("BEGIN IMMEDIATE").await?, turn)
            }
            Engine::Postgres => Lease::Transaction(self.pool.begin().await?, None),
        })
    }

    /// Serializes transactions that write for one account: the second waits here until the first ends. SQLite has one writer at a time
    /// in any case.
    pub async fn serialize_account(&self, connection: &mut AnyConnection, account: i64) -> sqlx::Result<()> {
        if self.engine == Engine::Postgres {
            sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(account).execute(connection).await?;
        }
        Ok(())
    }

    /// The connections for requests.
    pub fn pool(&self) -> &Connections {
        &self.pool
    }

    /// One connection reserved for background work, which must continue while requests use all others.
    pub fn background(&self) -> &Connections {
        &self.background
    }

    /// Runs a statement for a request. Returns the number of changed rows.
    pub async fn change(&self, measure: &Operation, statement: Statement<'_>) -> Result<u64, Unavailable> {
        self.pool.change(measure, statement).await
    }

    /// Checks that the database answers and takes writes.
    pub async fn ping(&self) -> Result<(), Unavailable> {
        let answered = async {
            match self.engine {
                Engine::Sqlite => self.pool.execute("SELECT 1").await.map(drop),
                Engine::Postgres => postgres::check_writable(&mut *self.pool.lease().await?).await,
            }
        };
        answer_within(PING_TIMEOUT, self.ping.measured(answered)).await
    }

    /// The meter of the whole database.
    pub fn meter(&self) -> &StoreMeter {
        &self.meter
    }

    /// The meter of one table.
    pub fn table(&self, name: &'static str) -> TableMeter {
        self.meter.table(name)
    }
}

/// Awaits a statement. An error or a timeout is answered 503.
pub async fn answer<T>(statement: impl Future<Output = sqlx::Result<T>>) -> Result<T, Unavailable> {
    answer_within(ANSWER_TIMEOUT, statement).await
}

/// As [`answer`], with another time limit.
pub async fn answer_within<T>(
    limit: Duration,
    statement: impl Future<Output = sqlx::Result<T>>,
) -> Result<T, Unavailable> {
    let statement = pin!(statement);
    // Dropped before the statement, which gives its connection back.
    let under_way = trouble::UnderWay::begin();
    match timeout(limit, statement).await {
        Ok(answer) => {
            under_way.answered();
            answer.map_err(unavailable)
        }
        Err(late) => Err(Unavailable { what: "database", source: late.into() }),
    }
}

/// Explains a database error, and notes whether it concerns other connections.
pub fn unavailable(error: sqlx::Error) -> Unavailable {
    trouble::note(&error);
    Unavailable { what: "database", source: trouble::explained(error) }
}

fn pool_of(connections: u32) -> AnyPoolOptions {
    // Each connection is tried before it is used.
    let options = AnyPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).idle_timeout(None).max_lifetime(None);
    options.max_connections(connections)
}
