//! A Redis master, its replica, and three sentinels, which make the replica the master when the master is gone.

use std::{
    fs, io,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use super::{super::free_port, Redis};

const NAME: &str = "sessions";
/// How many must agree that the master is gone.
const QUORUM: usize = 2;

/// Running servers; gone, with their data, when dropped.
#[derive(Debug)]
pub struct Sentinels {
    pub master: Redis,
    pub replica: Redis,
    watchers: Vec<Sentinel>,
}

/// What the sentinels want to be shown, where they want something.
#[derive(Clone, Copy, Debug)]
struct Wanted<'a>(Option<&'a str>);

#[derive(Debug)]
struct Sentinel {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Sentinels {
    /// `None` where there is no Redis.
    pub async fn start() -> io::Result<Option<Self>> {
        Self::start_wanting(Wanted(None)).await
    }

    /// With sentinels that want this password; the master wants none.
    pub async fn start_with_password(password: &str) -> io::Result<Option<Self>> {
        Self::start_wanting(Wanted(Some(password))).await
    }

    async fn start_wanting(wanted: Wanted<'_>) -> io::Result<Option<Self>> {
        let Some(master) = Redis::start().await? else { return Ok(None) };
        let port = master.address().port().to_string();
        let replica = ["--replicaof", "127.0.0.1", &port, "--repl-diskless-sync-delay", "0"];
        let Some(replica) = Redis::start_as(&replica).await? else { return Ok(None) };
        replica.asked_until("INFO replication", |said| said.contains("master_link_status:up")).await?;
        let watchers = (0..3).map(|_| Sentinel::watching(&port, wanted)).collect::<io::Result<Vec<_>>>()?;
        let group = Self { master, replica, watchers };
        group.sees_itself(wanted).await?;
        Ok(Some(group))
    }

    pub fn url(&self) -> String {
        let sentinels: Vec<String> =
            self.watchers.iter().map(|watcher| format!("127.0.0.1:{}", watcher.port)).collect();
        format!("redis+sentinel://{}/{NAME}", sentinels.join(","))
    }

    /// What each sentinel answers.
    pub fn ask(&self, command: &str) -> io::Result<Vec<String>> {
        self.watchers.iter().map(|watcher| super::ask(watcher.port, command)).collect()
    }

    /// Waits until the replica has received all that the master was told.
    pub async fn are_in_step(&self) -> io::Result<()> {
        self.replica.has_all_of(&self.master).await
    }

    /// The replica has become the master.
    pub async fn have_failed_over(&self) -> io::Result<()> {
        self.replica.asked_until("ROLE", |said| said.contains("master")).await.map(drop)
    }

    /// The former master has become the replica.
    pub async fn agree(&self) -> io::Result<()> {
        self.master.asked_until("ROLE", |said| said.contains("slave") && said.contains("connected")).await.map(drop)
    }

    /// Each sentinel knows the replica and the two others.
    async fn sees_itself(&self, wanted: Wanted<'_>) -> io::Result<()> {
        let question = wanted.0.map_or_else(String::new, |password| format!("AUTH {password}\r\n")) + "INFO sentinel";
        for watcher in &self.watchers {
            let sees = |said: &str| said.contains("slaves=1,sentinels=3") && said.contains("status=ok");
            super::asked_until(watcher.port, &question, sees).await?;
        }
        Ok(())
    }
}

impl Sentinel {
    /// A sentinel writes down what it learns in the file of its settings.
    fn watching(master_port: &str, wanted: Wanted<'_>) -> io::Result<Self> {
        let (folder, port) = (tempfile::tempdir()?, free_port()?);
        let file = folder.path().join("sentinel.conf");
        let password = wanted.0.map_or_else(String::new, |password| format!("requirepass {password}\n"));
        let settings = format!(
            "port {port}\nbind 127.0.0.1\ndir {}\nsentinel monitor {NAME} 127.0.0.1 {master_port} {QUORUM}\n\
             sentinel down-after-milliseconds {NAME} 500\nsentinel failover-timeout {NAME} 3000\n{password}",
            folder.path().display()
        );
        fs::write(&file, settings)?;
        let mut command = Command::new("redis-server");
        let child = command.arg(&file).arg("--sentinel").stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(Self { child, port, _folder: folder })
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
