//! A Redis master, its replica, and three sentinels that promote the replica if the master stops.

use std::{fs, io, process::Command};

use tempfile::TempDir;

use super::{
    super::{free_port, process::Process, requirement::or_missing},
    Redis,
};

const NAME: &str = "sessions";
/// The number of sentinels that must agree that the master has stopped.
const QUORUM: usize = 2;

/// Running servers. They stop and their data is deleted when this value is dropped.
#[derive(Debug)]
pub struct Sentinels {
    pub master: Redis,
    pub replica: Redis,
    watchers: Vec<Sentinel>,
}

#[derive(Debug)]
struct Sentinel {
    port: u16,
    _process: Process,
    _folder: TempDir,
}

impl Sentinels {
    /// `None` if Redis is not installed.
    pub async fn start() -> Option<Self> {
        or_missing("redis", Self::try_start(None).await)
    }

    /// Sentinels that require this password; the master requires none.
    pub async fn start_with_password(password: &str) -> Option<Self> {
        or_missing("redis", Self::try_start(Some(password)).await)
    }

    async fn try_start(password: Option<&str>) -> io::Result<Option<Self>> {
        let Some(master) = Redis::try_start_with(&[]).await? else { return Ok(None) };
        let port = master.address().port().to_string();
        let replica = ["--replicaof", "127.0.0.1", &port, "--repl-diskless-sync-delay", "0"];
        let Some(replica) = Redis::try_start_with(&replica).await? else { return Ok(None) };
        replica.asked_until("INFO replication", |said| said.contains("master_link_status:up")).await?;
        let watchers = (0..3).map(|_| Sentinel::start(&port, password)).collect::<io::Result<Vec<_>>>()?;
        let group = Self { master, replica, watchers };
        group.is_complete(password).await?;
        Ok(Some(group))
    }

    pub fn url(&self) -> String {
        let sentinels: Vec<String> =
            self.watchers.iter().map(|watcher| format!("127.0.0.1:{}", watcher.port)).collect();
        format!("redis+sentinel://{}/{NAME}", sentinels.join(","))
    }

    /// Each sentinel's answer to this command.
    pub fn ask(&self, command: &str) -> io::Result<Vec<String>> {
        self.watchers.iter().map(|watcher| super::ask(watcher.port, command)).collect()
    }

    /// Waits until the replica has received all writes of the master.
    pub async fn in_step(&self) -> io::Result<()> {
        self.replica.has_all_of(&self.master).await
    }

    /// Waits until the replica has become the master.
    pub async fn failed_over(&self) -> io::Result<()> {
        self.replica.asked_until("ROLE", |said| said.contains("master")).await.map(drop)
    }

    /// Waits until the former master is the replica.
    pub async fn agree(&self) -> io::Result<()> {
        self.master.asked_until("ROLE", |said| said.contains("slave") && said.contains("connected")).await.map(drop)
    }

    /// Waits until each sentinel knows the replica and the two other sentinels.
    async fn is_complete(&self, password: Option<&str>) -> io::Result<()> {
        let question = password.map_or_else(String::new, |password| format!("AUTH {password}\r\n")) + "INFO sentinel";
        for watcher in &self.watchers {
            let sees = |said: &str| said.contains("slaves=1,sentinels=3") && said.contains("status=ok");
            super::asked_until(watcher.port, &question, sees).await?;
        }
        Ok(())
    }
}

impl Sentinel {
    /// Starts a sentinel. It writes its state into its settings file.
    fn start(master_port: &str, password: Option<&str>) -> io::Result<Self> {
        let (folder, port) = (tempfile::tempdir()?, free_port()?);
        let file = folder.path().join("sentinel.conf");
        let password = password.map_or_else(String::new, |password| format!("requirepass {password}\n"));
        let settings = format!(
            "port {port}\nbind 127.0.0.1\ndir {}\nsentinel monitor {NAME} 127.0.0.1 {master_port} {QUORUM}\n\
             sentinel down-after-milliseconds {NAME} 500\nsentinel failover-timeout {NAME} 3000\n{password}",
            folder.path().display()
        );
        fs::write(&file, settings)?;
        let mut command = Command::new("redis-server");
        let process = Process::spawn(command.arg(&file).arg("--sentinel"))?;
        Ok(Self { port, _process: process, _folder: folder })
    }
}
