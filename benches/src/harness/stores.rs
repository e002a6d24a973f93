//! Real stores for the contenders, with their CPU time and the number of their commands.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::TcpStream,
    time::Duration,
};

use authlab_test_support::{Postgres, Redis};
use tokio::runtime::Builder;

use super::{
    clock::Clock,
    contender::{Contender, Store},
};

/// The stores of one launch; `None` if they are not installed.
#[derive(Debug)]
pub struct Stores {
    pub redis: Option<Redis>,
    pub postgres: Option<Postgres>,
    of_redis: Clock,
    of_postgres: Clock,
}

impl Stores {
    /// Starts all installed stores, on the processors that this process may use.
    pub fn start() -> io::Result<Self> {
        Self::start_those(|_| true)
    }

    /// Starts the store of this contender, if it needs one.
    pub fn start_for(contender: &Contender) -> io::Result<Self> {
        Self::start_those(|store| store == contender.store)
    }

    fn start_those(wanted: impl Fn(Store) -> bool) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let redis = if wanted(Store::Redis) { runtime.block_on(Redis::start()) } else { None };
        let postgres = if wanted(Store::Postgres) { runtime.block_on(Postgres::start()) } else { None };
        Ok(Self { redis, postgres, of_redis: Clock::default(), of_postgres: Clock::default() })
    }

    /// The settings for the contender's store; `None` if the store is not installed.
    pub fn flags(&self, contender: &Contender) -> io::Result<Option<Vec<String>>> {
        let (flag, url) = match (contender.store, &self.redis, &self.postgres) {
            (Store::None | Store::Sqlite, ..) => return Ok(Some(Vec::new())),
            (Store::Redis, Some(redis), _) => ("--session-store=", redis.url()),
            (Store::Postgres, _, Some(postgres)) => ("--database-url=", own_database(postgres, contender)?),
            (Store::Redis, None, _) | (Store::Postgres, _, None) => return Ok(None),
        };
        // A peer gets only the address.
        Ok(Some(vec![if contender.is_a_peer() { url } else { format!("{flag}{url}") }]))
    }

    /// The CPU time of the store's processes.
    pub fn cpu_time(&self, store: Store) -> io::Result<Duration> {
        match (store, &self.redis, &self.postgres) {
            (Store::Redis, Some(redis), _) => self.of_redis.read(&[redis.process()]),
            (Store::Postgres, _, Some(postgres)) => self.of_postgres.read(&postgres.processes()),
            _ => Ok(Duration::ZERO),
        }
    }

    /// The CPU time of all stores together.
    pub fn cpu_time_of_all(&self) -> io::Result<Duration> {
        Ok(self.cpu_time(Store::Redis)? + self.cpu_time(Store::Postgres)?)
    }

    /// Does this work and counts the commands or statements that the store receives meanwhile; `None` if they cannot be counted.
    pub fn asked<T>(&self, store: Store, work: impl FnOnce() -> io::Result<T>) -> io::Result<(T, Option<u64>)> {
        match (store, &self.redis, &self.postgres) {
            (Store::Redis, Some(redis), _) => sent_to_redis(redis, work),
            (Store::Postgres, _, Some(postgres)) => {
                let before = statements(postgres)?;
                Ok((work()?, Some(statements(postgres)?.saturating_sub(before))))
            }
            _ => Ok((work()?, None)),
        }
    }
}

/// Each contender has its own database, because table names may collide.
fn own_database(postgres: &Postgres, contender: &Contender) -> io::Result<String> {
    let name = contender.name.to_lowercase().replace(|letter: char| !letter.is_ascii_alphabetic(), "_");
    postgres.ask(&format!("CREATE DATABASE {name}"))?;
    let server = postgres.url();
    Ok(server.trim_end_matches("postgres").to_owned() + &name)
}

/// Counts commands with Redis' `MONITOR`. Calls inside a script are not sent, and not counted.
fn sent_to_redis<T>(redis: &Redis, work: impl FnOnce() -> io::Result<T>) -> io::Result<(T, Option<u64>)> {
    const LAST: &str = "authlab-counted";
    let mut stream = TcpStream::connect(redis.address())?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(b"MONITOR\r\n")?;
    let mut lines = BufReader::new(stream).lines();
    lines.next().transpose()?;
    let done = work()?;
    redis.ask(&format!("ECHO {LAST}"))?;
    let mut count = 0;
    for line in lines {
        let line = line?;
        if line.contains(LAST) {
            return Ok((done, Some(count)));
        }
        count += u64::from(!line.contains(" lua] "));
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

fn statements(postgres: &Postgres) -> io::Result<u64> {
    let text = postgres.ask(
        "CREATE EXTENSION IF NOT EXISTS pg_stat_statements; \
         SELECT sum(calls)::bigint FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'",
    )?;
    text.lines().last().and_then(|line| line.trim().parse().ok()).ok_or_else(|| io::Error::other(text.clone()))
}
