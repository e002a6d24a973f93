//! The three services and the lab's page in one process, with their data in one folder.

use std::{
    io::{self, Write as _},
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use authlab_client::target::Target;
use authlab_fleet::{Mechanisms, Services};
use authlab_server::{self, draining::Draining, signal};
use authlab_service::{StartError, settings::Settings};
use authlab_workers::Workers;
use clap::Args;

use crate::page;

/// The settings of the services and the page together.
#[derive(Clone, Debug, Args)]
pub struct Everything {
    #[command(flatten)]
    place: Place,
    /// Serve cookie-svc on this port
    #[arg(long, env = "COOKIE_PORT", default_value_t = 8001, value_name = "PORT")]
    cookie_port: u16,
    /// Serve session-svc on this port
    #[arg(long, env = "SESSION_PORT", default_value_t = 8002, value_name = "PORT")]
    session_port: u16,
    /// Serve token-svc on this port
    #[arg(long, env = "TOKEN_PORT", default_value_t = 8003, value_name = "PORT")]
    token_port: u16,
    #[command(flatten)]
    mechanisms: Mechanisms,
    #[command(flatten)]
    settings: Settings,
}

/// The address of the page.
#[derive(Clone, Copy, Debug, Args)]
pub struct Place {
    /// Listen on this address
    #[arg(long, env = "BIND", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "ADDRESS")]
    bind: IpAddr,
    /// Serve the lab's page on this port
    #[arg(long, env = "LAB_PORT", default_value_t = 8000, value_name = "PORT")]
    lab_port: u16,
}

impl Place {
    pub fn address(self) -> SocketAddr {
        SocketAddr::new(self.bind, self.lab_port)
    }
}

impl Everything {
    /// Runs until a signal. Answers no request until everything that can fail at the start has succeeded.
    pub async fn run(self) -> Result<(), StartError> {
        let stop = signal::on_signals()?;
        let ports = [self.cookie_port, self.session_port, self.token_port];
        let addresses = ports.map(|port| SocketAddr::new(self.place.bind, port));
        let page_listener = authlab_server::bind(self.place.address()).await?;
        let page_address = page_listener.local_addr()?;
        let starts = Services::start(&self.mechanisms, &self.settings, addresses);
        let Some(services) = stop.clone().unless_told(starts).await.transpose()? else { return Ok(()) };
        let targets = services.targets();
        announce(page_address, &targets, &self.settings);
        let page = page::router(targets);
        let limits = self.settings.limits.clone();
        tokio::join!(
            services.run(&stop),
            authlab_server::run(
                page_listener,
                page,
                (limits, Workers::here()),
                Draining::default(),
                stop.clone().told()
            ),
        );
        Ok(())
    }
}

/// Ignores a closed pipe (`| head`), because the services keep running.
fn announce(page: SocketAddr, targets: &[Target], settings: &Settings) {
    let lab = line("lab", &format!("http://{page}"), "all three services side by side, step by step");
    let services = targets.iter().map(|target| line(&target.name, &target.url(), "try /login, /docs, /about"));
    let text = format!(
        "authlab is running; Ctrl-C stops it.\n\n{lab}{}\nThe data is in {}. In another terminal:\n\n\
         \x20 cargo run --release -- compare   run one journey against all three, side by side\n\
         \x20 cargo run --release -- conform   check all three against every clause of the contract\n",
        services.collect::<String>(),
        std::path::absolute(&settings.data_dir).unwrap_or_else(|_| settings.data_dir.clone()).display(),
    );
    let _ = io::stdout().write_all(text.as_bytes());
}

fn line(name: &str, url: &str, what: &str) -> String {
    format!("  {name:<12} {url}   {what}\n")
}
