//! A Redis server of one's own, in memory alone and on a free port.

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::free_port;

/// A running server; gone, with its data, when dropped.
#[derive(Debug)]
pub struct Redis {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Redis {
    /// `None` where there is no Redis. What it holds is lost at its end: nothing is written to the disk.
    pub async fn start() -> io::Result<Option<Self>> {
        let (folder, port) = (tempfile::tempdir()?, free_port()?);
        let child = match spawn(&folder, port) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            spawned => spawned?,
        };
        let server = Self { child, port, folder };
        server.ready().await?;
        Ok(Some(server))
    }

    /// Ends the server at once.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// On the same port, empty.
    pub async fn start_again(&mut self) -> io::Result<()> {
        self.child = spawn(&self.folder, self.port)?;
        self.ready().await
    }

    /// Freezes the server: connections stay open, and nothing answers.
    pub fn freeze(&self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::STOP);
    }

    pub fn thaw(&self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::CONT);
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    pub fn process(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// A section of what the server tells about itself, as `name:value` lines.
    pub fn info(&self, section: &str) -> io::Result<String> {
        self.ask(&format!("INFO {section}"))
    }

    /// One command of plain words, and its answer as it came.
    pub fn ask(&self, command: &str) -> io::Result<String> {
        let mut stream = self.told(&format!("{command}\r\nQUIT\r\n"))?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// One command of plain words, the rest of whose answer nobody waits for.
    pub fn tell(&self, command: &str) -> io::Result<()> {
        self.told(&format!("{command}\r\n")).and_then(|mut stream| stream.read_exact(&mut [0]))
    }

    fn told(&self, commands: &str) -> io::Result<TcpStream> {
        let mut stream = TcpStream::connect(self.address())?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(commands.as_bytes())?;
        Ok(stream)
    }

    async fn ready(&self) -> io::Result<()> {
        for _ in 0..100 {
            if self.ask("PING").is_ok_and(|answer| answer.starts_with("+PONG")) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "Redis did not answer within 5 s"))
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}

fn spawn(folder: &TempDir, port: u16) -> io::Result<Child> {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        .args(["--maxmemory-policy", "noeviction", "--dir"])
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}
