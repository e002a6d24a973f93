//! The lab's commands. Exit code 0 means success. Exit code 1 means that the contract was breached, an attack succeeded
//! that should be blocked, a drill lost something, or a start failed.

pub mod attack;
pub mod capacity;
mod compare;
mod conform;
mod drill;
mod inspect;
mod page;
mod report;
mod secret;
pub mod settings;

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context as _, Result};
use authlab_client::target::Target;
use authlab_fleet::{Fleet, for_the_lab};
use authlab_secrets::Secret;
use authlab_service::{block_on, log::LogSettings, usage};
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::everything::Everything;

/// Compare cookies, sessions and tokens: three services, one contract
#[derive(Debug, Parser)]
#[command(name = "lab", version, args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    everything: Everything,
    #[command(flatten)]
    log: LogSettings,
}

/// Without a command, `lab` starts the three services and the lab's page.
#[derive(Debug, Subcommand)]
enum Command {
    /// Run the attack matrix and show which attacks each mechanism blocks
    Attack(attack::Attack),
    /// Estimate CPU, memory and bandwidth for N users from the measurements, and name the first bottleneck
    Capacity(capacity::Capacity),
    /// Run the same requests against all three services and show the answers side by side
    Compare(compare::Compare),
    /// Check a service against every clause of the contract
    Conform(conform::Conform),
    /// Run simulated users while a command disrupts the servers; report failed requests and lost logins or writes
    Drill(drill::Drill),
    /// Measure how soon all replicas of a service refuse a login that ended at one of them
    Endings(drill::Endings),
    /// Decode a credential offline: its format, the content that anybody can read, and its expiry
    Inspect(inspect::Inspect),
    /// Serve only the lab's page, for services that run elsewhere
    Page(page::Page),
    /// Generate docs/comparison.md, docs/claims.md and the figures in README.md and docs/choose.md from the measurements
    Report(report::Report),
    /// Print every setting of the services as Markdown, as in docs/settings.md
    Settings,
    /// Create a file with a random secret, unless the file exists
    Secret(secret::Secret),
    /// Check the lab's page on this machine; exit with 1 if it is not healthy
    Healthcheck(page::Healthcheck),
}

/// The targets of a command.
#[derive(Debug, Args)]
struct Targets {
    /// Use this service, such as `mine=http://127.0.0.1:9000`; may be given several times. Without it, the three
    /// services are started on free ports
    #[arg(long = "target", env = "LAB_TARGETS", value_delimiter = ',', value_name = "NAME=URL")]
    targets: Vec<Target>,
}

impl Targets {
    /// The targets, and the services started for them. The services stop when they are dropped.
    async fn ready(self) -> Result<(Vec<Target>, Option<Fleet>)> {
        if self.targets.is_empty() {
            let fleet = Fleet::start().await?;
            Ok((fleet.targets(), Some(fleet)))
        } else {
            Ok((self.targets, None))
        }
    }
}

pub fn main() -> ExitCode {
    let command = for_the_lab(CommandLine::command()).mut_arg("filter", |filter| filter.default_value("warn"));
    let line = match command.try_get_matches().and_then(|matches| CommandLine::from_arg_matches(&matches)) {
        Ok(line) => line,
        Err(error) => return usage(&error),
    };
    block_on(run(line)).unwrap_or_else(|error| authlab_service::failure("lab", &*error))
}

async fn run(line: CommandLine) -> Result<ExitCode> {
    let telemetry = line.log.install("lab")?;
    let code = match line.command {
        None => Box::pin(line.everything.run()).await.map(|()| ExitCode::SUCCESS).map_err(Into::into),
        Some(Command::Attack(attack)) => attack.run().await,
        Some(Command::Capacity(capacity)) => capacity.run(),
        Some(Command::Compare(compare)) => compare.run().await,
        Some(Command::Conform(conform)) => conform.run().await,
        Some(Command::Drill(drill)) => drill.run().await,
        Some(Command::Endings(endings)) => endings.run().await,
        Some(Command::Inspect(inspect)) => inspect.run(),
        Some(Command::Page(page)) => page.run().await,
        Some(Command::Report(report)) => report.run(),
        Some(Command::Secret(secret)) => secret.run(),
        Some(Command::Settings) => Ok(settings::run()),
        Some(Command::Healthcheck(healthcheck)) => healthcheck.run(),
    };
    telemetry.finish().await;
    code
}

/// The key in this file.
fn key_in(file: &Path) -> Result<Secret> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read the key from file {}", file.display()))?;
    Ok(Secret::new(text.trim_end()))
}

/// Prints results to standard output. A reader that closes the pipe early (`| head`) is no failure.
fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Prints progress to standard error.
fn progress(text: &str) {
    let _ = writeln!(io::stderr(), "… {text}");
}

/// Exit code 0 if the contract held, otherwise 1.
fn verdict(held: bool) -> ExitCode {
    ExitCode::from(u8::from(!held))
}
