//! Programs that a test needs. If one is missing, the test is skipped; if `AUTHLAB_REQUIRE` lists it, the test fails.

use std::io::{self, Write as _};

/// Reports a skipped test, or fails it if `AUTHLAB_REQUIRE` lists `name`.
pub(crate) fn missing(name: &str) {
    let required = std::env::var("AUTHLAB_REQUIRE").unwrap_or_default();
    assert!(
        !required.split(',').any(|listed| listed.trim() == name),
        "AUTHLAB_REQUIRE lists {name}, but it is not installed"
    );
    let line = format!("SKIPPED: {name} is not on this machine\n");
    // This writes to stderr directly, because the test harness captures the output of passing tests.
    let _ = io::stderr().write_all(line.as_bytes());
}
