//! The services, each with the settings that change the cost of a request.

use authlab_results::Family;

use super::{Carrier, Contender, OPAQUE, Serves, Store, nulls::bare};
use crate::harness::journey::Journey;

/// A launch takes longer than the default lifetime of five minutes.
const ALL_DAY: &str = "--access-token-lifetime=86400";
const READS: &[Journey] = &[Journey::Mine, Journey::Forged, Journey::Logout, Journey::Mix];
const ALL: &[Journey] = &[
    Journey::Mine,
    Journey::Anonymous,
    Journey::Forged,
    Journey::Expired,
    Journey::ItemRead,
    Journey::ItemWrite,
    Journey::Login,
    Journey::Logout,
    Journey::Mix,
];
/// Redis deletes expired sessions, so an expired id is the same as an unknown id.
const ALL_BUT_EXPIRED: &[Journey] = &[
    Journey::Mine,
    Journey::Anonymous,
    Journey::Forged,
    Journey::ItemRead,
    Journey::ItemWrite,
    Journey::Login,
    Journey::Logout,
    Journey::Mix,
];
const ALL_AND_REFRESH: &[Journey] = &[
    Journey::Mine,
    Journey::Anonymous,
    Journey::Forged,
    Journey::Expired,
    Journey::ItemRead,
    Journey::ItemWrite,
    Journey::Login,
    Journey::Refresh,
    Journey::Logout,
    Journey::Mix,
];
const ITEMS: &[Journey] = &[Journey::ItemRead, Journey::ItemWrite];

const fn cookie(name: &'static str, flags: &'static [&'static str], about: &'static str) -> Contender {
    Contender {
        serves: Serves::Cookie,
        flags,
        seal: Some("signed"),
        plays: READS,
        ..bare(name, Family::Cookie, 0, about)
    }
}

const fn session(name: &'static str, store: Store, flags: &'static [&'static str], about: &'static str) -> Contender {
    Contender { serves: Serves::Session, flags, store, plays: ALL, ..bare(name, Family::Session, 0, about) }
}

const fn token(name: &'static str, flags: &'static [&'static str], about: &'static str) -> Contender {
    Contender { serves: Serves::Token, flags, carrier: Carrier::Bearer, ..bare(name, Family::Token, 0, about) }
}

/// The server caches fewer tokens than take turns, so each token is verified anew.
macro_rules! at_first_sight {
    ($algorithm:literal) => {
        token(
            concat!("token ", $algorithm),
            &[concat!("--jwt-alg=", $algorithm), "--jwt-cache=8", "--revocation=off", ALL_DAY],
            concat!("token-svc, ", $algorithm, ", REVOCATION=off, every token seen for the first time"),
        )
    };
}

macro_rules! seen_again {
    ($algorithm:literal) => {
        Contender {
            plays: &[Journey::Mine, Journey::Login, Journey::Forged],
            ..token(
                concat!("token ", $algorithm, " again"),
                &[concat!("--jwt-alg=", $algorithm), "--revocation=off", ALL_DAY],
                concat!("token-svc, ", $algorithm, ", REVOCATION=off, tokens seen before"),
            )
        }
    };
}

pub(super) static CONTENDERS: &[Contender] = &[
    cookie("cookie signed, off", &["--revocation=off"], "cookie-svc, REVOCATION=off, items signed"),
    Contender {
        plays: ALL,
        ..cookie("cookie signed, feed", &["--revocation=feed"], "cookie-svc as it comes: REVOCATION=feed, items signed")
    },
    Contender {
        store: Store::Sqlite,
        ..cookie(
            "cookie signed, read",
            &["--revocation=read"],
            "cookie-svc, REVOCATION=read: one SQL read a request, in SQLite",
        )
    },
    Contender {
        seal: Some("plain"),
        plays: ITEMS,
        ..cookie("cookie plain, feed", &[], "cookie-svc, items neither signed nor encrypted")
    },
    Contender {
        seal: Some("private"),
        plays: ITEMS,
        ..cookie("cookie private, feed", &[], "cookie-svc, items encrypted and authenticated")
    },
    session("session, memory", Store::None, &["--session-store=memory"], "session-svc, sessions in its own memory"),
    session("session, sqlite", Store::Sqlite, &["--session-store=sql"], "session-svc, sessions in SQLite"),
    session(
        "session, postgres",
        Store::Postgres,
        &["--session-store=sql"],
        "session-svc, sessions in PostgreSQL over loopback",
    ),
    Contender {
        plays: ALL_BUT_EXPIRED,
        ..session("session, redis", Store::Redis, &[], "session-svc, sessions in Redis over loopback")
    },
    at_first_sight!("HS256"),
    seen_again!("HS256"),
    Contender {
        store: Store::Sqlite,
        plays: ALL_AND_REFRESH,
        ..token(
            "token HS256, feed",
            &[ALL_DAY],
            "token-svc as it comes: HS256, REVOCATION=feed, refresh tokens in SQLite; tokens seen before, but for forged ones",
        )
    },
    Contender {
        store: Store::Sqlite,
        plays: ALL,
        ..token("token opaque", &[OPAQUE], "token-svc, TOKEN_KIND=opaque: random tokens, looked up in SQLite")
    },
    Contender {
        store: Store::Postgres,
        plays: ALL,
        ..token(
            "token opaque, postgres",
            &[OPAQUE],
            "token-svc, TOKEN_KIND=opaque: random tokens, looked up in PostgreSQL over loopback",
        )
    },
    at_first_sight!("EdDSA"),
    seen_again!("EdDSA"),
    at_first_sight!("ES256"),
    seen_again!("ES256"),
    at_first_sight!("RS256"),
    seen_again!("RS256"),
];
