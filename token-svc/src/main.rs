//! The token service: `cargo run --release -p token-svc`.

use std::process::ExitCode;

fn main() -> ExitCode {
    shared::service::main::<token_svc::TokenSettings>()
}
