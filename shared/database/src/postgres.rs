//! What PostgreSQL needs beside a URL: a server that takes writes, and connections that are given up when theirs no longer does.

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

/// How long a connection that may be dead has for an answer.
const PROOF_TIMEOUT: Duration = Duration::from_secs(1);
/// Between two tries to reach a server that is just starting.
const RETRY_INTERVAL: Duration = Duration::from_millis(200);

/// Connections end by age and after a refusal; see [`trouble`]. The pool's own limit of age can fall into a loop without an end when
/// a connection is given back at the wrong moment (sqlx issue 3645).
pub(super) fn options(options: AnyPoolOptions) -> AnyPoolOptions {
    options
        .after_connect(|connection, _| Box::pin(refuse_standby(connection)))
        .before_acquire(|_, found| Box::pin(ready(Ok(is_usable(found.age)))))
        .after_release(|connection, found| Box::pin(is_worth_keeping(connection, found)))
}

/// The first connection, for as long as a server may need that is just starting. Unlike the pool, it says what is wrong.
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

/// Nobody listens yet, or the server says that it is starting.
fn may_pass(error: &Error) -> bool {
    match error {
        Error::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        _ => trouble::code(error).as_deref() == Some("57P03"),
    }
}

/// A standby answers, and takes no writes.
async fn takes_writes(connection: &mut AnyConnection) -> sqlx::Result<bool> {
    let row = connection.fetch_one("SHOW transaction_read_only").await?;
    Ok(row.try_get::<String, _>(0)? == "off")
}

/// Refuses the server of a connection that has been in use. All that are as old are given up.
pub(super) async fn check_writable(connection: &mut AnyConnection) -> sqlx::Result<()> {
    if takes_writes(connection).await? {
        return Ok(());
    }
    trouble::refuse();
    Err(read_only())
}

/// Refuses the server of a new connection. The pool tries again at once, and writes a line into the log each time.
async fn refuse_standby(connection: &mut AnyConnection) -> sqlx::Result<()> {
    if takes_writes(connection).await? {
        return Ok(());
    }
    sleep(RETRY_INTERVAL).await;
    Err(read_only())
}

fn read_only() -> Error {
    Error::Protocol("the server is a standby, or read-only: it takes no writes".to_owned())
}

/// The pool asks each connection that comes back for an answer, and waits for it without a limit (sqlx issue 4349): of a host that is
/// gone in silence it would lose one connection after another.
async fn is_worth_keeping(connection: &mut AnyConnection, found: PoolConnectionMetadata) -> sqlx::Result<bool> {
    if !is_usable(found.age) {
        return Ok(false);
    }
    if is_suspicious() {
        return Ok(timeout(PROOF_TIMEOUT, connection.ping()).await.is_ok_and(|answer| answer.is_ok()));
    }
    Ok(true)
}
