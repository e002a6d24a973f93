//! The cookie service: `cargo run --release -p cookie-svc`.

use std::process::ExitCode;

fn main() -> ExitCode {
    authlab_service::main::<cookie_svc::CookieSettings>()
}
