//! PostgreSQL: connects to a server that takes writes, and drops connections whose server no longer does.

use std::future::ready;

use sqlx::{
    AnyConnection, ConnectOptions as _, Connection as _, Error, Executor as _, Row as _,
    any::{AnyConnectOptions, AnyPoolOptions},
    pool::PoolConnectionMetadata,
};
use tokio::time::{Duration, Instant, sleep, timeout, timeout_at};

use super::{
    DatabaseError,
    trouble::{self, is_suspicious, is_usable},
};

/// How long a connection that may be dead has to answer a ping.
const PROOF_TIMEOUT: Duration = Duration::from_secs(1);
/// Pause between two attempts to reach a server that is starting.
const RETRY_INTERVAL: Duration = Duration::from_millis(200);

/// Closes connections by age and after a refusal; see [`trouble`]. The pool's own age limit can loop forever when a connection is
/// returned at the wrong moment (sqlx issue 3645).
pub(super) fn options(options: AnyPoolOptions) -> AnyPoolOptions {
    options
        .after_connect(|connection, _| Box::pin(refuse_standby(connection)))
        .before_acquire(|_, found| Box::pin(ready(Ok(is_usable(found.age)))))
        .after_release(|connection, found| Box::pin(is_worth_keeping(connection, found)))
}

/// Opens the first connection. Retries until `limit`, since the server may be starting. Unlike the pool, reports the cause.
pub(super) async fn first_connection(
    options: &AnyConnectOptions,
    limit: Duration,
) -> Result<AnyConnection, DatabaseError> {
    let deadline = Instant::now() + limit;
    let mut problem = DatabaseError::Silent;
    loop {
        problem = match timeout_at(deadline, options.connect()).await {
            Ok(Ok(mut connection)) => {
                if takes_writes(&mut connection).await.map_err(DatabaseError::Connect)? {
                    return Ok(connection);
                }
                DatabaseError::ReadOnly
            }
            Ok(Err(error)) if !may_pass(&error) => return Err(DatabaseError::Connect(error)),
            Ok(Err(error)) => DatabaseError::Connect(error),
            Err(_) => return Err(problem),
        };
        if Instant::now() + RETRY_INTERVAL > deadline {
            return Err(problem);
        }
        sleep(RETRY_INTERVAL).await;
    }
}

/// Whether a retry may help: nothing listens on the port yet, or the server says that it is starting.
fn may_pass(error: &Error) -> bool {
    match error {
        Error::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        _ => trouble::code(error).as_deref() == Some("57P03"),
    }
}

/// Whether the server takes writes. A standby answers but does not.
async fn takes_writes(connection: &mut AnyConnection) -> sqlx::Result<bool> {
    let row = connection.fetch_one("SHOW transaction_read_only").await?;
    Ok(row.try_get::<String, _>(0)? == "off")
}

/// An error if the server of a used connection takes no writes any more. All connections that are as old are then dropped.
pub(super) async fn check_writable(connection: &mut AnyConnection) -> sqlx::Result<()> {
    if takes_writes(connection).await? {
        return Ok(());
    }
    trouble::refuse();
    Err(read_only())
}

/// Rejects a new connection to a standby. Sleeps first, since the pool retries at once and logs every attempt.
async fn refuse_standby(connection: &mut AnyConnection) -> sqlx::Result<()> {
    if takes_writes(connection).await? {
        return Ok(());
    }
    sleep(RETRY_INTERVAL).await;
    Err(read_only())
}

fn read_only() -> Error {
    Error::Protocol("the server is a standby or read-only".to_owned())
}

/// The pool pings each returned connection without a time limit (sqlx issue 4349). If a host vanished silently, the pool would lose
/// one connection after another.
async fn is_worth_keeping(connection: &mut AnyConnection, found: PoolConnectionMetadata) -> sqlx::Result<bool> {
    if !is_usable(found.age) {
        return Ok(false);
    }
    if is_suspicious() {
        return Ok(timeout(PROOF_TIMEOUT, connection.ping()).await.is_ok_and(|answer| answer.is_ok()));
    }
    Ok(true)
}
