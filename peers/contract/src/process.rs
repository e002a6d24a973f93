//! A peer's process: `peer-NAME MODE [STORE]`. It prints its address first, and ends at the end of its standard input.

use std::{
    env,
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr},
    process, thread,
};

/// The command-line arguments.
#[derive(Debug)]
pub struct Asked {
    pub mode: String,
    /// The address of the store, if the mode needs one.
    pub store: String,
}

impl Asked {
    pub fn read() -> Self {
        let mut arguments = env::args().skip(1);
        let mut next = || arguments.next().unwrap_or_default();
        Self { mode: next(), store: next() }
    }
}

/// The address to bind to, with any free port.
pub fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// Prints the address, and ends this process when the parent closes its standard input.
pub fn listens(address: SocketAddr) -> io::Result<()> {
    writeln!(io::stdout(), "{address}")?;
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        process::exit(0);
    });
    Ok(())
}
