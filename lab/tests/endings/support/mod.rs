//! Service processes for these tests, and the accounts and credentials that the tests use.
//!
//! * [`launch`], [`instance`]: processes of the services; [`binaries`], [`former`]: their programs
//! * [`wall_clock`]: a faked time for such a process
//! * [`deployment`]: the settings that instances share
//! * [`account`], [`password`], [`handed`]: accounts, their passwords and their credentials
//! * [`ending`]: the calls that end logins
//! * [`complaints`]: collected failures

use std::io::{self, Write as _};

pub(crate) mod account;
#[path = "../../behaviour/support/binaries.rs"]
pub(crate) mod binaries;
pub(crate) mod complaints;
pub(crate) mod deployment;
pub(crate) mod ending;
pub(crate) mod former;
pub(crate) mod handed;
pub(crate) mod instance;
pub(crate) mod launch;
pub(crate) mod password;
pub(crate) mod wall_clock;

/// Prints progress. It writes to stderr directly, because the test harness captures the output of passing tests.
pub(crate) fn say(line: &str) {
    let _ = io::stderr().write_all(format!("endings: {line}\n").as_bytes());
}
