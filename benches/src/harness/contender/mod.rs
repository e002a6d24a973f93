//! Who contends, and in what.

use lab::results::Family;

use super::journey::Journey;

/// One server to be measured.
#[derive(Debug)]
pub struct Contender {
    pub name: &'static str,
    pub family: Family,
    /// What it is and how it is set, for whoever reads the report.
    pub about: &'static str,
    pub serves: Serves,
    /// Settings of the service, as on its command line.
    pub flags: &'static [&'static str],
    pub store: Store,
    /// How its clients show their credential.
    pub carrier: Carrier,
    /// How its items are sealed, where that can be chosen.
    pub seal: Option<&'static str>,
    pub plays: &'static [Journey],
}

/// What the child process is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Serves {
    /// A handler without layers, which works for some microseconds more.
    Bare {
        more: u64,
    },
    /// All layers, and a mechanism that knows everybody.
    Null,
    Cookie,
    Session,
    Token,
    /// The JWT library as its documentation shows it; and, as a bad habit, with its key read for each request.
    Library {
        algorithm: &'static str,
        key_per_call: bool,
    },
}

/// Where a contender keeps what it keeps.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Store {
    /// In the client, or in the process.
    None,
    Sqlite,
    Postgres,
    Redis,
}

/// How a credential travels.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Carrier {
    Cookie,
    Bearer,
}

impl Carrier {
    pub fn name(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Bearer => "bearer",
        }
    }
}

/// The one that all others are compared with.
pub const BARE: &str = "bare";
/// How many of the tokens that take turns a server remembers for which each is to be a stranger.
const STRANGERS: &[&str] = &["--jwt-cache=8", "--revocation=off", ALL_DAY];
const SEEN_AGAIN: &[&str] = &["--revocation=off", ALL_DAY];
/// A launch lasts longer than a token of five minutes.
const ALL_DAY: &str = "--access-token-lifetime=86400";
const MINE: &[Journey] = &[Journey::Mine];
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
/// Redis removes what has expired: nobody finds it, as if it had never been.
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
const ITEMS: &[Journey] = &[Journey::ItemRead, Journey::ItemWrite];

const fn bare(name: &'static str, family: Family, more: u64, about: &'static str) -> Contender {
    Contender {
        name,
        family,
        about,
        serves: Serves::Bare { more },
        flags: &[],
        store: Store::None,
        carrier: Carrier::Cookie,
        seal: None,
        plays: MINE,
    }
}

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

const fn library(name: &'static str, algorithm: &'static str, key_per_call: bool, about: &'static str) -> Contender {
    Contender {
        serves: Serves::Library { algorithm, key_per_call },
        carrier: Carrier::Bearer,
        ..bare(name, Family::Peer, 0, about)
    }
}

/// In this order in tables; in rounds, in another each time.
pub static CONTENDERS: &[Contender] = &[
    bare(
        BARE,
        Family::Null,
        0,
        "an axum handler that gives the same answer, byte for byte, with no layer and no mechanism",
    ),
    bare("bare again", Family::Control, 0, "the same once more: there must be no difference"),
    bare("bare + 5 us", Family::Control, 5, "the same with 5 µs of work: they must be found"),
    Contender {
        serves: Serves::Null,
        plays: &[Journey::Mine, Journey::ItemRead, Journey::ItemWrite, Journey::Login, Journey::Logout],
        ..bare(
            "null",
            Family::Null,
            0,
            "all layers of the services, and a mechanism that looks at nothing and does nothing",
        )
    },
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
    token("token HS256", STRANGERS, "token-svc, HS256, REVOCATION=off, every token seen for the first time"),
    token("token HS256 again", SEEN_AGAIN, "token-svc, HS256, REVOCATION=off, tokens seen before"),
    Contender {
        plays: ALL,
        ..token(
            "token HS256, feed",
            &[ALL_DAY],
            "token-svc as it comes: HS256, REVOCATION=feed; tokens seen before, but for forged ones",
        )
    },
    token(
        "token EdDSA",
        &["--jwt-alg=EdDSA", "--jwt-cache=8", "--revocation=off", ALL_DAY],
        "token-svc, EdDSA, every token seen for the first time",
    ),
    Contender {
        plays: &[Journey::Mine, Journey::Login, Journey::Forged],
        ..token(
            "token EdDSA again",
            &["--jwt-alg=EdDSA", "--revocation=off", ALL_DAY],
            "token-svc, EdDSA, tokens seen before",
        )
    },
    token(
        "token ES256",
        &["--jwt-alg=ES256", "--jwt-cache=8", "--revocation=off", ALL_DAY],
        "token-svc, ES256, every token seen for the first time",
    ),
    Contender {
        plays: &[Journey::Mine, Journey::Login, Journey::Forged],
        ..token(
            "token ES256 again",
            &["--jwt-alg=ES256", "--revocation=off", ALL_DAY],
            "token-svc, ES256, tokens seen before",
        )
    },
    token(
        "token RS256",
        &["--jwt-alg=RS256", "--jwt-cache=8", "--revocation=off", ALL_DAY],
        "token-svc, RS256, every token seen for the first time",
    ),
    Contender {
        plays: &[Journey::Mine, Journey::Login, Journey::Forged],
        ..token(
            "token RS256 again",
            &["--jwt-alg=RS256", "--revocation=off", ALL_DAY],
            "token-svc, RS256, tokens seen before",
        )
    },
    library(
        "jsonwebtoken plainly",
        "HS256",
        false,
        "the library in an extractor of a bare handler, HS256, its key made once",
    ),
    library("jsonwebtoken plainly, EdDSA", "EdDSA", false, "the same with EdDSA"),
    library(
        "jsonwebtoken plainly, EdDSA, key parsed per call",
        "EdDSA",
        true,
        "the same, its key read from PEM for each request",
    ),
];

impl Contender {
    pub fn named(name: &str) -> Option<&'static Self> {
        CONTENDERS.iter().find(|contender| contender.name == name)
    }

    /// Whether it asks who is calling; the nulls answer everybody alike.
    pub fn asks(&self) -> bool {
        !matches!(self.serves, Serves::Bare { .. } | Serves::Null)
    }

    /// Whether it is one of the services, which take further commands.
    pub fn is_ours(&self) -> bool {
        matches!(self.serves, Serves::Null | Serves::Cookie | Serves::Session | Serves::Token)
    }

    /// Whether what its client carries grows with its items.
    pub fn carries_items(&self) -> bool {
        matches!(self.serves, Serves::Cookie | Serves::Token)
    }
}
