//! The lab's commands. Exit codes: 0 well, 1 the contract was breached, an attack succeeded that should not have, a drill lost
//! something, or something could not be started.

pub mod attack;
pub mod capacity;
mod compare;
mod conform;
mod drill;
mod endings;
mod healthcheck;
mod inspect;
mod page;
mod report;
mod secret;

use std::{io::{self, Write as _}, process::ExitCode};

use anyhow::Result;
use authlab_client::target::Target;
use authlab_fleet::{Fleet, for_the_lab};
use authlab_service::{block_on, usage, log::LogSettings};
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::everything::Everything;

/// cookie, session or token? Three services on one contract, compared.
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

/// Without a command, everything is started: the three services and the lab's page.
#[derive(Debug, Subcommand)]
enum Command {
    /// Play every attack of the matrix, and show which ones each mechanism blocks
    Attack(attack::Attack),
    /// Estimate CPU, memory and bandwidth for N users from the measurements, and name the first bottleneck
    Capacity(capacity::Capacity),
    /// Play the same journey against all three and show the answers side by side
    Compare(compare::Compare),
    /// Ask a service for every clause of the contract
    Conform(conform::Conform),
    /// Let people ask while a command does something to the servers, and count what failed and what was lost
    Drill(drill::Drill),
    /// Measure how soon all replicas of a service know that a login has ended at one of them
    Endings(endings::Endings),
    /// Say what a credential is, what anybody can read in it, and when it ends, without asking a service
    Inspect(inspect::Inspect),
    /// Serve the lab's page alone, for services that run elsewhere
    Page(page::Page),
    /// Write the comparison from the measurements: docs/comparison.md, one HTML page, charts, and a section of the README
    Report(report::Report),
    /// Make a file with a random secret, unless it is there
    Secret(secret::Secret),
    /// Ask the page that runs here whether it is well; exit code 1 if it is not
    Healthcheck(healthcheck::Healthcheck),
}

/// Against whom a command plays.
#[derive(Debug, Args)]
struct Targets {
    /// A service to play against, such as `mine=http://127.0.0.1:9000`; may be given several times. Without it, the three
    /// services are started for the occasion
    #[arg(long = "target", env = "LAB_TARGETS", value_delimiter = ',', value_name = "NAME=URL")]
    targets: Vec<Target>,
}

impl Targets {
    /// The targets, and the services that were started for them; these stop when they are dropped.
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
    match block_on(run(line)) {
        Ok(code) => code,
        Err(error) => authlab_service::failure("lab", &*error),
    }
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
        Some(Command::Healthcheck(healthcheck)) => healthcheck.run(),
    };
    telemetry.finish().await;
    code
}

/// Results go to standard output. Whoever reads them may have seen enough (`| head`); that is no failure.
fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Progress goes to standard error.
fn progress(text: &str) {
    let _ = writeln!(io::stderr(), "… {text}");
}

/// 0 if the contract held, 1 if not.
fn verdict(held: bool) -> ExitCode {
    ExitCode::from(u8::from(!held))
}
