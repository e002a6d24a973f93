//! The three services in one process: with the data of this folder, or temporarily on free ports.
//!
//! To add a mechanism, add a line to [`Mechanisms`] and to [`Services::start`]. The comparison, the conformance suite
//! and the page then include it.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
};

use anyhow::Result;
use authlab_client::target::Target;
use authlab_clock::Clock;
use authlab_secrets::Secret;
use authlab_server::signal::{Stop, Stopper, stop};
use authlab_service::{
    Ground, StartError, Started, command,
    settings::{Settings, defaults},
    start,
};
use authlab_workers::Workers;
use clap::{Args, Command};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// The settings of each mechanism.
#[derive(Clone, Debug, Args)]
pub struct Mechanisms {
    #[command(flatten)]
    pub cookie: cookie_svc::CookieSettings,
    #[command(flatten)]
    pub session: session_svc::SessionSettings,
    #[command(flatten)]
    pub token: token_svc::TokenSettings,
}

/// The command lines of the services, with all settings.
pub fn command_lines() -> [Command; 3] {
    [
        command::<cookie_svc::CookieSettings>(),
        command::<session_svc::SessionSettings>(),
        command::<token_svc::TokenSettings>(),
    ]
}

/// Services that hold their addresses and do not answer yet. Every step of the start that can fail has succeeded.
#[derive(Debug)]
pub struct Services(Vec<Started>);

impl Services {
    /// The addresses are in the order of the mechanisms.
    pub async fn start(
        mechanisms: &Mechanisms,
        settings: &Settings,
        [cookie, session, token]: [SocketAddr; 3],
    ) -> Result<Self, StartError> {
        let ground = Ground::open(settings, Clock::system()).await?;
        Ok(Self(vec![
            start(&mechanisms.cookie, settings, &ground, cookie).await?,
            start(&mechanisms.session, settings, &ground, session).await?,
            start(&mechanisms.token, settings, &ground, token).await?,
        ]))
    }

    pub fn targets(&self) -> Vec<Target> {
        self.0.iter().map(|service| Target::at(service.name, service.address)).collect()
    }

    /// Serves until told to stop, then finishes the requests in progress.
    pub async fn run(self, stop: &Stop) {
        let mut running = JoinSet::new();
        for service in self.0 {
            running.spawn(service.run(Workers::here(), stop.clone()));
        }
        running.join_all().await;
    }
}

/// The three services on free ports, with temporary data. They stop when this value is dropped.
#[derive(Debug)]
pub struct Fleet {
    targets: Vec<Target>,
    _stopper: Stopper,
    folder: TempDir,
}

impl Fleet {
    /// Starts with the defaults, and ignores the environment.
    pub async fn start() -> Result<Self> {
        Self::start_with(|_, _| {}).await
    }

    /// Starts with the defaults, after `change` has adjusted them.
    pub async fn start_with(change: impl FnOnce(&mut Settings, &mut Mechanisms)) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut settings = Settings::embedded(folder.path());
        let mut mechanisms = defaults(for_the_lab);
        change(&mut settings, &mut mechanisms);
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let services = Services::start(&mechanisms, &settings, [free; 3]).await?;
        let targets = services.targets();
        let (stopper, stop) = stop();
        tokio::spawn(async move { services.run(&stop).await });
        Ok(Self { targets, _stopper: stopper, folder })
    }

    pub fn targets(&self) -> Vec<Target> {
        self.targets.clone()
    }

    /// The key generated for the services, for attacks with a stolen key; `None` if the key was configured.
    pub fn secret_key(&self) -> Option<Secret> {
        let text = fs::read_to_string(self.folder.path().join("secret_key")).ok()?;
        Some(Secret::new(text.trim_end()))
    }
}

/// Enables tokens in the query, which production must not do, for the lab's comparison.
pub fn for_the_lab(command: Command) -> Command {
    command.mut_arg("token_query", |argument| argument.default_value("on"))
}
