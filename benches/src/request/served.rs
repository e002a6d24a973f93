//! Who contends, and the child process that serves one of them.

use std::{
    convert::identity,
    io::{self, BufRead as _, Write as _},
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process, thread,
    time::Duration,
};

use shared::{
    clock::Clock,
    http::Draining,
    revocation::Reach,
    serve,
    service::{self, Ground, Service, StartError},
    settings::{Settings, defaults},
};
use tokio::runtime::Builder;

use super::null::{NullSettings, bare};
use crate::cpu_time;

/// The argument that makes this program a server, before the contender's name and a folder for its data.
pub const AS_SERVER: &str = "--as-server";
/// What `bare + 5 µs` does more than `bare`.
const SPIN: Duration = Duration::from_micros(5);

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
    Token(Reach),
}

/// In this order; the second is the A/A control, the third the positive one.
pub const CONTENDERS: [Contender; 10] = [
    Contender { name: "bare", serves: Serves::Bare(Duration::ZERO) },
    Contender { name: "bare again", serves: Serves::Bare(Duration::ZERO) },
    Contender { name: "bare + 5 us", serves: Serves::Bare(SPIN) },
    Contender { name: "null", serves: Serves::Null },
    Contender { name: "cookie, off", serves: Serves::Cookie(Reach::Off) },
    Contender { name: "cookie, feed", serves: Serves::Cookie(Reach::Feed) },
    Contender { name: "cookie, read", serves: Serves::Cookie(Reach::Read) },
    Contender { name: "session, memory", serves: Serves::Session },
    Contender { name: "token HS256, off", serves: Serves::Token(Reach::Off) },
    Contender { name: "token HS256, feed", serves: Serves::Token(Reach::Feed) },
];
pub const BARE: usize = 0;
pub const NULL: usize = 3;

impl Contender {
    /// Whether it asks who is calling; the nulls answer everybody alike.
    pub fn asks(self) -> bool {
        !matches!(self.serves, Serves::Bare(_) | Serves::Null)
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
            Serves::Bare(spin) => {
                let listener = serve::bind(any_port()).await?;
                tell_the_parent(listener.local_addr()?);
                let limits = Settings::embedded(folder).limits;
                serve::run(listener, bare(spin), limits, Draining::default(), std::future::pending()).await;
                Ok(())
            }
            Serves::Null => run::<NullSettings>(folder, Reach::Off).await,
            Serves::Cookie(reach) => run::<cookie_svc::CookieSettings>(folder, reach).await,
            Serves::Session => run::<session_svc::SessionSettings>(folder, Reach::Off).await,
            Serves::Token(reach) => run::<token_svc::TokenSettings>(folder, reach).await,
        }
    }
}

/// The whole service as it is, with no log: no subscriber is installed.
async fn run<S: Service>(folder: &Path, revocation: Reach) -> Result<(), StartError> {
    let settings = Settings { revocation, ..Settings::embedded(folder) };
    let ground = Ground::open(&settings, Clock::system()).await?;
    let started = service::start(&defaults::<S>(identity), &settings, &ground, any_port()).await?;
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
