//! Starts a real Redis or PostgreSQL for tests and benches, with temporary data. No mocks, and no existing server is
//! used.

mod certificates;
mod postgres;
mod redis;

use std::{fs, io, net::TcpListener};

use rustix::process::Pid;

pub use self::{
    postgres::{PgBouncer, Postgres},
    redis::{Cluster, Redis, RedisWithTls, Sentinels},
};

/// The process and its child processes.
pub fn family(process: Pid) -> Vec<Pid> {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|id| Pid::from_raw(id.parse().ok()?));
    std::iter::once(process).chain(children).collect()
}

/// A port that is free at this moment.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
