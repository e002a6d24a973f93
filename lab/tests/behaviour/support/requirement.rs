//! What a test needs of the machine. Missing, it is skipped with a word; listed in `AUTHLAB_REQUIRE` and missing, it fails.

use std::io::{self, Write as _};

/// Says that a test is skipped, or fails it if this machine promised to have `name`.
pub(crate) fn missing(name: &str) {
    let required = std::env::var("AUTHLAB_REQUIRE").unwrap_or_default();
    assert!(
        !required.split(',').any(|listed| listed.trim() == name),
        "AUTHLAB_REQUIRE lists {name}, which is not here"
    );
    let line = format!("SKIPPED: {name} is not on this machine\n");
    // Past the test harness, which keeps what a passing test prints to itself.
    let _ = io::stderr().write_all(line.as_bytes());
}
