//! A PostgreSQL server of one's own, in a temporary folder and on a free port.

use std::{
    env, fs, io,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{family, free_port};

/// A running server; gone, with its data, when dropped.
#[derive(Debug)]
pub struct Postgres {
    child: Child,
    port: u16,
    programs: PathBuf,
    folder: TempDir,
}

impl Postgres {
    /// `None` where there is no PostgreSQL.
    pub async fn start() -> io::Result<Option<Self>> {
        let Some(programs) = programs() else { return Ok(None) };
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        hand_to_postgres(folder.path())?;
        let initialised = as_postgres(&programs.join("initdb"))
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "--pgdata"])
            .arg(&data)
            .output()?;
        if !initialised.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&initialised.stderr).into_owned()));
        }
        let port = free_port()?;
        let server = Self { child: spawn(&programs, folder.path(), port)?, port, programs, folder };
        server.ready().await?;
        Ok(Some(server))
    }

    /// Stops the server at once; its clients lose their connections, and new ones are refused.
    pub fn stop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::QUIT);
        let _ = self.child.wait();
    }

    /// On the same port, with the same data.
    pub async fn start_again(&mut self) -> io::Result<()> {
        self.child = spawn(&self.programs, self.folder.path(), self.port)?;
        self.ready().await
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// What these statements give back, a line a row; they are counted by `pg_stat_statements` like all others.
    pub fn ask(&self, statements: &str) -> io::Result<String> {
        let output = Command::new(self.programs.join("psql"))
            .args([
                "--no-psqlrc",
                "--quiet",
                "--tuples-only",
                "--no-align",
                "--set=ON_ERROR_STOP=1",
                "--command",
                statements,
            ])
            .arg(self.url())
            .output()?;
        if !output.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Freezes the server: connections stay open, and nothing answers.
    pub fn freeze(&self) {
        self.signal_all(Signal::STOP);
    }

    pub fn thaw(&self) {
        self.signal_all(Signal::CONT);
    }

    /// The server and the processes it has forked for its connections.
    pub fn processes(&self) -> Vec<Pid> {
        family(Pid::from_child(&self.child))
    }

    fn signal_all(&self, signal: Signal) {
        for process in self.processes().into_iter().rev() {
            let _ = kill_process(process, signal);
        }
    }

    async fn ready(&self) -> io::Result<()> {
        for _ in 0..150 {
            let mut ask = Command::new(self.programs.join("pg_isready"));
            ask.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
            if ask.status()?.success() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "PostgreSQL did not become ready within 15 s"))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.thaw();
            self.stop();
        }
    }
}

fn spawn(programs: &Path, folder: &Path, port: u16) -> io::Result<Child> {
    as_postgres(&programs.join("postgres"))
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-c", "fsync=off"])
        .args(["-c", "shared_preload_libraries=pg_stat_statements"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// Where the server's programs are: where Debian puts them, or on the path.
fn programs() -> Option<PathBuf> {
    let debian =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|found| found.path().join("bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    debian.chain(env::split_paths(&path)).find(|folder| folder.join("initdb").is_file())
}

fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

/// PostgreSQL refuses to run as root; Debian's package brings a user for it.
fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program).current_dir("/");
    command
}

fn hand_to_postgres(folder: &Path) -> io::Result<()> {
    if !is_root() {
        return Ok(());
    }
    let id = |flag| -> io::Result<u32> {
        let output = Command::new("id").args([flag, "postgres"]).output()?;
        let id = String::from_utf8_lossy(&output.stdout).trim().parse();
        id.map_err(|_| io::Error::other("root cannot run PostgreSQL, and there is no user `postgres` to do it"))
    };
    chown(folder, Some(id("-u")?), Some(id("-g")?))?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}
