//! From the command line to a running service.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    process::ExitCode,
    thread,
};

use authlab_clock::Clock;
use authlab_database::Database;
use authlab_server::{healthcheck, signal};
use authlab_workers::{MAX_WORKERS, Workers, single_threaded};
use clap::{Args, Command, CommandFactory as _, FromArgMatches as _, Parser};
use tokio::runtime::Runtime;

use crate::{
    error::StartError,
    ground::Ground,
    log::LogSettings,
    service::{HEALTHCHECK, MIGRATE, Service},
    settings::{Settings, between},
    start::start,
};

#[derive(Debug, Parser)]
struct CommandLine<S: Args> {
    /// Address to listen on
    #[arg(long, env = "BIND", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "ADDRESS")]
    bind: IpAddr,
    /// Port to listen on
    #[arg(long, env = "PORT", value_name = "PORT")]
    port: Option<u16>,
    /// Threads that serve, each with one connection to Redis. The default is the number of processors
    #[arg(long, env = "WORKERS", value_name = "N", value_parser = between(1..=MAX_WORKERS))]
    workers: Option<usize>,
    #[command(flatten)]
    service: S,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    log: LogSettings,
}

/// The command line of a service with its settings, without its errands.
pub fn command<S: Service>() -> Command {
    let command = CommandLine::<S>::command().name(S::NAME).about(S::ABOUT).version(S::VERSION);
    command.mut_arg("port", |port| port.default_value(S::DEFAULT_PORT.to_string()))
}

/// The `main` of a service: 0 after a clean stop or an errand, 1 with one sentence on standard error if it cannot start.
pub fn main<S: Service>() -> ExitCode {
    // Settings may stand before the name of an errand or after it.
    let command = command::<S>().mut_args(|argument| argument.global(true)).subcommands(
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
    let runtime = single_threaded().expect("the system grants a poller");
    match run_to_end(runtime, run(&line, errand)) {
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
        let workers = Workers::start(line.workers.unwrap_or_else(processors)).map_err(StartError::Workers)?;
        started.run(workers, stop).await;
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

fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(MAX_WORKERS)
}

/// Runs a program to its end on many threads.
pub fn block_on<T>(program: impl Future<Output = T>) -> T {
    run_to_end(Runtime::new().expect("the system grants threads and a poller"), program)
}

/// A thread that still waits at the end, for a name that no server resolves or for a lock, is left behind.
fn run_to_end<T>(runtime: Runtime, program: impl Future<Output = T>) -> T {
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
