//! One connection for all requests, kept by a task of its own: it opens it, and opens it anew when it is lost or in doubt.
//!
//! Whoever asks finds the connection that is there, or waits a little for one. A server that does not answer, and a master
//! that has become a replica, may have been replaced by another: then the connection is given up and looked for again.

use std::{io, sync::Arc, time::Duration};

use redis::{
    AsyncConnectionConfig, Cmd, ErrorKind, FromRedisValue, PushInfo, PushKind, RedisError, RedisResult,
    ServerErrorKind, aio::MultiplexedConnection,
};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::{sleep, timeout},
};

use super::{PATIENCE, source::Source};

/// Between two attempts to open a connection.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

pub(super) struct Kept(watch::Receiver<Option<Open>>);

#[derive(Clone)]
struct Open {
    connection: MultiplexedConnection,
    doubted: Arc<Notify>,
}

impl Kept {
    pub(super) fn from(source: Source) -> Self {
        let (there, kept) = watch::channel(None);
        tokio::spawn(keep(source, there));
        Self(kept)
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
        if let Some(open) = &*self.0.borrow() {
            return Ok(open.clone());
        }
        let mut kept = self.0.clone();
        let opened = timeout(PATIENCE, kept.wait_for(Option::is_some)).await;
        let opened = opened.ok().and_then(Result::ok).and_then(|open| open.clone());
        opened.ok_or_else(|| io::Error::new(io::ErrorKind::NotConnected, "there is no connection").into())
    }
}

/// Until nobody holds the other end any more.
async fn keep(mut source: Source, there: watch::Sender<Option<Open>>) {
    let mut missed = false;
    while !there.is_closed() {
        let (tell, told) = mpsc::unbounded_channel();
        match source.open(&settings().set_push_sender(tell)).await {
            Ok(connection) => {
                if missed {
                    tracing::info!("Redis is back");
                }
                missed = false;
                let doubted = Arc::new(Notify::new());
                there.send_replace(Some(Open { connection, doubted: Arc::clone(&doubted) }));
                tokio::select! {
                    () = there.closed() => {}
                    () = lost(told) => {}
                    () = doubted.notified() => {}
                }
                there.send_replace(None);
            }
            Err(error) => {
                if !missed {
                    tracing::warn!(%error, "Redis cannot be reached; sessions cannot be asked for until it can");
                }
                missed = true;
                sleep(AGAIN_AFTER).await;
            }
        }
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
    error.is_io_error() || error.is_unrecoverable_error() || error.kind() == replaced
}
