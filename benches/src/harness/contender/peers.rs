//! Other libraries and frameworks, set as in their documentation, each with the same stack's answer without a
//! mechanism.

use authlab_results::Family;

use super::{Contender, NOTHING, Serves, Store};
use crate::harness::{
    journey::Journey::{self, Forged, ItemRead, ItemWrite, Login, Logout, Mine, Mix},
    peer::Program,
};

const fn library(name: &'static str, algorithm: &'static str, key_per_call: bool) -> Contender {
    Contender::new(name, Family::Peer, Serves::Library { algorithm, key_per_call }).bearer()
}

const fn peer(name: &'static str, program: Program, mode: &'static str) -> Contender {
    Contender::new(name, Family::Peer, Serves::Peer { program, mode })
}

/// A peer with a cookie that stores logins and items.
const fn by_cookie(name: &'static str, program: Program, mode: &'static str, store: Store) -> Contender {
    peer(name, program, mode).store(store).plays(&[Mine, Forged, ItemRead, ItemWrite, Login, Logout, Mix])
}

const fn by_token(name: &'static str, program: Program, mode: &'static str, plays: &'static [Journey]) -> Contender {
    peer(name, program, mode).bearer().plays(plays)
}

pub(super) static CONTENDERS: &[Contender] = &[
    library("jsonwebtoken plainly", "HS256", false)
        .about("the library in an extractor of a bare handler, HS256, its key made once"),
    library("jsonwebtoken plainly, EdDSA", "EdDSA", false).about("the same with EdDSA"),
    library("jsonwebtoken plainly, EdDSA, key parsed per call", "EdDSA", true)
        .about("the same, its key read from PEM for each request"),
    peer("axum, nothing", Program::AxumExtra, NOTHING)
        .about("the same answer from axum's own serve loop, without a mechanism"),
    by_cookie("axum-extra, signed", Program::AxumExtra, "signed", Store::None)
        .about("SignedCookieJar: login and items in signed cookies"),
    by_cookie("axum-extra, private", Program::AxumExtra, "private", Store::None)
        .about("PrivateCookieJar: login and items in encrypted cookies"),
    by_cookie("tower-sessions, memory", Program::TowerSessions, "memory", Store::None)
        .about("tower-sessions with its MemoryStore, under axum"),
    by_cookie("tower-sessions, redis", Program::TowerSessions, "redis", Store::Redis)
        .about("tower-sessions with tower-sessions-redis-store over loopback, one client, under axum"),
    by_cookie("hand-written, redis", Program::HandWritten, "redis", Store::Redis)
        .about("axum and redis-rs over loopback, one GET for a request: what a session in Redis costs at least"),
    peer("actix-web, nothing", Program::ActixSession, NOTHING)
        .about("the same answer from actix-web, one worker, without a mechanism"),
    by_cookie("actix-session, redis", Program::ActixSession, "redis", Store::Redis).about(
        "actix-session with its RedisSessionStore over loopback and its encrypted cookie, under actix-web, one worker",
    ),
    peer("Django, nothing", Program::Django, NOTHING)
        .about("the same answer from Django behind gunicorn, one worker of 4 threads, without a mechanism"),
    by_cookie("Django, signed cookies", Program::Django, "signed_cookies", Store::Sqlite)
        .about("Django's sessions in signed cookies, with django.contrib.auth, which reads the user from SQLite"),
    by_cookie("Django, redis", Program::Django, "cache", Store::Redis).about(
        "Django's sessions in its Redis cache over loopback, with django.contrib.auth, which reads the user from SQLite",
    ),
    by_cookie("Django, postgres", Program::Django, "db", Store::Postgres).about(
        "Django's sessions in PostgreSQL over loopback, with django.contrib.auth, which reads the user from there too",
    ),
    by_token("Django, DRF token", Program::Django, "drf_token", &[Mine, Forged, Login, Logout])
        .about("Django REST framework's TokenAuthentication: the token and its user from SQLite"),
    by_token("Django, simplejwt", Program::Django, "simplejwt", &[Mine, Forged, Login])
        .about("simplejwt's JWTAuthentication, HS256, under Django REST framework: the user from SQLite"),
];
