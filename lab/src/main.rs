//! `cargo run --release`: starts everything, or runs one command of the lab.

use std::process::ExitCode;

fn main() -> ExitCode {
    lab::cli::main()
}
