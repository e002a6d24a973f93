//! Who contends, and the child process that serves one of them.

use std::{
    io::{self, BufRead as _, Write as _},
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process, thread,
    time::Duration,
};

use axum::Router;
use shared::{
    clock::Clock,
    http::Draining,
    revocation::Reach,
    serve,
    service::{self, Ground, Service, StartError},
    settings::{Settings, defaults},
};
use token_svc::{Algorithm, TokenSettings};
use tokio::runtime::Builder;

use super::{
    null::{NullSettings, bare},
    peer::peer,
};
use crate::cpu_time;

/// The argument that makes this program a server, before the contender's name and a folder for its data.
pub const AS_SERVER: &str = "--as-server";
/// What `bare + 5 µs` does more than `bare`.
const SPIN: Duration = Duration::from_micros(5);
/// Logins that take turns where each is to be a stranger, and how many of them such a server remembers.
const STRANGERS: usize = 32;
const REMEMBERED: usize = 8;

/// One server to be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contender {
    pub name: &'static str,
    serves: Serves,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Serves {
    Bare(Duration),
    Null,
    Cookie(Reach),
    Session,
    Token(Algorithm, Reach, Seen),
    /// The library alone.
    Peer(Algorithm),
}

/// Whether the server has seen the token before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    First,
    Again,
}

/// In this order; the second is the A/A control, the third the positive one.
pub const CONTENDERS: [Contender; 19] = [
    Contender { name: "bare", serves: Serves::Bare(Duration::ZERO) },
    Contender { name: "bare again", serves: Serves::Bare(Duration::ZERO) },
    Contender { name: "bare + 5 us", serves: Serves::Bare(SPIN) },
    Contender { name: "null", serves: Serves::Null },
    Contender { name: "cookie, off", serves: Serves::Cookie(Reach::Off) },
    Contender { name: "cookie, feed", serves: Serves::Cookie(Reach::Feed) },
    Contender { name: "cookie, read", serves: Serves::Cookie(Reach::Read) },
    Contender { name: "session, memory", serves: Serves::Session },
    Contender { name: "HS256, jsonwebtoken", serves: Serves::Peer(Algorithm::Hs256) },
    Contender { name: "HS256, first", serves: Serves::Token(Algorithm::Hs256, Reach::Off, Seen::First) },
    Contender { name: "HS256, again", serves: Serves::Token(Algorithm::Hs256, Reach::Off, Seen::Again) },
    Contender { name: "HS256, again, feed", serves: Serves::Token(Algorithm::Hs256, Reach::Feed, Seen::Again) },
    Contender { name: "EdDSA, jsonwebtoken", serves: Serves::Peer(Algorithm::EdDsa) },
    Contender { name: "EdDSA, first", serves: Serves::Token(Algorithm::EdDsa, Reach::Off, Seen::First) },
    Contender { name: "EdDSA, again", serves: Serves::Token(Algorithm::EdDsa, Reach::Off, Seen::Again) },
    Contender { name: "ES256, first", serves: Serves::Token(Algorithm::Es256, Reach::Off, Seen::First) },
    Contender { name: "ES256, again", serves: Serves::Token(Algorithm::Es256, Reach::Off, Seen::Again) },
    Contender { name: "RS256, first", serves: Serves::Token(Algorithm::Rs256, Reach::Off, Seen::First) },
    Contender { name: "RS256, again", serves: Serves::Token(Algorithm::Rs256, Reach::Off, Seen::Again) },
];
pub const BARE: usize = 0;
pub const NULL: usize = 3;

impl Contender {
    /// Whether it asks who is calling; the nulls answer everybody alike.
    pub fn asks(self) -> bool {
        !matches!(self.serves, Serves::Bare(_) | Serves::Null)
    }

    /// How many logins take turns.
    pub fn logins(self) -> usize {
        if matches!(self.serves, Serves::Token(_, _, Seen::First)) { STRANGERS } else { 1 }
    }
}

/// If this process was started as a server: serves, and never returns.
pub fn serve_if_asked() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [flag, name, folder] = arguments.as_slice() else { return };
    if flag != AS_SERVER {
        return;
    }
    let contender = CONTENDERS.iter().find(|contender| contender.name == name).expect("the parent knows the names");
    // One thread serves: with several, the scheduler's choices would be a part of every figure, and of `bare`'s the larger one.
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
    runtime.block_on(contender.serve(Path::new(folder))).expect("the contender starts");
}

impl Contender {
    async fn serve(self, folder: &Path) -> Result<(), StartError> {
        match self.serves {
            Serves::Bare(spin) => without_layers(folder, bare(spin)).await,
            Serves::Peer(algorithm) => without_layers(folder, peer(algorithm)).await,
            Serves::Null => run::<NullSettings>(folder, Reach::Off, |_| {}).await,
            Serves::Cookie(reach) => run::<cookie_svc::CookieSettings>(folder, reach, |_| {}).await,
            Serves::Session => run::<session_svc::SessionSettings>(folder, Reach::Off, |_| {}).await,
            Serves::Token(algorithm, reach, seen) => {
                let adjust = |settings: &mut TokenSettings| {
                    settings.jwt_alg = algorithm;
                    // A launch lasts longer than a token of five minutes.
                    settings.access_token_lifetime = Duration::from_hours(24);
                    if seen == Seen::First {
                        settings.jwt_cache = REMEMBERED;
                    }
                };
                run::<TokenSettings>(folder, reach, adjust).await
            }
        }
    }
}

/// A router in the serve loop of the services, and nothing else of theirs.
async fn without_layers(folder: &Path, router: Router) -> Result<(), StartError> {
    let listener = serve::bind(any_port()).await?;
    tell_the_parent(listener.local_addr()?);
    let limits = Settings::embedded(folder).limits;
    serve::run(listener, router, limits, Draining::default(), std::future::pending()).await;
    Ok(())
}

/// The whole service as it is, with no log: no subscriber is installed.
async fn run<S: Service>(folder: &Path, revocation: Reach, adjust: impl FnOnce(&mut S)) -> Result<(), StartError> {
    let mut service = defaults::<S>(std::convert::identity);
    adjust(&mut service);
    let settings = Settings { revocation, ..Settings::embedded(folder) };
    let ground = Ground::open(&settings, Clock::system()).await?;
    let started = service::start(&service, &settings, &ground, any_port()).await?;
    tell_the_parent(started.address);
    let (_stopper, stop) = serve::signal::stop();
    started.run(stop).await;
    Ok(())
}

fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// Where it listens; then the CPU time of this process, in nanoseconds, for every line that comes. When no more lines can
/// come, the parent is gone.
fn tell_the_parent(address: SocketAddr) {
    thread::spawn(move || {
        let _ = answer_the_parent(address);
        process::exit(0);
    });
}

fn answer_the_parent(address: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{address}")?;
    for line in io::stdin().lock().lines() {
        line?;
        writeln!(out, "{}", cpu_time::spent().as_nanos())?;
    }
    Ok(())
}
