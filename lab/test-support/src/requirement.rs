//! A test that needs a missing server or program is skipped and reported. If `AUTHLAB_REQUIRE` lists what is missing, the test fails.

use std::{
    env, fs,
    io::{self, Write as _},
    thread,
};

/// The names in `AUTHLAB_REQUIRE`.
pub fn required() -> Vec<String> {
    let listed = env::var("AUTHLAB_REQUIRE").unwrap_or_default();
    listed.split(',').map(str::trim).filter(|name| !name.is_empty()).map(String::from).collect()
}

/// Reports that the running test is skipped because `name` is not installed.
///
/// One line goes to standard error, past the test harness, which hides what a passing test prints. Where `AUTHLAB_SKIPPED` names a
/// file, a line is added to it: `just test` prints a summary of that file.
pub fn missing(name: &str) {
    assert!(!required().iter().any(|listed| listed == name), "AUTHLAB_REQUIRE lists {name}, which is not installed");
    let current = thread::current();
    let test = current.name().unwrap_or("a test");
    let line = format!("SKIPPED: {test} needs {name}, which is not installed; `just tools` installs it\n");
    // A skipped test passes, even if its report cannot be written.
    let _ = io::stderr().write_all(line.as_bytes());
    if let Some(file) = env::var_os("AUTHLAB_SKIPPED") {
        let file = fs::OpenOptions::new().create(true).append(true).open(file);
        let _ = file.and_then(|mut file| file.write_all(format!("{name}\n").as_bytes()));
    }
}

/// The server that was started. `None`, with a report, if its programs are not installed; a failed start fails the test.
pub(crate) fn or_missing<T>(name: &str, started: io::Result<Option<T>>) -> Option<T> {
    let started = started.unwrap_or_else(|error| panic!("{name} does not start: {error}"));
    if started.is_none() {
        missing(name);
    }
    started
}
