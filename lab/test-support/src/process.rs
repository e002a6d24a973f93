//! A process that is stopped when it is dropped, and waiting until it is ready.

use std::{
    io,
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    /// Starts the program. Nobody reads what it writes.
    pub(crate) fn spawn(command: &mut Command) -> io::Result<Self> {
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(Self)
    }

    pub(crate) fn id(&self) -> Pid {
        Pid::from_child(&self.0)
    }

    /// Kills the process, unless it has ended.
    pub(crate) fn stop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let _ = kill_process(self.id(), signal);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Repeats the question until it has an answer, for at most 15 s.
pub(crate) async fn until<T>(what: &str, mut asked: impl FnMut() -> io::Result<Option<T>>) -> io::Result<T> {
    for _ in 0..300 {
        if let Some(answer) = asked()? {
            return Ok(answer);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, format!("waited 15 s in vain until {what}")))
}
