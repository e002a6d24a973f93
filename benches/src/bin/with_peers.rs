//! Starts the programs of `peers/` and runs a command with `--target NAME=URL` for each of them. They stop when the command has ended.
//!
//! `just attack-peers` runs `lab attack` so.

use std::{
    env,
    io::{self, Write as _},
    process::{Command, ExitCode},
};

use benches::harness::{contender::CONTENDERS, server::Server, stores::Stores};

fn main() -> io::Result<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        return Err(io::Error::other("give the command to run, such as `lab attack`"));
    };
    let stores = Stores::start()?;
    let mut servers = Vec::new();
    for contender in CONTENDERS.iter().filter(|contender| contender.is_a_peer() && contender.asks()) {
        let settings = stores.flags(contender)?.ok_or("its store is not installed".to_owned());
        match settings.and_then(|settings| Server::start(contender, &settings).map_err(|error| error.to_string())) {
            Ok(server) => servers.push(server),
            Err(why) => writeln!(io::stderr(), "left out: {}: {why}", contender.name)?,
        }
    }
    let targets = servers.iter().map(|server| format!("--target={}=http://{}", server.contender.name, server.address));
    let status = Command::new(program).args(arguments).args(targets).status()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
