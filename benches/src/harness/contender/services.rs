//! The services, each with the settings that change the cost of a request.

use authlab_results::Family;

use super::{COOKIE, Contender, OPAQUE, SESSION, Serves, Store, TOKEN};
use crate::harness::journey::Journey::{
    self, Anonymous, Expired, Forged, ItemRead, ItemWrite, Login, Logout, Mine, Mix, Refresh,
};

/// A launch takes longer than the default lifetime of five minutes.
const ALL_DAY: &str = "--access-token-lifetime=86400";
const ALL: &[Journey] = &[Mine, Anonymous, Forged, Expired, ItemRead, ItemWrite, Login, Logout, Mix];

const fn cookie(name: &'static str, seal: &'static str) -> Contender {
    Contender::new(name, Family::Cookie, Serves::Cookie).seal(seal).plays(&[Mine, Forged, Logout, Mix])
}

const fn session(name: &'static str, store: Store) -> Contender {
    Contender::new(name, Family::Session, Serves::Session).store(store).plays(ALL)
}

const fn token(name: &'static str, flags: &'static [&'static str]) -> Contender {
    Contender::new(name, Family::Token, Serves::Token).flags(flags).bearer()
}

/// A release binary as a process. It must cost what the same service costs inside the bench's own program, which is needed for logins
/// without password hashes and for clocks in the past. It has one worker, as the other contenders, and its logins are not measured,
/// because they hash passwords.
const fn shipped(name: &'static str, binary: &'static str) -> Contender {
    Contender::new(name, Family::Control, Serves::Shipped(binary))
        .flags(&["--workers=1"])
        .plays(&[Mine, ItemRead, ItemWrite])
}

/// The server caches fewer tokens than take turns, so each token is verified anew.
macro_rules! at_first_sight {
    ($algorithm:literal) => {
        token(
            concat!("token ", $algorithm),
            &[concat!("--jwt-alg=", $algorithm), "--jwt-cache=8", "--revocation=off", ALL_DAY],
        )
        .about(concat!("token-svc, ", $algorithm, ", REVOCATION=off, every token seen for the first time"))
    };
}

macro_rules! seen_again {
    ($algorithm:literal) => {
        token(
            concat!("token ", $algorithm, " again"),
            &[concat!("--jwt-alg=", $algorithm), "--revocation=off", ALL_DAY],
        )
        .plays(&[Mine, Login, Forged])
        .about(concat!("token-svc, ", $algorithm, ", REVOCATION=off, tokens seen before"))
    };
}

pub(super) static CONTENDERS: &[Contender] = &[
    cookie("cookie signed, off", "signed")
        .flags(&["--revocation=off"])
        .about("cookie-svc, REVOCATION=off, items signed"),
    cookie("cookie signed, feed", "signed")
        .flags(&["--revocation=feed"])
        .plays(ALL)
        .about("cookie-svc as it comes: REVOCATION=feed, items signed"),
    cookie("cookie signed, read", "signed")
        .flags(&["--revocation=read"])
        .store(Store::Sqlite)
        .about("cookie-svc, REVOCATION=read: one SQL read a request, in SQLite"),
    cookie("cookie plain, feed", "plain")
        .plays(&[ItemRead, ItemWrite])
        .about("cookie-svc, items neither signed nor encrypted"),
    cookie("cookie private, feed", "private")
        .plays(&[ItemRead, ItemWrite])
        .about("cookie-svc, items encrypted and authenticated"),
    session("session, memory", Store::None)
        .flags(&["--session-store=memory"])
        .about("session-svc, sessions in its own memory"),
    session("session, sqlite", Store::Sqlite).flags(&["--session-store=sql"]).about("session-svc, sessions in SQLite"),
    session("session, postgres", Store::Postgres)
        .flags(&["--session-store=sql"])
        .about("session-svc, sessions in PostgreSQL over loopback"),
    // Redis deletes expired sessions, so an expired id is the same as an unknown id.
    session("session, redis", Store::Redis)
        .plays(&[Mine, Anonymous, Forged, ItemRead, ItemWrite, Login, Logout, Mix])
        .about("session-svc, sessions in Redis over loopback"),
    at_first_sight!("HS256"),
    seen_again!("HS256"),
    token("token HS256, feed", &[ALL_DAY])
        .store(Store::Sqlite)
        .plays(&[Mine, Anonymous, Forged, Expired, ItemRead, ItemWrite, Login, Refresh, Logout, Mix])
        .about(
            "token-svc as it comes: HS256, REVOCATION=feed, refresh tokens in SQLite; tokens seen before, \
             but for forged ones",
        ),
    token("token opaque", &[OPAQUE])
        .store(Store::Sqlite)
        .plays(ALL)
        .about("token-svc, TOKEN_KIND=opaque: random tokens, looked up in SQLite"),
    token("token opaque, postgres", &[OPAQUE])
        .store(Store::Postgres)
        .plays(ALL)
        .about("token-svc, TOKEN_KIND=opaque: random tokens, looked up in PostgreSQL over loopback"),
    at_first_sight!("EdDSA"),
    seen_again!("EdDSA"),
    at_first_sight!("ES256"),
    seen_again!("ES256"),
    at_first_sight!("RS256"),
    seen_again!("RS256"),
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
