//! The settings that several instances share: a database, a session store, a key, and `REVOCATION`.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use authlab_secrets::Secret;
use authlab_service::settings::Settings;
use authlab_test_support::{Postgres, Redis};
use tempfile::TempDir;

use super::launch::Launch;

const IN_MEMORY: &str = "/dev/shm";
const KEY: &str = "a key of 32 bytes and more, for tests alone";
/// Enough for all processes of the matrix at once.
const MOST_CONNECTIONS: usize = 1_000;

/// A database that only one test uses.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    Sqlite(PathBuf),
    /// The URL of one database on the server.
    Postgres(String),
}

/// The setting `REVOCATION`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Feed,
    Read,
}

/// The setting `SESSION_STORE`.
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
    /// The setting `TOKEN_STORE`, if opaque tokens are in Redis.
    tokens: Option<String>,
    is_being_upgraded: bool,
}

/// A PostgreSQL server for several deployments, each with its own database.
pub(crate) struct Server(Postgres);

pub(crate) struct Store(Redis);

impl Server {
    /// Returns `None` and reports a skipped test if PostgreSQL is not installed.
    pub(crate) async fn start() -> Option<Self> {
        let mut server = Postgres::start().await?;
        server.ask(&format!("ALTER SYSTEM SET max_connections = {MOST_CONNECTIONS}")).unwrap();
        server.stop();
        server.start_again().await.unwrap();
        Some(Self(server))
    }

    /// The database on which [`ask`](Self::ask) runs statements.
    pub(crate) fn own_database(&self) -> Database {
        Database::Postgres(self.0.url())
    }

    pub(crate) fn ask(&self, statements: &str) -> String {
        self.0.ask(statements).unwrap()
    }

    /// Creates an empty database.
    pub(crate) fn database(&self) -> Database {
        let name = format!("endings_{}", authlab_secrets::random::hex::<4>());
        self.0.ask(&format!("CREATE DATABASE {name}")).unwrap();
        let url = self.0.url();
        let (server, _) = url.rsplit_once('/').expect("the URL ends with a database name");
        Database::Postgres(format!("{server}/{name}"))
    }
}

impl Store {
    /// Returns `None` and reports a skipped test if Redis is not installed.
    pub(crate) async fn start() -> Option<Self> {
        Redis::start().await.map(Self)
    }

    /// The URL of one of its databases.
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
    /// A database in a new file of this folder.
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
        Self { database, reach, sessions: Sessions::Sql, tokens: None, is_being_upgraded: false }
    }

    #[must_use]
    pub(crate) fn with_sessions(mut self, sessions: Sessions) -> Self {
        self.sessions = sessions;
        self
    }

    /// Keeps opaque tokens in the Redis at this URL, if any.
    #[must_use]
    pub(crate) fn with_opaque_tokens_in(mut self, redis: Option<String>) -> Self {
        self.tokens = redis;
        self
    }

    /// Uses the settings that operators set while instances of the former version still run.
    #[must_use]
    pub(crate) fn during_an_upgrade(mut self) -> Self {
        self.is_being_upgraded = true;
        self
    }

    /// The settings with which the test itself reads the database. Other data goes into this folder.
    pub(crate) fn settings(&self, folder: &Path) -> Settings {
        let mut settings = Settings::embedded(folder);
        settings.database_url = Some(self.database.url());
        settings.secret_key = Some(Secret::new(KEY));
        settings.revocation = authlab_endings::Reach::Read;
        settings
    }

    pub(crate) fn launch(&self, service: &'static str) -> Launch {
        self.on(Launch::of(service))
    }

    /// Adds the settings that the instances share.
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
            // The former version uses unprefixed key names; docs/operations.md says when to set this.
            "session-svc" if self.is_being_upgraded => {
                launch.with("SESSION_STORE", sessions).with("SESSION_PREFIX", "")
            }
            "session-svc" => launch.with("SESSION_STORE", sessions),
            // The lifetimes are longer than a test, since these tests are not about expiry.
            "token-svc" => launch
                .with("TOKEN_STORE", self.tokens.as_deref().unwrap_or("sql"))
                .with("ACCESS_TOKEN_LIFETIME", "3600")
                .with("REFRESH_GRACE", "60"),
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

/// A folder for database files, kept while a clone of the `Arc` exists.
pub(crate) fn folder() -> Arc<TempDir> {
    // The folder is in memory if possible. On a busy disk SQLite's writers wait longer than the services allow, and
    // endings stay undecided.
    let in_memory = Path::new(IN_MEMORY);
    let made = if in_memory.is_dir() { tempfile::tempdir_in(in_memory) } else { tempfile::tempdir() };
    Arc::new(made.unwrap())
}
