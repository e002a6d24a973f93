//! A PostgreSQL server of the test's own, in a temporary folder and on a free port.

use std::{
    net::TcpListener,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::requirement::missing;

pub(crate) struct Postgres {
    child: Child,
    port: u16,
    programs: PathBuf,
    folder: TempDir,
}

impl Postgres {
    /// `None`, with a word, where there is no PostgreSQL.
    pub(crate) async fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            missing("postgres");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        hand_to_postgres(folder.path());
        let initialised = as_postgres(&programs.join("initdb"))
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "--pgdata"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(initialised.status.success(), "{}", String::from_utf8_lossy(&initialised.stderr));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { child: spawn(&programs, folder.path(), port), port, programs, folder };
        server.ready().await;
        Some(server)
    }

    /// Stops the server at once; its clients lose their connections, and new ones are refused.
    pub(crate) fn stop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::QUIT);
        let _ = self.child.wait();
    }

    /// On the same port, with the same data.
    pub(crate) async fn start_again(&mut self) {
        self.child = spawn(&self.programs, self.folder.path(), self.port);
        self.ready().await;
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Freezes the server: connections stay open, and nothing answers.
    pub(crate) fn freeze(&self) {
        self.signal_all(Signal::STOP);
    }

    pub(crate) fn thaw(&self) {
        self.signal_all(Signal::CONT);
    }

    /// The server and the processes it has forked for its connections.
    fn signal_all(&self, signal: Signal) {
        let parent = Pid::from_child(&self.child);
        let children = Command::new("pgrep").args(["-P", &parent.to_string()]).output().unwrap();
        let children = String::from_utf8(children.stdout).unwrap();
        for child in children.split_whitespace().filter_map(|id| Pid::from_raw(id.parse().ok()?)) {
            let _ = kill_process(child, signal);
        }
        kill_process(parent, signal).unwrap();
    }

    async fn ready(&self) {
        for _ in 0..150 {
            let mut ask = Command::new(self.programs.join("pg_isready"));
            ask.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
            if ask.status().unwrap().success() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("PostgreSQL did not become ready within 15 s");
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

fn spawn(programs: &Path, folder: &Path, port: u16) -> Child {
    as_postgres(&programs.join("postgres"))
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-c", "fsync=off"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Where the server's programs are: where Debian puts them, or on the path.
fn programs() -> Option<PathBuf> {
    let debian =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|found| found.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian.chain(std::env::split_paths(&path)).find(|folder| folder.join("initdb").is_file())
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

fn hand_to_postgres(folder: &Path) {
    if is_root() {
        let id = |flag| {
            let output = Command::new("id").args([flag, "postgres"]).output().unwrap();
            String::from_utf8(output.stdout).unwrap().trim().parse::<u32>().unwrap()
        };
        chown(folder, Some(id("-u")), Some(id("-g"))).unwrap();
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    }
}
