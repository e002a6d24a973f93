//! Other libraries and frameworks, set as in their documentation, each with the same stack's answer without a
//! mechanism.

use authlab_results::Family;

use super::{Carrier, Contender, NOTHING, Serves, Store, nulls::bare};
use crate::harness::{journey::Journey, peer::Program};

const COOKIES: &[Journey] = &[
    Journey::Mine,
    Journey::Forged,
    Journey::ItemRead,
    Journey::ItemWrite,
    Journey::Login,
    Journey::Logout,
    Journey::Mix,
];
const TOKENS: &[Journey] = &[Journey::Mine, Journey::Forged, Journey::Login];
const DELETED_TOKENS: &[Journey] = &[Journey::Mine, Journey::Forged, Journey::Login, Journey::Logout];

const fn library(name: &'static str, algorithm: &'static str, key_per_call: bool, about: &'static str) -> Contender {
    Contender {
        serves: Serves::Library { algorithm, key_per_call },
        carrier: Carrier::Bearer,
        ..bare(name, Family::Peer, 0, about)
    }
}

const fn peer(name: &'static str, program: Program, mode: &'static str, about: &'static str) -> Contender {
    Contender { serves: Serves::Peer { program, mode }, ..bare(name, Family::Peer, 0, about) }
}

/// A contender with a cookie that stores logins and items.
const fn by_cookie(contender: Contender, store: Store) -> Contender {
    Contender { store, plays: COOKIES, ..contender }
}

const fn by_token(contender: Contender, plays: &'static [Journey]) -> Contender {
    Contender { carrier: Carrier::Bearer, plays, ..contender }
}

pub(super) static CONTENDERS: &[Contender] = &[
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
    peer(
        "axum, nothing",
        Program::AxumExtra,
        NOTHING,
        "the same answer from axum's own serve loop, without a mechanism",
    ),
    by_cookie(
        peer("axum-extra, signed", Program::AxumExtra, "signed", "SignedCookieJar: login and items in signed cookies"),
        Store::None,
    ),
    by_cookie(
        peer(
            "axum-extra, private",
            Program::AxumExtra,
            "private",
            "PrivateCookieJar: login and items in encrypted cookies",
        ),
        Store::None,
    ),
    by_cookie(
        peer(
            "tower-sessions, memory",
            Program::TowerSessions,
            "memory",
            "tower-sessions with its MemoryStore, under axum",
        ),
        Store::None,
    ),
    by_cookie(
        peer(
            "tower-sessions, redis",
            Program::TowerSessions,
            "redis",
            "tower-sessions with tower-sessions-redis-store over loopback, one client, under axum",
        ),
        Store::Redis,
    ),
    by_cookie(
        peer(
            "hand-written, redis",
            Program::HandWritten,
            "redis",
            "axum and redis-rs over loopback, one GET for a request: what a session in Redis costs at least",
        ),
        Store::Redis,
    ),
    peer(
        "actix-web, nothing",
        Program::ActixSession,
        NOTHING,
        "the same answer from actix-web, one worker, without a mechanism",
    ),
    by_cookie(
        peer(
            "actix-session, redis",
            Program::ActixSession,
            "redis",
            "actix-session with its RedisSessionStore over loopback and its encrypted cookie, under actix-web, one worker",
        ),
        Store::Redis,
    ),
    peer(
        "Django, nothing",
        Program::Django,
        NOTHING,
        "the same answer from Django behind gunicorn, one worker of 4 threads, without a mechanism",
    ),
    by_cookie(
        peer(
            "Django, signed cookies",
            Program::Django,
            "signed_cookies",
            "Django's sessions in signed cookies, with django.contrib.auth, which reads the user from SQLite",
        ),
        Store::Sqlite,
    ),
    by_cookie(
        peer(
            "Django, redis",
            Program::Django,
            "cache",
            "Django's sessions in its Redis cache over loopback, with django.contrib.auth, which reads the user from SQLite",
        ),
        Store::Redis,
    ),
    by_cookie(
        peer(
            "Django, postgres",
            Program::Django,
            "db",
            "Django's sessions in PostgreSQL over loopback, with django.contrib.auth, which reads the user from there too",
        ),
        Store::Postgres,
    ),
    by_token(
        peer(
            "Django, DRF token",
            Program::Django,
            "drf_token",
            "Django REST framework's TokenAuthentication: the token and its user from SQLite",
        ),
        DELETED_TOKENS,
    ),
    by_token(
        peer(
            "Django, simplejwt",
            Program::Django,
            "simplejwt",
            "simplejwt's JWTAuthentication, HS256, under Django REST framework: the user from SQLite",
        ),
        TOKENS,
    ),
];
