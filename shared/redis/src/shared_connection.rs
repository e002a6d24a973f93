//! One connection shared by all requests of a worker. A task opens it, and opens a new one when it is lost or suspect.
//!
//! A request uses the existing connection, or waits briefly for one. A server that does not answer may have been replaced, and so may a
//! master that became a replica. Its connection is closed, and a new one is opened.
//!
//! A cluster node refuses most keys and accepts some. Each new connection is therefore tested with two keys in different slots, so that
//! a cluster node is detected at once, not by some requests.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use redis::{
    AsyncConnectionConfig, Cmd, ErrorKind, FromRedisValue, PushInfo, PushKind, RedisError, RedisResult,
    ServerErrorKind, Value, aio::MultiplexedConnection,
};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::{sleep, timeout},
};

use super::{NODE_OF_CLUSTER, TIMEOUT, source::Source};

/// Pause between two attempts to open a connection.
const RETRY_INTERVAL: Duration = Duration::from_millis(100);
/// The same pause after a cluster node was found.
const NODE_RETRY_INTERVAL: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(super) struct SharedConnection(watch::Receiver<State>);

#[derive(Clone)]
enum State {
    Missing,
    /// The server is a cluster node, which keeps only a part of the keys.
    NodeOfCluster,
    Open(Open),
}

#[derive(Clone)]
struct Open {
    connection: MultiplexedConnection,
    doubted: Arc<Notify>,
}

impl SharedConnection {
    /// `probe` is a command on two keys in different slots. `out_of_reach` is shared by the connections of all workers, so that the log
    /// says once that Redis cannot be reached.
    pub(super) fn new(source: Source, probe: Cmd, out_of_reach: Arc<AtomicBool>) -> Self {
        let (there, kept) = watch::channel(State::Missing);
        tokio::spawn(keep(source, probe, out_of_reach, there));
        Self(kept)
    }

    /// Whether the server is found to be a cluster node within this time.
    pub(super) async fn is_node_of_cluster(&self, within: Duration) -> bool {
        matches!(self.state(within).await, State::NodeOfCluster)
    }

    pub(super) async fn send<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        let mut open = self.open().await?;
        let answer = command.query_async(&mut open.connection).await;
        if answer.as_ref().is_err_and(casts_doubt) {
            open.doubted.notify_one();
        }
        answer
    }

    async fn open(&self) -> RedisResult<Open> {
        if let State::Open(open) = &*self.0.borrow() {
            return Ok(open.clone());
        }
        match self.state(TIMEOUT).await {
            State::Open(open) => Ok(open),
            State::NodeOfCluster => Err(io::Error::new(io::ErrorKind::Unsupported, NODE_OF_CLUSTER).into()),
            State::Missing => Err(io::Error::new(io::ErrorKind::NotConnected, "not connected to Redis").into()),
        }
    }

    /// The state once it is not missing, or after this time.
    async fn state(&self, within: Duration) -> State {
        let mut kept = self.0.clone();
        let there = timeout(within, kept.wait_for(|state| !matches!(state, State::Missing))).await;
        there.ok().and_then(Result::ok).map_or(State::Missing, |state| state.clone())
    }
}

/// Runs until all receivers are dropped.
async fn keep(mut source: Source, probe: Cmd, out_of_reach: Arc<AtomicBool>, there: watch::Sender<State>) {
    while !there.is_closed() {
        let (tell, told) = mpsc::unbounded_channel();
        match open(&mut source, &probe, &settings().set_push_sender(tell)).await {
            Ok(connection) => {
                if out_of_reach.swap(false, Ordering::Relaxed) {
                    tracing::info!("Redis is back");
                }
                let doubted = Arc::new(Notify::new());
                there.send_replace(State::Open(Open { connection, doubted: Arc::clone(&doubted) }));
                tokio::select! {
                    () = there.closed() => {}
                    () = lost(told) => {}
                    () = doubted.notified() => {}
                }
                there.send_replace(State::Missing);
            }
            Err(error) => {
                if !out_of_reach.swap(true, Ordering::Relaxed) {
                    tracing::warn!(%error, "cannot reach Redis; requests that need it get 503 until it is back");
                }
                let is_node = is_of_cluster(&error);
                there.send_replace(if is_node { State::NodeOfCluster } else { State::Missing });
                sleep(if is_node { NODE_RETRY_INTERVAL } else { RETRY_INTERVAL }).await;
            }
        }
    }
}

/// Opens a connection to a server that keeps all keys. Other errors of the probe are ignored, since requests get them too.
async fn open(
    source: &mut Source,
    probe: &Cmd,
    settings: &AsyncConnectionConfig,
) -> RedisResult<MultiplexedConnection> {
    let mut connection = source.open(settings).await?;
    match probe.query_async::<Value>(&mut connection).await {
        Err(error) if is_of_cluster(&error) => Err(error),
        _ => Ok(connection),
    }
}

fn settings() -> AsyncConnectionConfig {
    AsyncConnectionConfig::new().set_connection_timeout(Some(TIMEOUT)).set_response_timeout(Some(TIMEOUT))
}

async fn lost(mut told: mpsc::UnboundedReceiver<PushInfo>) {
    while told.recv().await.is_some_and(|push| push.kind != PushKind::Disconnection) {}
}

fn casts_doubt(error: &RedisError) -> bool {
    let replaced = ErrorKind::Server(ServerErrorKind::ReadOnly);
    error.is_io_error() || error.is_unrecoverable_error() || error.kind() == replaced || is_of_cluster(error)
}

/// Errors that only a cluster node returns.
fn is_of_cluster(error: &RedisError) -> bool {
    use ServerErrorKind::{Ask, ClusterDown, CrossSlot, Moved};
    [Moved, Ask, CrossSlot, ClusterDown].map(ErrorKind::Server).contains(&error.kind())
}
