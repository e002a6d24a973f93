//! From a mechanism to a running service, and from the command line to that.

use std::{
    future::ready,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::{Args, Command, CommandFactory as _, FromArgMatches as _, Parser};
use tokio::{net::TcpListener, runtime::Runtime};

use crate::{
    accounts::Accounts,
    clock::Clock,
    cookie_attributes::SecureCookies,
    database::{Database, DatabaseError},
    deployment::Deployment,
    endings::{Endings, Reach, Scope},
    http::{App, Parts, layers::Site, metrics::Metrics, router::site},
    keys::Keys,
    mechanism::Mechanism,
    refusal::Unavailable,
    serve::{
        self, BindError, Limits,
        draining::Draining,
        forwarded::BehindProxies,
        healthcheck::{self, NotReady},
        signal::{self, Stop},
    },
    settings::{LogSettings, LoginsAtMost, Settings, SettingsError},
};

/// What a service crate brings: its settings, and how they become a mechanism.
pub trait Service: Args + Send + Sync + 'static {
    /// The name of the binary.
    const NAME: &'static str;
    /// What it is, in a sentence for `--help`.
    const ABOUT: &'static str;
    const DEFAULT_PORT: u16;
    const VERSION: &'static str;

    /// What the binary can do instead of serving, as sub-commands.
    /// Besides [`HEALTHCHECK`] and [`MIGRATE`], which all have.
    const ERRANDS: &'static [Errand] = &[];

    fn mechanism(&self, ground: &Ground) -> impl Future<Output = Result<Arc<dyn Mechanism>, StartError>> + Send;

    /// Makes the tables that the mechanism has besides those of the migrations, where they are missing.
    fn make_tables(&self, _: &Database) -> impl Future<Output = Result<(), StartError>> + Send {
        ready(Ok(()))
    }

    /// Does one of [`ERRANDS`](Self::ERRANDS), and says in a sentence what was done.
    fn run_errand(&self, name: &str, _: &Ground) -> impl Future<Output = Result<String, StartError>> + Send {
        ready(Err(StartError::Errand { name: name.to_owned(), problem: "there is no such command".to_owned() }))
    }
}

/// A sub-command.
#[derive(Clone, Copy, Debug)]
pub struct Errand {
    pub name: &'static str,
    pub about: &'static str,
}

/// For containers that hold nothing but the binary: a container's health is asked of the service in it.
pub const HEALTHCHECK: Errand = Errand {
    name: "healthcheck",
    about: "Ask the service that runs with these settings whether it is ready; exit code 1 if it is not",
};

/// For a database whose services may only read and write rows: this is run with a role that may create tables.
pub const MIGRATE: Errand = Errand {
    name: "migrate",
    about: "Bring the tables of the database up to date with a role that may create tables, for services whose role may not",
};

/// What every mechanism stands on.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The folder for what must survive a restart.
    pub data_dir: PathBuf,
    pub keys: Keys,
    pub database: Database,
    pub deployment: Deployment,
    pub clock: Clock,
    pub revocation: Reach,
    pub logins_at_most: LoginsAtMost,
    /// What `COOKIE_SECURE` says, for mechanisms that have attributes of their own to fit to it.
    pub cookie_secure: SecureCookies,
}

/// Why a service did not start. Each is one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error("{}: {}", .0, .0.source)]
    Unavailable(#[from] Unavailable),
    #[error(transparent)]
    Unhealthy(#[from] NotReady),
    #[error("signals cannot be listened to: {0}")]
    Signals(#[from] std::io::Error),
    #[error("{name}: {problem}")]
    Errand { name: String, problem: String },
    #[error("{setting}: {problem}")]
    Mechanism { setting: &'static str, problem: String },
}

impl Ground {
    /// Makes or reads the keys, opens and migrates the database, and reads whose it is.
    pub async fn open(settings: &Settings, clock: Clock) -> Result<Self, StartError> {
        settings.make_data_folder()?;
        let keys = settings.keys()?;
        let database = Database::open(&settings.database()?).await?;
        let deployment = Deployment::of(&database, &clock).await?;
        Ok(Self {
            data_dir: settings.data_dir.clone(),
            keys,
            database,
            deployment,
            clock,
            revocation: settings.revocation,
            logins_at_most: settings.logins_at_most,
            cookie_secure: settings.cookie_secure,
        })
    }

    /// What ends the logins of one mechanism, none of which lives longer than `lifetime`; see [`Endings::open`].
    pub async fn endings(&self, scope: Scope, lifetime: Duration) -> Result<Endings, Unavailable> {
        Endings::open(self.revocation, self.database.clone(), self.clock.clone(), scope, lifetime).await
    }
}

/// A service that holds its address but does not answer yet.
pub struct Started {
    pub name: &'static str,
    pub address: SocketAddr,
    /// The very one that it will ask.
    pub mechanism: Arc<dyn Mechanism>,
    listener: TcpListener,
    site: BehindProxies<Site>,
    limits: Limits,
    draining: Draining,
}

/// Everything that can fail, before anything is served.
pub async fn start<S: Service>(
    service: &S,
    settings: &Settings,
    ground: &Ground,
    address: SocketAddr,
) -> Result<Started, StartError> {
    let listener = serve::bind(address).await?;
    let address = listener.local_addr()?;
    let draining = Draining::default();
    let mechanism = service.mechanism(ground).await?;
    let accounts = Accounts::new(ground.database.clone(), ground.clock.clone(), &settings.policy());
    let site = site(App::new(Parts {
        metrics: Metrics::of(&*mechanism, &accounts, &ground.database),
        mechanism: Arc::clone(&mechanism),
        accounts,
        database: ground.database.clone(),
        clock: ground.clock.clone(),
        secure_cookies: settings.cookie_secure,
        former_cookie_scopes: settings.former_cookie_scopes.clone(),
        cross_site: settings.cross_site()?,
        draining: draining.clone(),
        version: S::VERSION,
    }));
    let site = BehindProxies::new(site, &settings.trusted_proxies);
    Ok(Started { name: S::NAME, address, mechanism, listener, site, limits: settings.limits.clone(), draining })
}

impl std::fmt::Debug for Started {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Started")
            .field("name", &self.name)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Started {
    /// Serves until told to stop and everything under way has been answered.
    pub async fn run(self, stop: Stop) {
        tracing::info!(address = %self.address, "{} is ready", self.name);
        serve::run(self.listener, self.site, self.limits, self.draining, stop.told()).await;
        tracing::info!("{} has stopped", self.name);
    }
}

#[derive(Debug, Parser)]
struct CommandLine<S: Args> {
    /// Address to listen on
    #[arg(long, env = "BIND", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "ADDRESS")]
    bind: IpAddr,
    /// Port to listen on
    #[arg(long, env = "PORT", value_name = "PORT")]
    port: Option<u16>,
    #[command(flatten)]
    service: S,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    log: LogSettings,
}

/// The `main` of a service: 0 after a clean stop or an errand, 1 with one sentence on standard error if it cannot start.
pub fn main<S: Service>() -> ExitCode {
    let command = CommandLine::<S>::command().name(S::NAME).about(S::ABOUT).version(S::VERSION);
    let command = command.mut_arg("port", |port| port.default_value(S::DEFAULT_PORT.to_string()));
    // Settings may stand before the name of an errand or after it.
    let command = command.mut_args(|argument| argument.global(true)).subcommands(
        S::ERRANDS.iter().chain([&HEALTHCHECK, &MIGRATE]).map(|errand| Command::new(errand.name).about(errand.about)),
    );
    let matches = match command.try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return usage(&error),
    };
    let (errand, matches) = match matches.subcommand() {
        Some((name, matches)) => (Some(name), matches),
        None => (None, &matches),
    };
    let line = match CommandLine::<S>::from_arg_matches(matches) {
        Ok(line) => line,
        Err(error) => return usage(&error),
    };
    match block_on(run(&line, errand)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure(S::NAME, &error),
    }
}

async fn run<S: Service>(line: &CommandLine<S>, errand: Option<&str>) -> Result<(), StartError> {
    let telemetry = line.log.install(S::NAME)?;
    let address = SocketAddr::new(line.bind, line.port.unwrap_or(S::DEFAULT_PORT));
    if errand == Some(HEALTHCHECK.name) {
        healthcheck::ready(address)?;
        return Ok(());
    }
    let stop = signal::on_signals()?;
    if let Some(errand) = errand {
        if let Some(said) = stop.clone().unless_told(run_errand(line, errand)).await.transpose()? {
            say(&said);
        }
        return Ok(());
    }
    let starts = async {
        let ground = Ground::open(&line.settings, Clock::system()).await?;
        start(&line.service, &line.settings, &ground, address).await
    };
    if let Some(started) = stop.clone().unless_told(starts).await.transpose()? {
        started.run(stop).await;
    }
    telemetry.finish().await;
    Ok(())
}

async fn run_errand<S: Service>(line: &CommandLine<S>, errand: &str) -> Result<String, StartError> {
    if errand == MIGRATE.name {
        let database = Database::open(&line.settings.database()?).await?;
        line.service.make_tables(&database).await?;
        return Ok("the tables of the database are up to date".to_owned());
    }
    let ground = Ground::open(&line.settings, Clock::system()).await?;
    line.service.run_errand(errand, &ground).await
}

/// Runs a program to its end. A thread that still waits then, for a name that no server resolves or for a lock, is left behind.
pub fn block_on<T>(program: impl Future<Output = T>) -> T {
    let runtime = Runtime::new().expect("the system grants threads and a poller");
    let end = runtime.block_on(program);
    runtime.shutdown_background();
    end
}

#[expect(clippy::print_stdout, reason = "this is what the person at the terminal asked for")]
fn say(sentence: &str) {
    println!("{sentence}");
}

/// Prints help or what is wrong with the command line; only the latter is a failure.
pub fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    ExitCode::from(u8::from(error.use_stderr()))
}

/// One sentence on standard error, and exit code 1.
#[expect(clippy::print_stderr, reason = "the log may not be installed yet, and this is for a person")]
pub fn failure(name: &str, error: &dyn std::error::Error) -> ExitCode {
    eprintln!("{name}: {error}");
    ExitCode::FAILURE
}
