//! The connection pool, also behind a pooler such as PgBouncer.
//!
//! PgBouncer in transaction mode gives each transaction another connection of the server. The library sqlx prepares a statement in one
//! round trip and runs it in the next. Outside a transaction, the server connection may then not know the statement. With
//! `DATABASE_PREPARED_STATEMENTS=off` each statement therefore runs in a transaction, at the cost of two round trips more.

use std::ops::{Deref, DerefMut};

use authlab_mechanism::refusal::Unavailable;
use authlab_telemetry::stores::Operation;
use futures_util::{
    TryStreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream, StreamExt as _},
};
use sqlx::{
    Any, AnyConnection, AnyPool, Connection as _, Database, Either, Execute, Executor, SqlStr, Transaction,
    pool::PoolConnection,
};
use tokio::sync::OwnedMutexGuard;

use super::{Statement, answer};

/// The previous user of the server connection may have left prepared statements under the names that this transaction will use.
const BEGIN: &str = "BEGIN; DEALLOCATE ALL";

/// A pool. Clones share it.
#[derive(Clone, Debug)]
pub struct Connections {
    pool: AnyPool,
    prepared_statements: bool,
}

/// One connection for several statements. Dropped without a [`commit`](Self::commit), a transaction changes nothing.
#[derive(Debug)]
pub enum Lease {
    /// Each statement commits at once.
    Connection(PoolConnection<Any>),
    /// A transaction that writes. Behind a pooler, also one that only keeps the same server connection for several statements.
    ///
    /// SQLite has one writer at a time, and others poll for the lock in no order: one of many could wait for seconds. So the writers of
    /// this process take turns in the order of their arrival. The turn ends after the commit.
    Transaction(Transaction<'static, Any>, Option<OwnedMutexGuard<()>>),
}

impl Connections {
    pub(super) fn new(pool: AnyPool, prepared_statements: bool) -> Self {
        Self { pool, prepared_statements }
    }

    pub(super) fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// A connection for several statements.
    pub async fn lease(&self) -> sqlx::Result<Lease> {
        if self.prepared_statements {
            self.pool.acquire().await.map(Lease::Connection)
        } else {
            Ok(Lease::Transaction(self.begin().await?, None))
        }
    }

    /// Runs a statement. Returns the number of changed rows.
    pub async fn change(&self, measure: &Operation, statement: Statement<'_>) -> Result<u64, Unavailable> {
        Ok(answer(measure.measured(statement.execute(self))).await?.rows_affected())
    }

    pub(super) async fn begin(&self) -> sqlx::Result<Transaction<'static, Any>> {
        if self.prepared_statements { self.pool.begin().await } else { self.pool.begin_with(BEGIN).await }
    }
}

/// A transaction on a connection that belongs to no pool.
pub(super) async fn begin_on(
    connection: &mut AnyConnection,
    prepared_statements: bool,
) -> sqlx::Result<Transaction<'_, Any>> {
    if prepared_statements { connection.begin().await } else { connection.begin_with(BEGIN).await }
}

impl Lease {
    pub async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Connection(_) => Ok(()),
            Self::Transaction(transaction, _turn) => transaction.commit().await,
        }
    }
}

impl Deref for Lease {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        match self {
            Self::Connection(connection) => connection,
            Self::Transaction(transaction, _) => transaction,
        }
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        match self {
            Self::Connection(connection) => connection,
            Self::Transaction(transaction, _) => transaction,
        }
    }
}

type Step = Either<<Any as Database>::QueryResult, <Any as Database>::Row>;

impl<'p> Executor<'p> for &'p Connections {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, sqlx::Result<Step>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        if self.prepared_statements {
            return self.pool.fetch_many(query);
        }
        let steps = async move {
            let mut transaction = self.begin().await?;
            let steps: Vec<Step> = transaction.fetch_many(query).try_collect().await?;
            transaction.commit().await?;
            Ok::<_, sqlx::Error>(stream::iter(steps.into_iter().map(Ok)))
        };
        stream::once(steps).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<<Any as Database>::Row>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        if self.prepared_statements {
            return self.pool.fetch_optional(query);
        }
        Box::pin(async move {
            let mut transaction = self.begin().await?;
            let row = transaction.fetch_optional(query).await?;
            transaction.commit().await?;
            Ok(row)
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [<Any as Database>::TypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<<Any as Database>::Statement>>
    where
        'p: 'e,
    {
        self.pool.prepare_with(sql, parameters)
    }
}
