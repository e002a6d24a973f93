//! What instances have in common: a database, a store of sessions, a key, and how far endings reach.

use std::{fmt, path::{Path, PathBuf}, sync::Arc};

use authlab_test_support::{Postgres, Redis};
use tempfile::TempDir;

use super::launch::Launch;

const IN_MEMORY: &str = "/dev/shm";
const KEY: &str = "a key of 32 bytes and more, for tests alone";
/// Enough for all processes of all fields at once; a connection that is not used costs nothing.
const MOST_CONNECTIONS: usize = 1_000;

/// A database of the test's own.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    Sqlite(PathBuf),
    /// The address of one database of the server.
    Postgres(String),
}

/// What `REVOCATION` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Feed,
    Read,
}

/// Where session-svc keeps its sessions.
#[derive(Clone, Debug)]
pub(crate) enum Sessions {
    Memory,
    Sql,
    Redis(String),
}

#[derive(Clone, Debug)]
pub(crate) struct Deployment {
    pub(crate) database: Database,
    pub(crate) reach: Reach,
    pub(crate) sessions: Sessions,
    is_being_upgraded: bool,
}

/// A PostgreSQL server for several deployments, a database for each.
pub(crate) struct Server(Postgres);

/// A Redis server for several deployments.
pub(crate) struct Store(Redis);

impl Server {
    /// `None`, with a word, where there is no PostgreSQL.
    pub(crate) async fn start() -> Option<Self> {
        let mut server = Postgres::start().await?;
        server.ask(&format!("ALTER SYSTEM SET max_connections = {MOST_CONNECTIONS}")).unwrap();
        server.stop();
        server.start_again().await.unwrap();
        Some(Self(server))
    }

    /// The database that [`ask`](Self::ask) asks.
    pub(crate) fn own_database(&self) -> Database {
        Database::Postgres(self.0.url())
    }

    pub(crate) fn ask(&self, statements: &str) -> String {
        self.0.ask(statements).unwrap()
    }

    /// A new and empty database.
    pub(crate) fn database(&self) -> Database {
        let name = format!("endings_{}", authlab_secrets::random::hex::<4>());
        self.0.ask(&format!("CREATE DATABASE {name}")).unwrap();
        let url = self.0.url();
        let (server, _) = url.rsplit_once('/').expect("it ends with the name of a database");
        Database::Postgres(format!("{server}/{name}"))
    }
}

impl Store {
    /// `None`, with a word, where there is no Redis.
    pub(crate) async fn start() -> Option<Self> {
        Redis::start().await.map(Self)
    }

    /// The address of one of its databases.
    pub(crate) fn url(&self, number: usize) -> String {
        format!("{}{number}", self.0.url())
    }
}

impl Reach {
    fn name(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Read => "read",
        }
    }
}

impl Database {
    /// One in a file of this folder.
    pub(crate) fn sqlite(folder: &TempDir) -> Self {
        Self::Sqlite(folder.path().join(format!("{}.sqlite3", authlab_secrets::random::hex::<4>())))
    }

    fn url(&self) -> String {
        match self {
            Self::Sqlite(file) => format!("sqlite:{}", file.display()),
            Self::Postgres(url) => url.clone(),
        }
    }
}

impl Deployment {
    pub(crate) fn new(database: Database, reach: Reach) -> Self {
        Self { database, reach, sessions: Sessions::Sql, is_being_upgraded: false }
    }

    #[must_use]
    pub(crate) fn with_sessions(mut self, sessions: Sessions) -> Self {
        self.sessions = sessions;
        self
    }

    /// With the settings that the instances have while old ones run beside them.
    #[must_use]
    pub(crate) fn during_an_upgrade(mut self) -> Self {
        self.is_being_upgraded = true;
        self
    }

    /// How an instance of this service is started here.
    pub(crate) fn launch(&self, service: &'static str) -> Launch {
        self.on(Launch::of(service))
    }

    /// These settings and those that the instances have in common.
    pub(crate) fn on(&self, launch: Launch) -> Launch {
        let sessions = match &self.sessions {
            Sessions::Memory => "memory",
            Sessions::Sql => "sql",
            Sessions::Redis(url) => url,
        };
        let launch = launch
            .with("DATABASE_URL", self.database.url())
            .with("SECRET_KEY", KEY)
            .with("REVOCATION", self.reach.name());
        match launch.service {
            // An instance of the former version knows no other names; docs/operations.md says when this is set.
            "session-svc" if self.is_being_upgraded => {
                launch.with("SESSION_STORE", sessions).with("SESSION_PREFIX", "")
            }
            "session-svc" => launch.with("SESSION_STORE", sessions),
            // Long enough for the whole of a test: how long tokens live is not the question here.
            "token-svc" => launch.with("ACCESS_TOKEN_LIFETIME", "3600").with("REFRESH_GRACE", "60"),
            _ => launch,
        }
    }
}

impl fmt::Display for Deployment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = match self.database {
            Database::Sqlite(_) => "SQLite",
            Database::Postgres(_) => "PostgreSQL",
        };
        write!(formatter, "{database}, {}", self.reach.name())
    }
}

/// A folder for databases in files, shared by those who need it to stay.
pub(crate) fn folder() -> Arc<TempDir> {
    // In memory where there is such a folder: on a disk that others keep busy, SQLite's writers wait for one another longer than the
    // services let them, and no ending is decided.
    let in_memory = Path::new(IN_MEMORY);
    let made = if in_memory.is_dir() { tempfile::tempdir_in(in_memory) } else { tempfile::tempdir() };
    Arc::new(made.unwrap())
}
