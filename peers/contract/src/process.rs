//! A peer's process: `peer-NAME MODE [STORE]`. It prints its address first, and ends when its standard input does.

use std::{
    env,
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr},
    process, thread,
};

/// What the command line asks for.
#[derive(Debug)]
pub struct Asked {
    pub mode: String,
    /// The address of the store, where the mode needs one.
    pub store: String,
}

impl Asked {
    pub fn read() -> Self {
        let mut arguments = env::args().skip(1);
        let mut next = || arguments.next().unwrap_or_default();
        Self { mode: next(), store: next() }
    }
}

/// Any free port: what to bind to.
pub fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// Says where it listens, and ends this process when whoever started it has gone.
pub fn listens(address: SocketAddr) -> io::Result<()> {
    writeln!(io::stdout(), "{address}")?;
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        process::exit(0);
    });
    Ok(())
}
