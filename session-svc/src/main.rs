//! The session service: `cargo run --release -p session-svc`.

use std::process::ExitCode;

fn main() -> ExitCode {
    authlab_service::main::<session_svc::SessionSettings>()
}
