//! The token service: `cargo run --release -p token-svc`.

use std::process::ExitCode;

fn main() -> ExitCode {
    authlab_service::main::<token_svc::TokenSettings>()
}
