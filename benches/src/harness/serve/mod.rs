//! The child process: serves one contender, and executes the parent's commands.

pub mod bare;
mod control;
mod library;
mod null;

use std::{
    convert::identity,
    io::{self, Write as _},
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    thread,
};

use authlab_clock::Clock;
use authlab_server::draining::Draining;
use authlab_service::{
    self, Ground, Service, StartError,
    settings::{Settings, defaults, given},
};
use authlab_workers::Workers;
use axum::Router;
use clap::Args;
use tokio::runtime::Builder;

pub use self::control::Command;
use self::control::{Inmate, obey};
use super::{
    contender::{Contender, Serves},
    journey::ACCOUNTS,
};

/// The argument that makes this program a server. The contender's name, a folder for its data, and further settings
/// follow.
pub const AS_SERVER: &str = "--as-server";

/// Serves and never returns, if this process was started as a server.
pub fn serve_if_asked() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [flag, name, folder, settings @ ..] = arguments.as_slice() else { return };
    if flag != AS_SERVER {
        return;
    }
    let contender = Contender::named(name).expect("the parent knows the names");
    // One thread serves. With several, the scheduler's choices would affect every figure, and `bare` most.
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
    runtime.block_on(serve(contender, Path::new(folder), settings)).expect("the contender starts");
}

async fn serve(contender: &'static Contender, folder: &Path, settings: &[String]) -> Result<(), StartError> {
    let flags = contender.flags.iter().map(|flag| (*flag).to_owned()).chain(settings.iter().cloned()).collect();
    match contender.serves {
        Serves::Bare { more } => without_layers(folder, bare::bare(more)).await,
        Serves::Library { algorithm, key_per_call } => {
            without_layers(folder, library::router(algorithm, key_per_call)).await
        }
        Serves::Shipped(_) | Serves::Peer { .. } => unreachable!("it is a separate program"),
        Serves::Null => run::<null::NullSettings>(contender, folder, flags).await,
        Serves::Cookie => run::<cookie_svc::CookieSettings>(contender, folder, flags).await,
        Serves::Session => run::<session_svc::SessionSettings>(contender, folder, flags).await,
        Serves::Token => run::<token_svc::TokenSettings>(contender, folder, flags).await,
    }
}

/// A router in the services' serve loop, without their layers.
async fn without_layers(folder: &Path, router: Router) -> Result<(), StartError> {
    let listener = authlab_server::bind(any_port()).await?;
    listens(listener.local_addr()?)?;
    thread::spawn(|| obey(None));
    let limits = Settings { data_dir: folder.to_owned(), ..defaults(identity) }.limits;
    authlab_server::run(listener, router, (limits, Workers::here()), Draining::default(), std::future::pending()).await;
    Ok(())
}

/// The settings of a service, as on its command line.
#[derive(Debug, Args)]
struct All<S: Args> {
    #[command(flatten)]
    service: S,
    #[command(flatten)]
    settings: Settings,
}

/// The whole service without a log, because no subscriber is installed.
async fn run<S: Service>(contender: &'static Contender, folder: &Path, flags: Vec<String>) -> Result<(), StartError> {
    let All::<S> { service, settings } = given(&flags).expect("the flags are the service's own");
    let settings = Settings { data_dir: folder.to_owned(), ..settings };
    let ground = Ground::open(&settings, Clock::system()).await?;
    control::register(&ground, 0..ACCOUNTS).await;
    let past = service.mechanism(&control::long_ago(&ground)).await?;
    let started = authlab_service::start(&service, &settings, &ground, any_port()).await?;
    let inmate = Inmate::new(contender, started.address, started.mechanism.clone(), past, ground.clone());
    listens(started.address)?;
    thread::spawn(|| obey(Some(inmate)));
    let (_stopper, stop) = authlab_server::signal::stop();
    started.run(Workers::here(), stop).await;
    Ok(())
}

fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// Prints the address, which the parent reads as the first line.
fn listens(address: SocketAddr) -> io::Result<()> {
    writeln!(io::stdout(), "{address}")
}
