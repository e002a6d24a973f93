//! The services' binaries as processes on free ports, with their output in a file.

use std::{
    fs::{self, File},
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::Duration,
};

use authlab_client::target::Target;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) use super::binaries::NAMES;
use super::binaries::binary;

/// The binary on a free port, with its data in this folder and without the environment of the test run.
pub(crate) fn command(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(binary(name));
    command.env_clear().env("LOG_FORMAT", "json").env("DATA_DIR", folder.join("data")).args(["--port", "0"]);
    command.stdin(Stdio::null());
    command
}

/// A running service that logs JSON; its process is killed on drop.
pub(crate) struct Service {
    child: Child,
    pub(crate) target: Target,
    pub(crate) folder: TempDir,
}

impl Service {
    /// Starts the service with these arguments and waits until it is ready.
    pub(crate) fn start(name: &str, arguments: &[&str]) -> Self {
        Self::start_in(&[], name, arguments)
    }

    /// As [`start`](Self::start), with password hashes that cost almost nothing: for tests with many logins.
    pub(crate) fn with_cheap_passwords(name: &str, arguments: &[&str]) -> Self {
        Self::start_in(&[("AUTHLAB_CHEAP_PASSWORD_HASH", "1")], name, arguments)
    }

    fn start_in(environment: &[(&str, &str)], name: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let said = File::create(folder.path().join("said")).unwrap();
        let mut command = command(name, folder.path());
        command.envs(environment.iter().copied()).args(arguments).stdout(said.try_clone().unwrap()).stderr(said);
        let child = command.spawn().expect("the service's binary runs");
        let mut service = Self { child, target: Target::new(name, "http://127.0.0.1:1").unwrap(), folder };
        let address = service.announced();
        service.target = Target::new(name, &format!("http://{address}")).unwrap();
        service
    }

    /// Runs a start that must fail. Returns its only line on stderr that is no log line.
    pub(crate) fn refused(name: &str, arguments: &[&str]) -> String {
        let output = Self::errand(name, arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        let lines: Vec<&str> = said.lines().filter(|line| !line.starts_with('{')).collect();
        assert_eq!(lines.len(), 1, "{said}");
        lines[0].to_owned()
    }

    /// Runs the program until it exits.
    pub(crate) fn errand(name: &str, arguments: &[&str]) -> Output {
        let folder = tempfile::tempdir().unwrap();
        command(name, folder.path()).args(arguments).output().unwrap()
    }

    /// The output so far, of stdout and stderr.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("said")).unwrap()
    }

    /// The output so far as JSON objects, one per line.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let parsed = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.said().lines().map(parsed).collect()
    }

    /// Stops the service with SIGTERM. Returns its whole output.
    pub(crate) fn stopped(mut self) -> String {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success(), "{}", self.said());
        self.said()
    }

    fn announced(&mut self) -> String {
        for _ in 0..1_000 {
            let said = self.said();
            let ready = said.lines().find(|line| line.contains(" is ready"));
            if let Some((_, port)) = ready.and_then(|line| line.split_once("127.0.0.1:")) {
                let port: String = port.chars().take_while(char::is_ascii_digit).collect();
                return format!("127.0.0.1:{port}");
            }
            assert!(self.child.try_wait().unwrap().is_none(), "the service did not start: {said}");
            // Another process can only be polled.
            sleep(Duration::from_millis(20));
        }
        panic!("the service was not ready within 20 seconds: {}", self.said());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
