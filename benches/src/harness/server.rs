//! The parent's handle of a child that serves.

use std::{
    env,
    io::{self, BufRead as _, BufReader, Write as _},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Stdio},
    thread,
    time::Duration,
};

use authlab_test_support::family;
use rustix::{
    process::Pid,
    thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity},
};
use tempfile::TempDir;

use super::{
    clock::Clock,
    contender::{Contender, Serves},
    held::Held,
    journey::{ACCOUNTS, ITEM_BYTES, Journey, log_in, register},
    serve::{AS_SERVER, Command, Reply},
    wire::exchange,
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
        match self.command(&Command::Clock)? {
            Reply::Nanoseconds(nanoseconds) => Ok(Duration::from_nanos(nanoseconds)),
            other => Err(unexpected(self.contender, &format!("{other:?}"))),
        }
    }

    /// Makes `count` logins with items of these sizes, and returns `keep` of them.
    pub fn log_in(&mut self, count: u32, keep: u32, items: &[u32]) -> io::Result<Vec<Held>> {
        if !self.contender.asks() {
            return Ok(vec![Held::default()]);
        }
        if !self.contender.is_ours() {
            return (0..keep).map(|_| self.next_login_over_http(items)).collect();
        }
        self.logins(&Command::LogIn { count, keep, items: items.to_owned() })
    }

    pub fn expired(&mut self, count: u32) -> io::Result<Vec<Held>> {
        self.logins(&Command::Expired { count })
    }

    /// Makes the server send itself these requests.
    pub fn inside(&mut self, requests: Vec<String>, count: u32, in_flight: u32) -> io::Result<()> {
        self.command(&Command::Inside { requests, count, in_flight }).map(drop)
    }

    /// Uses the next account, because some mechanisms have one token per account and a logout ends it for all.
    fn next_login_over_http(&mut self, items: &[u32]) -> io::Result<Held> {
        self.account += 1;
        self.log_in_over_http(self.account, items)
    }

    /// Logs in over HTTP, and writes an item if there are to be any.
    pub fn log_in_over_http(&self, account: u32, items: &[u32]) -> io::Result<Held> {
        let mut held = Held::default();
        if is_shipped(self.contender) {
            self.register(account % ACCOUNTS)?;
        }
        self.tell(&log_in(account % ACCOUNTS), &mut held)?;
        if !items.is_empty() {
            assert_eq!(items, [ITEM_BYTES], "over HTTP only one item is written");
            let write = Journey::ItemWrite.request(self.contender, self.contender.carrier, &held);
            self.tell(&write, &mut held)?;
        }
        Ok(held)
    }

    /// Registers an account of a service, if it is not registered yet.
    fn register(&self, account: u32) -> io::Result<()> {
        let answer = exchange(self.address, &register(account))?;
        if ["201", "409"].contains(&answer.status()) {
            Ok(())
        } else {
            Err(unexpected(self.contender, &format!("{answer:?}")))
        }
    }

    fn tell(&self, request: &str, held: &mut Held) -> io::Result<()> {
        let answer = exchange(self.address, request)?;
        held.hear(&answer);
        if answer.status().starts_with('2') { Ok(()) } else { Err(unexpected(self.contender, &format!("{answer:?}"))) }
    }

    /// The private memory of the process, in bytes.
    pub fn memory(&self) -> io::Result<u64> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let anonymous = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kibibytes = anonymous.and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok());
        kibibytes.map(|kibibytes| kibibytes * 1024).ok_or_else(|| unexpected(self.contender, &text))
    }

    /// The size of its files, in bytes.
    pub fn files(&self) -> io::Result<u64> {
        let mut sum = 0;
        for file in std::fs::read_dir(self.folder.path())? {
            sum += file?.metadata()?.len();
        }
        Ok(sum)
    }

    fn logins(&mut self, command: &Command) -> io::Result<Vec<Held>> {
        match self.command(command)? {
            Reply::Logins(logins) => Ok(logins),
            other => Err(unexpected(self.contender, &format!("{other:?}"))),
        }
    }

    fn command(&mut self, command: &Command) -> io::Result<Reply> {
        serde_json::to_writer(&self.ask, command)?;
        writeln!(self.ask)?;
        let mut line = String::new();
        self.told.read_line(&mut line)?;
        match serde_json::from_str(&line) {
            Ok(Reply::Failed(why)) => Err(unexpected(self.contender, &why)),
            Ok(reply) => Ok(reply),
            Err(_) => Err(unexpected(self.contender, &line)),
        }
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

/// A service's binary, from the folder of this profile.
fn shipped(binary: &str, folder: &Path) -> io::Result<std::process::Command> {
    let here = env::current_exe()?;
    let program = here.ancestors().nth(2).unwrap_or(&here).join(binary);
    if !program.is_file() {
        let missing =
            format!("{} does not exist; build it with `cargo build --release --workspace`", program.display());
        return Err(io::Error::other(missing));
    }
    let mut command = std::process::Command::new(program);
    command.env_clear().args(["--port", "0", "--data-dir"]).arg(folder);
    Ok(command)
}

/// The command for this program as a server, for a service's binary, or for a peer.
fn command(contender: &Contender, folder: &Path) -> io::Result<std::process::Command> {
    if let Serves::Peer { program, mode } = contender.serves {
        let mut command = program.command().map_err(io::Error::other)?;
        command.arg(mode);
        return Ok(command);
    }
    if let Serves::Shipped(binary) = contender.serves {
        let mut command = shipped(binary, folder)?;
        command.args(contender.flags);
        return Ok(command);
    }
    let mut command = std::process::Command::new(env::current_exe()?);
    command.args([AS_SERVER, contender.name]).arg(folder);
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
