//! Real programs for these tests, and the accounts and credentials that the tests hold.
//!
//! * [`launch`], [`instance`]: processes of the services; [`binaries`], [`former`]: where their programs are
//! * [`wall_clock`]: what time such a process believes it is
//! * [`deployment`]: what instances have in common
//! * [`account`], [`handed`]: who logs in, and what is handed out for it
//! * [`ending`]: the calls that end logins
//! * [`complaints`]: everything that was not as it should be

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
pub(crate) mod wall_clock;

/// A line for whoever watches, past the test harness, which keeps what a passing test prints to itself.
pub(crate) fn say(line: &str) {
    let _ = io::stderr().write_all(format!("endings: {line}\n").as_bytes());
}
