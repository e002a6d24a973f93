//! The parent's handle of a child that serves.

use std::{
    env, fs,
    io::{self, BufReader, Write as _},
    net::SocketAddr,
    path::Path,
    process::{self, Child, ChildStderr, ChildStdin, ChildStdout, Stdio},
    thread,
    time::Duration,
};

use authlab_test_support::family;
use rustix::{
    process::Pid,
    thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity},
};
use serde::de::DeserializeOwned;
use tempfile::TempDir;

use super::{
    clock::Clock,
    contender::{Contender, Serves},
    held::Held,
    journey::{ACCOUNTS, ITEM_BYTES, Journey, log_in, register},
    peer::existing,
    serve::{AS_SERVER, Command},
    wire::{Answer, exchange},
};

/// A running contender. It stops when this value is dropped.
#[derive(Debug)]
pub struct Server {
    pub contender: &'static Contender,
    pub address: SocketAddr,
    child: Child,
    /// The child and its worker processes.
    processes: Vec<Pid>,
    clock: Clock,
    ask: ChildStdin,
    told: BufReader<ChildStdout>,
    /// The last account that logged in over HTTP.
    account: u32,
    folder: TempDir,
}

impl Server {
    /// Starts the contender with these additional settings.
    pub fn start(contender: &'static Contender, settings: &[String]) -> io::Result<Self> {
        // In memory if possible, because a busy disk once kept a database from opening in time.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
        let mut child = command(contender, folder.path())?
            .args(settings)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(if is_shipped(contender) { Stdio::piped() } else { Stdio::inherit() })
            .spawn()?;
        let ask = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut told = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let address = match child.stderr.take() {
            None => next_line(&mut told)?,
            Some(log) => address_in(BufReader::new(log))?,
        };
        let address = address.parse().map_err(|_| unexpected(contender, &address))?;
        let processes = family(Pid::from_child(&child));
        Ok(Self { contender, address, child, processes, clock: Clock::default(), ask, told, account: 0, folder })
    }

    /// The CPU time of the child's processes.
    pub fn cpu_time(&self) -> io::Result<Duration> {
        self.clock.read(&self.processes)
    }

    /// The same by the child's own clock, as a check. Reading it wakes a thread of the child.
    pub fn own_cpu_time(&mut self) -> io::Result<Duration> {
        self.command(&Command::Clock)
    }

    /// Makes `count` logins with items of these sizes, and returns `keep` of them.
    pub fn log_in(&mut self, count: u32, keep: u32, items: &[u32]) -> io::Result<Vec<Held>> {
        if !self.contender.asks() {
            return Ok(vec![Held::default()]);
        }
        if !self.contender.is_ours() {
            // Each login is of the next account, because some mechanisms have one token per account and a logout ends it for all.
            let accounts = self.account + 1..=self.account + keep;
            self.account += keep;
            return accounts.map(|account| self.log_in_over_http(account, items)).collect();
        }
        self.command(&Command::LogIn { count, keep, items: items.to_owned() })
    }

    /// Makes `count` logins, and returns a request for `GET /mine` of `keep` of them.
    pub fn reads(&mut self, count: u32, keep: u32) -> io::Result<Vec<String>> {
        let contender = self.contender;
        let held = self.log_in(count, keep, &[])?;
        Ok(held.iter().map(|held| Journey::Mine.request(contender, contender.carrier, held)).collect())
    }

    pub fn expired(&mut self, count: u32) -> io::Result<Vec<Held>> {
        self.command(&Command::Expired { count })
    }

    /// Makes the server send itself these requests.
    pub fn inside(&mut self, requests: Vec<String>, count: u32, in_flight: u32) -> io::Result<()> {
        self.command(&Command::Inside { requests, count, in_flight })
    }

    /// Logs in over HTTP, and writes an item if there are to be any.
    pub fn log_in_over_http(&self, account: u32, items: &[u32]) -> io::Result<Held> {
        let (account, mut held) = (account % ACCOUNTS, Held::default());
        if is_shipped(self.contender) {
            // 409: the account is registered already.
            self.exchange(&register(account), |status| ["201", "409"].contains(&status))?;
        }
        let succeeded = |status: &str| status.starts_with('2');
        held.hear(&self.exchange(&log_in(account), succeeded)?);
        if !items.is_empty() {
            assert_eq!(items, [ITEM_BYTES], "over HTTP only one item is written");
            let write = Journey::ItemWrite.request(self.contender, self.contender.carrier, &held);
            held.hear(&self.exchange(&write, succeeded)?);
        }
        Ok(held)
    }

    fn exchange(&self, request: &str, expected: impl Fn(&str) -> bool) -> io::Result<Answer> {
        let answer = exchange(self.address, request)?;
        if expected(answer.status()) { Ok(answer) } else { Err(unexpected(self.contender, &format!("{answer:?}"))) }
    }

    /// The private memory of the process, in bytes.
    pub fn memory(&self) -> io::Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let anonymous = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kibibytes = anonymous.and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok());
        kibibytes.map(|kibibytes| kibibytes * 1024).ok_or_else(|| unexpected(self.contender, &text))
    }

    /// The size of its files, in bytes.
    pub fn files(&self) -> io::Result<u64> {
        fs::read_dir(self.folder.path())?.map(|file| Ok(file?.metadata()?.len())).sum()
    }

    fn command<T: DeserializeOwned>(&mut self, command: &Command) -> io::Result<T> {
        serde_json::to_writer(&self.ask, command)?;
        writeln!(self.ask)?;
        let line = next_line(&mut self.told)?;
        let reply: Result<T, String> = serde_json::from_str(&line).unwrap_or(Err(line));
        reply.map_err(|why| unexpected(self.contender, &why))
    }
}

fn is_shipped(contender: &Contender) -> bool {
    matches!(contender.serves, Serves::Shipped(_))
}

fn next_line(told: &mut impl io::BufRead) -> io::Result<String> {
    let mut line = String::new();
    told.read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// The address that a service logs when it is ready. The rest of its log is read too, or the service would wait at a full pipe.
fn address_in(mut log: BufReader<ChildStderr>) -> io::Result<String> {
    loop {
        let line = next_line(&mut log)?;
        if line.is_empty() {
            return Err(io::Error::other("it did not start"));
        }
        if let Some((_, address)) = line.split_once("address=") {
            thread::spawn(move || io::copy(&mut log, &mut io::sink()));
            return Ok(address.to_owned());
        }
    }
}

/// The command for a peer, for a service's binary of this profile, or for this program as a server.
fn command(contender: &Contender, folder: &Path) -> io::Result<process::Command> {
    let here = env::current_exe()?;
    let mut command;
    match contender.serves {
        Serves::Peer { program, mode } => {
            command = program.command().map_err(io::Error::other)?;
            command.arg(mode);
        }
        Serves::Shipped(binary) => {
            let program = here.ancestors().nth(2).unwrap_or(&here).join(binary);
            command = existing(program, "cargo build --release --workspace").map_err(io::Error::other)?;
            command.env_clear().args(["--port", "0", "--data-dir"]).arg(folder).args(contender.flags);
        }
        _ => {
            command = process::Command::new(here);
            command.args([AS_SERVER, contender.name]).arg(folder);
        }
    }
    Ok(command)
}

fn unexpected(contender: &Contender, what: &str) -> io::Error {
    io::Error::other(format!("{}: {what}", contender.name))
}

/// Pins this process and all its later children to one processor, and returns the other processors.
///
/// On one processor, a request and its answer run one after the other. On two, the server is charged for waking the
/// client and for cold caches, which depend on other load. On the machine where this was written, that tripled the
/// spread, and turned two equal servers into a difference.
pub fn share_one_processor() -> io::Result<CpuSet> {
    let mut others = sched_getaffinity(None)?;
    // Uses the last processor, because the first usually serves interrupts.
    let last = (0..CpuSet::MAX_CPU).rfind(|cpu| others.is_set(*cpu)).unwrap_or_else(sched_getcpu);
    let mut one = CpuSet::new();
    one.set(last);
    sched_setaffinity(None, &one)?;
    others.unset(last);
    Ok(others)
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
