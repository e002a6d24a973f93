//! An application that knows nothing but the headers it gets. It refuses what did not come through the gateway, and records the rest.

use std::{
    mem,
    sync::{Arc, Mutex},
};

use authlab_client::target::Target;
use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, Method, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::quiet_port;
use crate::proxies::target;

/// What the gateway shows to the application.
pub(super) const KEY: &str = "a-key-for-tests";
const KEY_HEADER: HeaderName = HeaderName::from_static("x-gateway-key");
/// The answer to the example key of RFC 6455 §1.3.
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const MAX_BODY: usize = 32 << 20;

/// A request that arrived.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    pub(super) method: Method,
    /// Path and query.
    pub(super) uri: String,
    pub(super) headers: HeaderMap,
    pub(super) body: usize,
}

impl Arrived {
    /// The only value of this header, as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter().map(|value| value.to_str().unwrap());
        let value = values.next();
        assert_eq!(values.next(), None, "{name} arrived twice");
        value
    }
}

type Log = Arc<Mutex<Vec<Arrived>>>;

#[derive(Debug)]
pub(super) struct Application {
    pub(super) target: Target,
    arrived: Log,
}

impl Application {
    pub(super) async fn start() -> Self {
        let arrived = Log::default();
        let router = Router::new().fallback(answer).with_state(arrived.clone());
        Self { target: serve(router).await, arrived }
    }

    /// No program listens at its address.
    pub(super) fn absent() -> Self {
        Self { target: target("application", quiet_port()), arrived: Log::default() }
    }

    /// What arrived since the last call.
    pub(super) fn arrived(&self) -> Vec<Arrived> {
        mem::take(&mut *self.arrived.lock().unwrap())
    }

    /// The only request that arrived since the last call.
    pub(super) fn one(&self) -> Arrived {
        let mut arrived = self.arrived();
        assert_eq!(arrived.len(), 1, "{arrived:?}");
        arrived.remove(0)
    }
}

/// Serves the router on a free port of this machine until the test ends.
pub(super) async fn serve(router: Router) -> Target {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Target::at("application", address)
}

async fn answer(State(log): State<Log>, mut request: Request) -> Response {
    if request.headers().get(KEY_HEADER).is_none_or(|key| key != KEY) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let is_socket = request.headers().contains_key(header::UPGRADE);
    let upgraded = is_socket.then(|| hyper::upgrade::on(&mut request));
    let arrived = arrived(request).await;
    log.lock().unwrap().push(arrived);
    match upgraded {
        Some(upgraded) => {
            tokio::spawn(echo(upgraded));
            let headers = [
                (header::CONNECTION, "Upgrade"),
                (header::UPGRADE, "websocket"),
                (header::SEC_WEBSOCKET_ACCEPT, ACCEPT),
            ];
            (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
        }
        None => ([(header::SET_COOKIE, "of_the_application=1; Path=/")], "hello").into_response(),
    }
}

/// Records a request and reads its body to the end.
pub(super) async fn arrived(request: Request) -> Arrived {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.map_or(0, |body| body.len());
    Arrived { method: head.method, uri: head.uri.to_string(), headers: head.headers, body }
}

async fn echo(upgraded: hyper::upgrade::OnUpgrade) {
    let mut stream = TokioIo::new(upgraded.await.unwrap());
    let mut word = [0; 4];
    stream.read_exact(&mut word).await.unwrap();
    stream.write_all(&word).await.unwrap();
}
