//! The cookie service: `cargo run --release -p cookie-svc`.

use std::process::ExitCode;

fn main() -> ExitCode {
    shared::service::main::<cookie_svc::CookieSettings>()
}
