//! `cargo run --release`: everything, or one of the lab's commands.

use std::process::ExitCode;

fn main() -> ExitCode {
    lab::cli::main()
}
