//! A running process of a service, and requests to it over kept-alive connections.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Child,
    sync::{Arc, Mutex},
    time::Duration,
};

use authlab_client::{Client, answer::Answer, request::Request, target::Target};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::time::sleep;

use super::wall_clock::clean_up_after;

/// How long a start may take on a busy machine.
const START_TIMEOUT: Duration = Duration::from_mins(1);
/// Another process can only be polled.
const RETRY_INTERVAL: Duration = Duration::from_millis(20);

/// The process is killed on drop.
#[derive(Debug)]
pub(crate) struct Instance {
    child: Child,
    pub(crate) target: Target,
    pub(crate) folder: Arc<TempDir>,
    log: PathBuf,
    connections: Mutex<Vec<Client>>,
}

impl Instance {
    /// Waits until the process logs the port on which it listens.
    pub(super) async fn ready(service: &str, mut child: Child, log: PathBuf, folder: Arc<TempDir>) -> Self {
        let mut waited = Duration::ZERO;
        let target = loop {
            if let Some(port) = announced_port(&log) {
                break Target::new(service, &format!("http://127.0.0.1:{port}")).unwrap();
            }
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "{service} did not start: {}", fs::read_to_string(&log).unwrap());
            assert!(waited < START_TIMEOUT, "{service} was not ready in time: {}", fs::read_to_string(&log).unwrap());
            sleep(RETRY_INTERVAL).await;
            waited += RETRY_INTERVAL;
        };
        Self { child, target, folder, log, connections: Mutex::default() }
    }

    /// Sends the request as it is: no stored cookies are added, and none of the answer are stored.
    pub(crate) async fn ask(&self, request: &Request) -> Answer {
        match self.try_to_ask(request).await {
            Ok(answer) => answer,
            Err(error) => panic!("{} gave no answer: {error:#}\n{}", self.target, self.last_log_lines()),
        }
    }

    pub(crate) async fn try_to_ask(&self, request: &Request) -> anyhow::Result<Answer> {
        let kept = self.connections.lock().unwrap().pop();
        let mut client = kept.unwrap_or_else(|| Client::new(self.target.clone(), "endings"));
        let answer = client.deliver(request).await?;
        self.connections.lock().unwrap().push(client);
        Ok(answer)
    }

    /// Suspends the process with SIGSTOP, like a frozen machine.
    pub(crate) fn pause(&self) {
        self.signal(Signal::STOP);
    }

    pub(crate) fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    /// Stops the process with SIGTERM and returns the folder with its data.
    pub(crate) async fn stop(mut self) -> Arc<TempDir> {
        self.signal(Signal::TERM);
        while self.child.try_wait().unwrap().is_none() {
            sleep(RETRY_INTERVAL).await;
        }
        Arc::clone(&self.folder)
    }

    /// The last lines of the process's log, for a failure message.
    pub(crate) fn last_log_lines(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        clean_up_after(self.child.id());
    }
}

fn announced_port(log: &Path) -> Option<u16> {
    let log = fs::read_to_string(log).unwrap_or_default();
    let ready = log.lines().find(|line| line.contains(" is ready"))?;
    let (_, port) = ready.split_once("127.0.0.1:")?;
    port.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}
