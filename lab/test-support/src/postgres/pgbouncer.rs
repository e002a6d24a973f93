//! A PgBouncer that may use another server connection for each transaction.

use std::{fs, io, net::TcpStream};

use tempfile::TempDir;

use super::{
    super::{
        free_port,
        process::{Process, until},
        programs::{as_postgres, hand_to_postgres, pgbouncer},
        requirement::or_missing,
    },
    Postgres,
};

/// The number of server connections, which is lower than the number of client connections.
const SERVER_CONNECTIONS: usize = 3;

/// A running pooler. It stops when this value is dropped.
#[derive(Debug)]
pub struct PgBouncer {
    port: u16,
    _process: Process,
    _folder: TempDir,
}

impl PgBouncer {
    /// A pooler in front of this server; `None` if PgBouncer is not installed.
    pub async fn start(server: &Postgres) -> Option<Self> {
        or_missing("pgbouncer", Self::try_start(server).await)
    }

    async fn try_start(server: &Postgres) -> io::Result<Option<Self>> {
        let Some(program) = pgbouncer() else { return Ok(None) };
        let folder = tempfile::tempdir()?;
        let port = free_port()?;
        let settings = folder.path().join("pgbouncer.ini");
        fs::write(&settings, ini(server.port, port))?;
        hand_to_postgres(&settings)?;
        hand_to_postgres(folder.path())?;
        let mut command = as_postgres(&program);
        let process = Process::spawn(command.arg("--quiet").arg(settings))?;
        let listens = || Ok(TcpStream::connect(("127.0.0.1", port)).ok());
        until("PgBouncer listens", listens).await?;
        Ok(Some(Self { port, _process: process, _folder: folder }))
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

fn ini(server: u16, port: u16) -> String {
    format!(
        "[databases]\n\
         postgres = host=127.0.0.1 port={server} user=postgres\n\
         [pgbouncer]\n\
         listen_addr = 127.0.0.1\n\
         listen_port = {port}\n\
         unix_socket_dir =\n\
         auth_type = any\n\
         pool_mode = transaction\n\
         default_pool_size = {SERVER_CONNECTIONS}\n\
         ignore_startup_parameters = extra_float_digits\n"
    )
}
