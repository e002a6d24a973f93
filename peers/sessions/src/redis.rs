//! A temporary Redis, and its memory statistics.

use std::{
    fmt::Write as _,
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

/// A running server. It stops when this value is dropped.
pub struct Server {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Server {
    pub async fn start() -> io::Result<Self> {
        let (folder, port) = (tempfile::tempdir()?, TcpListener::bind("127.0.0.1:0")?.local_addr()?.port());
        let child = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .spawn()?;
        let server = Self { child, port, _folder: folder };
        while server.ask("PING").is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(server)
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub fn used_memory(&self) -> io::Result<u64> {
        let said = self.ask("INFO memory")?;
        let number = said.lines().find_map(|line| line.strip_prefix("used_memory:")?.parse().ok());
        number.ok_or_else(|| io::Error::other("Redis' INFO does not contain used_memory"))
    }

    pub fn keys(&self) -> io::Result<String> {
        Ok(self.ask("DBSIZE")?.trim_start_matches(':').lines().next().unwrap_or_default().to_owned())
    }

    /// The commands that Redis received during `work`, by its own count.
    pub async fn asked_by(&self, work: impl Future<Output = io::Result<()>>) -> io::Result<String> {
        self.ask("CONFIG RESETSTAT")?;
        work.await?;
        let said = self.ask("INFO commandstats")?;
        let mut commands = String::new();
        for line in said.lines().filter_map(|line| line.strip_prefix("cmdstat_")) {
            if let Some((name, calls)) = line.split_once(":calls=").filter(|(name, _)| !name.starts_with("config")) {
                let _ = write!(commands, "{} {name}  ", calls.split(',').next().unwrap_or_default());
            }
        }
        Ok(commands)
    }

    fn ask(&self, command: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(format!("{command}\r\nQUIT\r\n").as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The growth per session.
#[expect(clippy::cast_precision_loss, reason = "bytes of memory are far below 2^52")]
pub fn per(sessions: usize, before: u64, after: u64) -> f64 {
    (after as f64 - before as f64) / sessions as f64
}
