//! The lab's binary as a process on free ports.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::Duration,
};

use authlab_client::target::Target;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// A running lab; its process is killed on drop.
pub(crate) struct Authlab {
    child: Child,
    pub(crate) page: Target,
    pub(crate) services: Vec<Target>,
    pub(crate) folder: TempDir,
}

/// The lab's binary on free ports, without the environment of the test run.
pub(crate) fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lab"));
    command.env_clear().arg("--data-dir").arg(data);
    for port in ["LAB_PORT", "COOKIE_PORT", "SESSION_PORT", "TOKEN_PORT"] {
        command.env(port, "0");
    }
    command
}

/// Runs the lab until it exits, for starts that must fail.
pub(crate) fn run(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    command(folder.path()).args(arguments).output().unwrap()
}

/// The process, and the addresses of its page and its services.
fn launched(command: &mut Command) -> (Child, Target, Vec<Target>) {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the lab's binary runs");
    let mut announced = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut targets: Vec<Target> = Vec::new();
    while targets.len() < 4 {
        let line = announced.next().expect("the lab prints its addresses").unwrap();
        let mut words = line.split_whitespace();
        if let (Some(name), Some(url)) = (words.next(), words.next().filter(|word| word.starts_with("http://"))) {
            targets.push(Target::new(name, url).unwrap());
        }
    }
    let page = targets.remove(0);
    (child, page, targets)
}

impl Authlab {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (child, page, services) = launched(command(&folder.path().join("data")).args(arguments));
        Self { child, page, services, folder }
    }

    /// Kills the process with SIGKILL and starts it again with the same data, on other ports.
    pub(crate) fn kill_and_start_again(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        (self.child, self.page, self.services) = launched(&mut command(&self.folder.path().join("data")));
    }

    pub(crate) fn terminate(&self) {
        let id = Pid::from_child(&self.child);
        kill_process(id, Signal::TERM).unwrap();
    }

    /// The exit status, if the process ends within `limit`.
    pub(crate) fn ended_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        for _ in 0..limit.as_millis() / 20 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            // Another process can only be polled.
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }

    /// The peak memory of the process in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let mut status = String::new();
        std::fs::File::open(format!("/proc/{}/status", self.child.id())).unwrap().read_to_string(&mut status).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        1024 * line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    }
}

impl Drop for Authlab {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
