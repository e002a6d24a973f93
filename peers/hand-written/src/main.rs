//! Sessions as somebody writes them by hand: axum, redis-rs, and one `GET` for each request. It is the floor of what a session in Redis can
//! cost: no limits, no list of logins, no endings, and parallel writes overwrite each other.

mod routes;

use std::io;

use axum::serve::ListenerExt as _;
use contract::process::{Asked, any_port, listens};
use redis::Client;
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let asked = Asked::read();
    if asked.mode != "redis" {
        return Err(io::Error::other(format!("redis, not {}", asked.mode)));
    }
    let client = Client::open(asked.store).map_err(io::Error::other)?;
    let connection = client.get_multiplexed_async_connection().await.map_err(io::Error::other)?;
    let listener = TcpListener::bind(any_port()).await?;
    listens(listener.local_addr()?)?;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, routes::router(connection)).await
}
