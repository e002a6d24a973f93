//! Real stores for a while: a Redis or a PostgreSQL of one's own, for tests and benches. Never a mock, never anybody's data.

mod postgres;
mod redis;

use std::{io, net::TcpListener};

pub use self::{
    postgres::Postgres,
    redis::{Cluster, Redis, RedisWithTls, Sentinels},
};

/// A port that nobody listens on just now.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
