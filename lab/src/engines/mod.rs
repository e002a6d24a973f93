//! Real stores for a while: a Redis or a PostgreSQL of one's own, for tests and benches. Never a mock, never anybody's data.

mod certificates;
mod postgres;
mod redis;

use std::{fs, io, net::TcpListener};

use rustix::process::Pid;

pub use self::{
    postgres::{PgBouncer, Postgres},
    redis::{Cluster, Redis, RedisWithTls, Sentinels},
};

/// The process and those that it has started.
pub fn family(process: Pid) -> Vec<Pid> {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|id| Pid::from_raw(id.parse().ok()?));
    std::iter::once(process).chain(children).collect()
}

/// A port that nobody listens on just now.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
