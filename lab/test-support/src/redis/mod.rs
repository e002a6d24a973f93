//! A temporary Redis, in memory only and on free ports.
//!
//! * this module: one server
//! * [`tls`]: one server with TLS
//! * [`cluster`]: three masters, and a replica of one of them
//! * [`sentinels`]: a master, its replica, and three sentinels

mod cluster;
mod sentinels;
mod tls;

use std::{
    fs,
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream},
    process::Command,
    time::Duration,
};

use rustix::process::{Pid, Signal};
use tempfile::TempDir;

use super::{
    free_port,
    process::{Process, until},
    requirement::or_missing,
};

pub use self::{cluster::Cluster, sentinels::Sentinels, tls::RedisWithTls};

/// A running server. It stops and its data is deleted when this value is dropped.
#[derive(Debug)]
pub struct Redis {
    process: Process,
    port: u16,
    folder: TempDir,
    arguments: Vec<String>,
}

impl Redis {
    /// `None` if Redis is not installed. The server writes nothing to the disk, so stopping it loses its data.
    pub async fn start() -> Option<Self> {
        Self::start_with(&[]).await
    }

    /// Like `start`, with these arguments for `redis-server`.
    pub async fn start_with(arguments: &[&str]) -> Option<Self> {
        or_missing("redis", Self::try_start_with(arguments).await)
    }

    async fn try_start_with(arguments: &[&str]) -> io::Result<Option<Self>> {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Self::start_in(tempfile::tempdir()?, arguments).await
    }

    async fn start_in(folder: TempDir, arguments: Vec<String>) -> io::Result<Option<Self>> {
        let port = free_port()?;
        let process = match spawn(&folder, port, &arguments) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            spawned => spawned?,
        };
        let server = Self { process, port, folder, arguments };
        server.ready().await?;
        Ok(Some(server))
    }

    /// Stops the server at once.
    pub fn stop(&mut self) {
        self.process.stop();
    }

    /// Starts the server again on the same port, without data.
    pub async fn start_again(&mut self) -> io::Result<()> {
        self.process = spawn(&self.folder, self.port, &self.arguments)?;
        self.ready().await
    }

    /// Like `start_again`, with these additional arguments.
    pub async fn start_again_with(&mut self, arguments: &[&str]) -> io::Result<()> {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self.start_again().await
    }

    /// Freezes the server: connections stay open, and no command is answered.
    pub fn freeze(&self) {
        self.process.signal(Signal::STOP);
    }

    pub fn thaw(&self) {
        self.process.signal(Signal::CONT);
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    pub fn process(&self) -> Pid {
        self.process.id()
    }

    /// A section of the server's `INFO`, as `name:value` lines.
    pub fn info(&self, section: &str) -> io::Result<String> {
        self.ask(&format!("INFO {section}"))
    }

    /// Sends a command of plain words and returns the raw answer.
    pub fn ask(&self, command: &str) -> io::Result<String> {
        ask(self.port, command)
    }

    /// Sends a command of plain words and waits only for the first byte of the answer.
    pub fn tell(&self, command: &str) -> io::Result<()> {
        told(self.port, &format!("{command}\r\n")).and_then(|mut stream| stream.read_exact(&mut [0]))
    }

    /// All data, in the format that Redis writes to a disk.
    pub fn dump(&self) -> io::Result<Vec<u8>> {
        self.ask("CONFIG SET rdbcompression no")?;
        self.ask("SAVE")?;
        fs::read(self.folder.path().join("dump.rdb"))
    }

    /// Waits until this replica has received all writes of its master.
    pub async fn has_all_of(&self, master: &Self) -> io::Result<()> {
        let offset = |said: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix("master_repl_offset:"));
            line.and_then(|offset| offset.parse::<u64>().ok())
        };
        let told = offset(&master.info("replication")?);
        self.asked_until("INFO replication", |said| offset(said) >= told).await.map(drop)
    }

    async fn asked_until(&self, command: &str, expected: impl Fn(&str) -> bool) -> io::Result<String> {
        asked_until(self.port, command, expected).await
    }

    /// A server that asks for a password is ready too.
    async fn ready(&self) -> io::Result<()> {
        let is_there = |said: &str| said.starts_with("+PONG") || said.starts_with("-NOAUTH");
        self.asked_until("PING", is_there).await.map(drop)
    }
}

fn spawn(folder: &TempDir, port: u16, arguments: &[String]) -> io::Result<Process> {
    let mut command = Command::new("redis-server");
    command
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        .args(["--maxmemory-policy", "noeviction", "--dir"])
        .arg(folder.path())
        .args(arguments);
    Process::spawn(&mut command)
}

fn ask(port: u16, command: &str) -> io::Result<String> {
    let (mut stream, mut answer) = (told(port, &format!("{command}\r\n"))?, Vec::new());
    stream.shutdown(Shutdown::Write)?;
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Repeats the command until the answer is as `expected`, for at most 15 s.
async fn asked_until(port: u16, command: &str, expected: impl Fn(&str) -> bool) -> io::Result<String> {
    let answered = || Ok(ask(port, command).ok().filter(|answer| expected(answer)));
    until(&format!("{command} is answered as expected"), answered).await
}

fn told(port: u16, commands: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(commands.as_bytes())?;
    Ok(stream)
}
