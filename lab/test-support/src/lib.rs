//! Real servers and programs for tests and benches: each server is temporary, listens on a free port, and stops when it is dropped.
//!
//! * [`Redis`], [`RedisWithTls`], [`Cluster`], [`Sentinels`], [`Postgres`], [`PgBouncer`]: the servers
//! * [`certify`]: a certificate for a server on this machine
//! * [`missing`], [`required`]: what happens to a test whose server or program is not installed
//! * [`on_the_path`], [`python`], [`pgbouncer`], [`postgres_programs`]: where programs are

mod certificates;
mod postgres;
mod process;
mod programs;
mod redis;
mod requirement;

use std::{fs, io, net::TcpListener};

use rustix::process::Pid;

pub use self::{
    certificates::certify,
    postgres::{PgBouncer, Postgres},
    programs::{on_the_path, pgbouncer, postgres_programs, python},
    redis::{Cluster, Redis, RedisWithTls, Sentinels},
    requirement::{missing, required},
};

/// The process and its child processes.
pub fn family(process: Pid) -> Vec<Pid> {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|id| Pid::from_raw(id.parse().ok()?));
    std::iter::once(process).chain(children).collect()
}

/// A port on which no program listens at this moment.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
