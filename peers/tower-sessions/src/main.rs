//! tower-sessions with its stores: `memory`, or `redis` at an address.

mod routes;

use std::{io, sync::Arc};

use axum::{Router, serve::ListenerExt as _};
use contract::{
    accounts::Accounts,
    bodies::LIFETIME,
    process::{Asked, any_port, listens},
};
use tokio::net::TcpListener;
use tower_sessions::{
    Expiry, MemoryStore, SessionManagerLayer, SessionStore,
    cookie::{SameSite, time::Duration},
};
use tower_sessions_redis_store::{
    RedisStore,
    fred::prelude::{Builder, ClientLike as _, Config},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let asked = Asked::read();
    let router = match asked.mode.as_str() {
        "memory" => over("memory", MemoryStore::default()),
        "redis" => {
            let config = Config::from_url(&asked.store).map_err(io::Error::other)?;
            let client = Builder::from_config(config).build().map_err(io::Error::other)?;
            client.init().await.map_err(io::Error::other)?;
            over("redis", RedisStore::new(client))
        }
        other => return Err(io::Error::other(format!("memory or redis, not {other}"))),
    };
    let listener = TcpListener::bind(any_port()).await?;
    listens(listener.local_addr()?)?;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router).await
}

/// As in its documentation: the layer around the routes, and an expiry after inactivity. `secure` is off, because the
/// benches use no TLS.
fn over(store: &'static str, sessions: impl SessionStore + Clone) -> Router {
    let lifetime = Duration::seconds(i64::try_from(LIFETIME.as_secs()).unwrap_or(i64::MAX));
    let layer = SessionManagerLayer::new(sessions)
        .with_secure(false)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(lifetime));
    routes::router(store).layer(layer).with_state(Arc::new(Accounts::default()))
}
