//! A temporary PostgreSQL on a free port.
//!
//! * [`standby`]: a second server, and a switchover
//! * [`pgbouncer`]: a connection pooler in front of a server

mod pgbouncer;
mod standby;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

pub use self::pgbouncer::PgBouncer;
use super::{
    certificates::certify,
    family, free_port,
    process::until,
    programs::{as_postgres, done, hand_to_postgres, postgres_programs},
    requirement::or_missing,
};

/// A running server. It stops and its data is deleted when this value is dropped.
#[derive(Debug)]
pub struct Postgres {
    child: Child,
    port: u16,
    programs: PathBuf,
    folder: TempDir,
    /// Additional settings.
    settings: Vec<String>,
}

impl Postgres {
    /// `None` if PostgreSQL is not installed.
    pub async fn start() -> Option<Self> {
        or_missing("postgres", Self::try_start(|_| Ok(Vec::new())).await)
    }

    /// A server that accepts only connections with TLS. A temporary authority signs its certificate.
    pub async fn start_with_tls() -> Option<Self> {
        or_missing("postgres", Self::try_start(prepare_tls).await)
    }

    /// `prepare` may write files into the folder, and returns additional settings.
    async fn try_start(prepare: impl Fn(&Path) -> io::Result<Vec<String>>) -> io::Result<Option<Self>> {
        let Some(programs) = postgres_programs() else { return Ok(None) };
        let folder = initialised(&programs)?;
        let settings = prepare(folder.path())?;
        Self::run_in(folder, programs, settings).await.map(Some)
    }

    async fn run_in(folder: TempDir, programs: PathBuf, settings: Vec<String>) -> io::Result<Self> {
        let port = free_port()?;
        let child = spawn(&programs, folder.path(), port, &settings)?;
        let server = Self { child, port, programs, folder, settings };
        server.ready().await?;
        Ok(server)
    }

    /// The certificate of the authority that signed the server's certificate.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// Stops the server at once. Clients lose their connections, and new connections are refused.
    pub fn stop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::QUIT);
        let _ = self.child.wait();
    }

    /// Starts the server again, on the same port with the same data.
    pub async fn start_again(&mut self) -> io::Result<()> {
        self.child = spawn(&self.programs, self.folder.path(), self.port, &self.settings)?;
        self.ready().await
    }

    pub fn url(&self) -> String {
        self.url_as("postgres")
    }

    /// The URL for another role.
    pub fn url_as(&self, role: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/postgres", self.port)
    }

    /// The port on this machine.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Runs these statements and returns one line per row. `pg_stat_statements` counts them too.
    pub fn ask(&self, statements: &str) -> io::Result<String> {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
        done(psql.args(["--command", statements]).arg(self.url()))
    }

    /// Freezes the server: connections stay open, and no query is answered.
    pub fn freeze(&self) {
        self.signal_all(Signal::STOP);
    }

    pub fn thaw(&self) {
        self.signal_all(Signal::CONT);
    }

    /// The server and its processes for connections.
    pub fn processes(&self) -> Vec<Pid> {
        family(Pid::from_child(&self.child))
    }

    fn signal_all(&self, signal: Signal) {
        for process in self.processes().into_iter().rev() {
            let _ = kill_process(process, signal);
        }
    }

    async fn ready(&self) -> io::Result<()> {
        let mut ask = Command::new(self.programs.join("pg_isready"));
        ask.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
        until("PostgreSQL is ready", || Ok(ask.status()?.success().then_some(()))).await
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

/// A folder with an empty database.
fn initialised(programs: &Path) -> io::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    hand_to_postgres(folder.path())?;
    let mut initdb = as_postgres(&programs.join("initdb"));
    initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "--pgdata"]);
    done(initdb.arg(folder.path().join("data")))?;
    Ok(folder)
}

/// Makes a server in this folder accept only TLS. Its certificate is signed by a temporary authority.
fn prepare_tls(folder: &Path) -> io::Result<Vec<String>> {
    certify(folder)?;
    let file = |name: &str| folder.join(name);
    hand_to_postgres(&file("server.key"))?;
    fs::write(file("data/pg_hba.conf"), "local all all trust\nhostssl all all 127.0.0.0/8 trust\n")?;
    Ok(vec![
        // The certificate is valid for the first address only.
        "listen_addresses=127.0.0.1,127.0.0.2".to_owned(),
        "ssl=on".to_owned(),
        format!("ssl_cert_file={}", file("server.pem").display()),
        format!("ssl_key_file={}", file("server.key").display()),
    ])
}

fn spawn(programs: &Path, folder: &Path, port: u16, settings: &[String]) -> io::Result<Child> {
    as_postgres(&programs.join("postgres"))
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-c", "fsync=off"])
        .args(["-c", "shared_preload_libraries=pg_stat_statements"])
        .args(settings.iter().flat_map(|setting| ["-c", setting]))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}
