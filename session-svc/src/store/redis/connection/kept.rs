//! One connection for all requests, kept by a task of its own: it opens it, and opens it anew when it is lost or in doubt.
//!
//! Whoever asks finds the connection that is there, or waits a little for one. A server that does not answer, and a master
//! that has become a replica, may have been replaced by another: then the connection is given up and looked for again.
//!
//! A node of a cluster refuses most keys and answers some. Each new connection is tried with two keys that no cluster keeps
//! together, so that such a node is recognised at once and not by the unlucky requests.

use std::{io, sync::Arc, time::Duration};

use redis::{
    AsyncConnectionConfig, Cmd, ErrorKind, FromRedisValue, PushInfo, PushKind, RedisError, RedisResult,
    ServerErrorKind, Value, aio::MultiplexedConnection,
};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::{sleep, timeout},
};

use super::{NODE_OF_CLUSTER, PATIENCE, source::Source};

/// Between two attempts to open a connection.
const AGAIN_AFTER: Duration = Duration::from_millis(100);
/// The same, after a node of a cluster was found.
const AGAIN_AFTER_A_NODE: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(super) struct Kept(watch::Receiver<State>);

#[derive(Clone)]
enum State {
    Missing,
    /// The server is a node of a cluster, and keeps only a part of the keys.
    NodeOfCluster,
    Open(Open),
}

#[derive(Clone)]
struct Open {
    connection: MultiplexedConnection,
    doubted: Arc<Notify>,
}

impl Kept {
    /// `probe` is a command on two keys that no cluster keeps in one slot.
    pub(super) fn from(source: Source, probe: Cmd) -> Self {
        let (there, kept) = watch::channel(State::Missing);
        tokio::spawn(keep(source, probe, there));
        Self(kept)
    }

    /// Whether the server turns out, within this time, to be a node of a cluster.
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
        match self.state(PATIENCE).await {
            State::Open(open) => Ok(open),
            State::NodeOfCluster => Err(io::Error::new(io::ErrorKind::Unsupported, NODE_OF_CLUSTER).into()),
            State::Missing => Err(io::Error::new(io::ErrorKind::NotConnected, "there is no connection").into()),
        }
    }

    /// What is there, or comes within this time.
    async fn state(&self, within: Duration) -> State {
        let mut kept = self.0.clone();
        let there = timeout(within, kept.wait_for(|state| !matches!(state, State::Missing))).await;
        there.ok().and_then(Result::ok).map_or(State::Missing, |state| state.clone())
    }
}

/// Until nobody holds the other end any more.
async fn keep(mut source: Source, probe: Cmd, there: watch::Sender<State>) {
    let mut missed = false;
    while !there.is_closed() {
        let (tell, told) = mpsc::unbounded_channel();
        match open(&mut source, &probe, &settings().set_push_sender(tell)).await {
            Ok(connection) => {
                if missed {
                    tracing::info!("Redis is back");
                }
                missed = false;
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
                if !missed {
                    tracing::warn!(%error, "cannot reach Redis; requests that need a session get 503 until it is back");
                }
                missed = true;
                let is_node = is_of_cluster(&error);
                there.send_replace(if is_node { State::NodeOfCluster } else { State::Missing });
                sleep(if is_node { AGAIN_AFTER_A_NODE } else { AGAIN_AFTER }).await;
            }
        }
    }
}

/// A connection to a server that keeps all keys. What else the probe is answered, requests will be told as well.
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
    AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE))
}

async fn lost(mut told: mpsc::UnboundedReceiver<PushInfo>) {
    while told.recv().await.is_some_and(|push| push.kind != PushKind::Disconnection) {}
}

fn casts_doubt(error: &RedisError) -> bool {
    let replaced = ErrorKind::Server(ServerErrorKind::ReadOnly);
    error.is_io_error() || error.is_unrecoverable_error() || error.kind() == replaced || is_of_cluster(error)
}

/// Only a node of a cluster answers so.
fn is_of_cluster(error: &RedisError) -> bool {
    use ServerErrorKind::{Ask, ClusterDown, CrossSlot, Moved};
    [Moved, Ask, CrossSlot, ClusterDown].map(ErrorKind::Server).contains(&error.kind())
}
