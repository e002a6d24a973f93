//! The parent's side of a child that serves.

use std::{
    env, fs,
    io::{self, BufReader, Write as _},
    net::SocketAddr,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
use tempfile::TempDir;

use super::served::{AS_SERVER, Contender};

/// A running contender; ends when dropped.
#[derive(Debug)]
pub struct Server {
    pub contender: Contender,
    pub address: SocketAddr,
    child: Child,
    ask: ChildStdin,
    told: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl Server {
    pub fn start(contender: Contender) -> io::Result<Self> {
        // In memory where that can be had: a disk that others keep busy has kept a database from opening in time.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
        let mut child = Command::new(env::current_exe()?)
            .args([AS_SERVER, contender.name])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let ask = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut told = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let address = read(&mut told)?;
        Ok(Self { contender, address, child, ask, told, _folder: folder })
    }

    /// The CPU time that the child has used: all its threads, those that have ended too. It is the child that reads
    /// its clock, since no safe call reads another process's; waking the thread that does it costs some 10 µs of the very
    /// clock, once for each batch of requests and the same for every contender.
    pub fn cpu_time(&mut self) -> io::Result<Duration> {
        self.ask.write_all(b"\n")?;
        read(&mut self.told).map(Duration::from_nanos)
    }

    /// The same as the kernel's scheduler tells it, as a check; threads that have ended are missing.
    pub fn scheduled(&self) -> io::Result<Duration> {
        let mut sum = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let line = fs::read_to_string(task?.path().join("schedstat"))?;
            sum += line.split(' ').next().and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
        }
        Ok(Duration::from_nanos(sum))
    }
}

/// Puts this process and every child that it starts from now on onto one processor.
///
/// A request and its answer then hand the processor from one to the other. On two, the server would be charged for waking
/// the other one and for what each wake-up finds in the caches, and that depends on what else runs there: on the machine
/// this was written on it tripled the spread and turned an A/A pair into a difference.
pub fn share_one_processor() -> io::Result<()> {
    let allowed = sched_getaffinity(None)?;
    let mut one = CpuSet::new();
    // The last: interrupts tend to be served by the first.
    one.set((0..CpuSet::MAX_CPU).rfind(|cpu| allowed.is_set(*cpu)).unwrap_or_else(sched_getcpu));
    Ok(sched_setaffinity(None, &one)?)
}

fn read<T: std::str::FromStr>(told: &mut impl io::BufRead) -> io::Result<T> {
    let mut line = String::new();
    told.read_line(&mut line)?;
    line.trim().parse().map_err(|_| io::Error::new(io::ErrorKind::InvalidData, format!("the child said {line:?}")))
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
