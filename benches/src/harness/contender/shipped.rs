//! The services' release binaries as processes. Each must cost what the same service costs inside the bench's own program, which is needed
//! for logins without password hashes and for clocks in the past.

use authlab_results::Family;

use super::{COOKIE, Contender, SESSION, Serves, Store, TOKEN};
use crate::harness::journey::Journey::{ItemRead, ItemWrite, Mine};

/// One worker, as the other contenders, which are single-threaded. No logins are measured, because they hash passwords here.
const fn shipped(name: &'static str, binary: &'static str) -> Contender {
    Contender::new(name, Family::Control, Serves::Shipped(binary))
        .flags(&["--workers=1"])
        .plays(&[Mine, ItemRead, ItemWrite])
}

pub(super) static CONTENDERS: &[Contender] = &[
    shipped("cookie signed, feed, as shipped", COOKIE)
        .seal("signed")
        .about("the binary cookie-svc with one worker, items signed"),
    shipped("session, redis, as shipped", SESSION)
        .store(Store::Redis)
        .about("the binary session-svc with one worker, sessions in Redis over loopback"),
    shipped("token HS256, feed, as shipped", TOKEN)
        .bearer()
        .about("the binary token-svc with one worker; tokens seen before"),
];
