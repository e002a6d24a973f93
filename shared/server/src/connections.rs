//! Accepts, serves and finishes the connections of one listener.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use authlab_workers::{Carried, Workers};
use axum::{body::Body, extract::ConnectInfo, response::Response};
use futures_util::FutureExt as _;
use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    Answer, Limits,
    draining::Draining,
    lingering::Lingering,
    progress::Progress,
    shares::{Share, Shares},
};

/// Maximum number of header fields in a request; more are answered 431.
const MAX_HEADERS: usize = 100;
/// Maximum size of a request's head in bytes; more is answered 431. Handlers get at most what `layers::limits` allows.
const READ_BUFFER_SIZE: usize = 64 * 1024;
/// How long a connection accepted during a stop may wait with its first request.
const FIRST_REQUEST_TIMEOUT: Duration = Duration::from_secs(1);
/// After this time without a new connection, the backlog counts as empty.
const QUIET_TIMEOUT: Duration = Duration::from_millis(5);
/// Maximum time for the backlog, so that clients that reconnect repeatedly do not delay the stop.
const BACKLOG_TIMEOUT: Duration = Duration::from_millis(200);
/// Pause after an error, for example if no file descriptor is left: accepting at once would only use the processor.
const ACCEPT_RETRY_INTERVAL: Duration = Duration::from_millis(100);

pub(super) struct Connections<A> {
    site: A,
    http: http1::Builder,
    room: Arc<Semaphore>,
    shares: Shares,
    write_timeout: Duration,
    workers: Workers,
    closing: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// The permits that a connection holds until it ends.
type Room = (OwnedSemaphorePermit, Option<Share>);

/// Whether a connection has sent a request.
#[derive(Debug, Default)]
struct Asked {
    once: AtomicBool,
    notify: Notify,
}

impl<A: Answer> Connections<A> {
    pub(super) fn new(site: A, limits: &Limits, workers: Workers) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.header_timeout)
            .max_headers(MAX_HEADERS)
            .max_buf_size(READ_BUFFER_SIZE)
            // A client may close its sending side after the request and wait for the answer.
            .half_close(true);
        Self {
            site,
            http,
            room: Arc::new(Semaphore::new(limits.max_connections)),
            shares: Shares::new(limits.max_connections),
            write_timeout: limits.write_timeout,
            workers,
            closing: watch::Sender::new(false),
            tasks: JoinSet::new(),
        }
    }

    /// Accepts connections while it is polled. It can be dropped at any time without losing a connection.
    pub(super) async fn accept(&mut self, listener: &TcpListener) {
        loop {
            // Removes the tasks of finished connections.
            while self.tasks.try_join_next().is_some() {}
            let Ok(permit) = Arc::clone(&self.room).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, address)) => self.admit(stream, address, permit),
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    sleep(ACCEPT_RETRY_INTERVAL).await;
                }
            }
        }
    }

    /// Accepts the connections that the kernel has already established, then closes the listener: closing it earlier would reset them.
    pub(super) async fn accept_backlog(&mut self, listener: TcpListener) {
        let _ = timeout(BACKLOG_TIMEOUT, async {
            while let Ok(permit) = Arc::clone(&self.room).acquire_owned().await
                && let Ok(Ok((stream, address))) = timeout(QUIET_TIMEOUT, listener.accept()).await
            {
                self.admit(stream, address, permit);
            }
        })
        .await;
        // Without a turn of the event loop, in which further connections could arrive.
        let Ok(listener) = listener.into_std() else { return };
        while let Ok(permit) = Arc::clone(&self.room).try_acquire_owned()
            && let Ok((stream, address)) = listener.accept()
        {
            if stream.set_nonblocking(true).is_ok()
                && let Ok(stream) = TcpStream::from_std(stream)
            {
                self.admit(stream, address, permit);
            }
        }
    }

    /// One client may hold half of all connections. Exempt are trusted proxies, which have many clients, and this machine.
    fn admit(&mut self, stream: TcpStream, address: SocketAddr, permit: OwnedSemaphorePermit) {
        let client = address.ip().to_canonical();
        if client.is_loopback() || self.site.is_trusted_proxy(client) {
            return self.serve(stream, address, (permit, None));
        }
        if let Some(share) = self.shares.take(client) {
            self.serve(stream, address, (permit, Some(share)));
        } else {
            tracing::debug!(%client, "closed a connection: this client holds half of MAX_CONNECTIONS");
        }
    }

    fn serve(&mut self, stream: TcpStream, address: SocketAddr, room: Room) {
        // Answers are small and written at once, so Nagle's algorithm would only delay them.
        let _ = stream.set_nodelay(true);
        let place = self.workers.place();
        let runtime = place.runtime().clone();
        let carried = place.carry(stream);
        let (site, http, write_timeout) = (self.site.clone(), self.http.clone(), self.write_timeout);
        let mut closing = self.closing.subscribe();
        let serves = async move {
            let stream = match carried.and_then(Carried::receive) {
                Ok(stream) => TokioIo::new(Lingering::new(Progress::new(stream, write_timeout))),
                Err(error) => return tracing::warn!(%error, "cannot serve a connection"),
            };
            let asked = Arc::new(Asked::default());
            let service = {
                let asked = Arc::clone(&asked);
                service_fn(move |request| {
                    asked.note();
                    answer(site.clone(), request, address)
                })
            };
            let mut connection = pin!(http.serve_connection(stream, service));
            let ended = tokio::select! {
                ended = connection.as_mut() => Some(ended),
                _ = closing.wait_for(|closing| *closing) => None,
            };
            // hyper would close a connection without a request; a client that was accepted gets its answer.
            let ended = match ended {
                None if !asked.before() => tokio::select! {
                    ended = connection.as_mut() => Some(ended),
                    () = asked.notify.notified() => None,
                    () = sleep(FIRST_REQUEST_TIMEOUT) => None,
                },
                other => other,
            };
            let ended = if let Some(ended) = ended {
                ended
            } else {
                connection.as_mut().graceful_shutdown();
                connection.await
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended early");
            }
            drop((room, place));
        };
        self.tasks.spawn_on(serves, &runtime);
    }

    /// Lets requests in progress finish until `grace` has passed, then closes the remaining connections.
    pub(super) async fn finish(mut self, grace: Duration, draining: &Draining) {
        self.closing.send_replace(true);
        let finished = async {
            while self.tasks.join_next().await.is_some() {}
            draining.finished().await;
        };
        if timeout(grace, finished).await.is_err() {
            tracing::warn!(
                connections = self.tasks.len(),
                "closed connections that did not finish within SHUTDOWN_GRACE"
            );
        }
        self.tasks.shutdown().await;
    }
}

impl Asked {
    fn note(&self) {
        if !self.before() {
            self.once.store(true, Ordering::Relaxed);
            self.notify.notify_one();
        }
    }

    fn before(&self) -> bool {
        self.once.load(Ordering::Relaxed)
    }
}

fn answer(
    site: impl Answer,
    mut request: Request<Incoming>,
    address: SocketAddr,
) -> impl Future<Output = Result<Response, Infallible>> + Send {
    request.extensions_mut().insert(ConnectInfo(address));
    site.answer(request.map(Body::new)).map(Ok)
}
