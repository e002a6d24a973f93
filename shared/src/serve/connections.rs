//! The connections of one listener: accepted, served, finished.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{body::Body, extract::ConnectInfo, response::Response};
use futures_util::FutureExt as _;
use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{Answer, Limits, draining::Draining};

/// Header fields in one request; more are answered 431.
const MOST_HEADERS: usize = 100;
/// Room for the head of a request; more is answered 431. What handlers see is limited further, with words.
const READ_BUFFER: usize = 64 * 1024;
/// A pause when the process has no file descriptor left: accepting again at once would only burn the processor.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(100);

pub(super) struct Connections<A> {
    site: A,
    http: http1::Builder,
    room: Arc<Semaphore>,
    graceful: GracefulShutdown,
    tasks: JoinSet<()>,
}

impl<A: Answer> Connections<A> {
    pub(super) fn new(site: A, limits: &Limits) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.header_timeout)
            .max_headers(MOST_HEADERS)
            .max_buf_size(READ_BUFFER);
        Self {
            site,
            http,
            room: Arc::new(Semaphore::new(limits.max_connections)),
            graceful: GracefulShutdown::new(),
            tasks: JoinSet::new(),
        }
    }

    /// Accepts for as long as it is polled; may be dropped at any time without losing a connection.
    pub(super) async fn accept(&mut self, listener: &TcpListener) {
        loop {
            // Finished connections are forgotten as new ones come.
            while self.tasks.try_join_next().is_some() {}
            let Ok(permit) = Arc::clone(&self.room).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, address)) => self.serve(stream, address, permit),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(OUT_OF_DESCRIPTORS).await;
                }
            }
        }
    }

    /// Takes the connections that the kernel has already established: closing the listener would reset them.
    pub(super) async fn accept_backlog(&mut self, listener: &TcpListener) {
        let _ = timeout(Duration::from_millis(1), self.accept(listener)).await;
    }

    fn serve(&mut self, stream: TcpStream, address: SocketAddr, permit: OwnedSemaphorePermit) {
        // Answers are small and written whole; waiting for more would only delay them.
        let _ = stream.set_nodelay(true);
        let site = self.site.clone();
        let service = service_fn(move |request| answer(site.clone(), request, address));
        let connection = self.graceful.watch(self.http.serve_connection(TokioIo::new(stream), service));
        self.tasks.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(permit);
        });
    }

    /// Lets requests under way finish until `grace` has passed, then cuts what is left.
    pub(super) async fn finish(mut self, grace: Duration, draining: &Draining) {
        let finished = async {
            self.graceful.shutdown().await;
            draining.finished().await;
        };
        if timeout(grace, finished).await.is_err() {
            tracing::warn!(connections = self.tasks.len(), "cut off: not finished within the grace");
        }
        self.tasks.shutdown().await;
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
