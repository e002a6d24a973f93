//! The services' release binaries as processes. Each must cost what the same service costs inside the bench's own program, which is needed
//! for logins without password hashes and for clocks in the past.

use authlab_results::Family;

use super::{COOKIE, Carrier, Contender, SESSION, Serves, Store, TOKEN, nulls::bare};
use crate::harness::journey::Journey;

/// Without logins, which hash passwords here.
const PLAYS: &[Journey] = &[Journey::Mine, Journey::ItemRead, Journey::ItemWrite];
/// As the other contenders, which are single-threaded.
const ONE_WORKER: &[&str] = &["--workers=1"];

const fn shipped(name: &'static str, binary: &'static str, about: &'static str) -> Contender {
    Contender {
        serves: Serves::Shipped(binary),
        flags: ONE_WORKER,
        plays: PLAYS,
        ..bare(name, Family::Control, 0, about)
    }
}

pub(super) static CONTENDERS: &[Contender] = &[
    Contender {
        seal: Some("signed"),
        ..shipped("cookie signed, feed, as shipped", COOKIE, "the binary cookie-svc with one worker, items signed")
    },
    Contender {
        store: Store::Redis,
        ..shipped(
            "session, redis, as shipped",
            SESSION,
            "the binary session-svc with one worker, sessions in Redis over loopback",
        )
    },
    Contender {
        carrier: Carrier::Bearer,
        ..shipped("token HS256, feed, as shipped", TOKEN, "the binary token-svc with one worker; tokens seen before")
    },
];
