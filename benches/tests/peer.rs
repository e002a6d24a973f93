//! The recipe "a peer" of `CONTRIBUTING.md`, followed literally: the smallest program that the benches would measure.
//!
//! The checks are those that every contender passes before it is measured. The peer runs in this process; how a peer's process
//! starts and ends is in `peers/contract/src/process.rs`.

use std::{
    convert::identity,
    io,
    net::{Ipv4Addr, SocketAddr},
    panic::{AssertUnwindSafe, catch_unwind},
};

use authlab_clock::Clock;
use authlab_server::signal::{Stopper, stop};
use authlab_service::{
    Ground,
    settings::{Settings, defaults},
    start,
};
use authlab_workers::Workers;
use axum::{
    Json, Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use benches::harness::{
    contender::{Contender, Serves},
    held::Held,
    journey::log_in,
    peer::Program,
    serve::bare::HEADERS,
    verify::{MODEL, accepts_its_client_only, answers_like_the_model},
    wire::{Answer, exchange, request},
};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::spawn_blocking};

const FREE_PORT: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// The line in `contender/peers.rs`. The toy has no variant of `Program`, and lends that of another peer.
fn toy() -> Contender {
    let about = "the smallest peer: one cookie with a fixed value";
    let serves = Serves::Peer { program: Program::AxumExtra, mode: "toy" };
    let peer = Contender::named("axum-extra, signed").expect("this peer is a contender");
    Contender { name: "toy", about, serves, ..*peer }
}

fn body() -> Json<Value> {
    Json(json!({
        "username": "u00000",
        "mechanism": "cookie",
        "issued_at": "2026-01-01T00:00:00Z",
        "expires_at": "2026-01-15T00:00:00Z",
        "items": {},
    }))
}

/// `GET /mine`: 200 with the cookie of the login, 401 without it.
async fn mine(headers: HeaderMap) -> Response {
    match headers.get(header::COOKIE) {
        Some(cookie) if cookie == "toy=known" => (HEADERS, body()).into_response(),
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

fn program(mine: axum::routing::MethodRouter) -> Router {
    let login = async || ([(header::SET_COOKIE, "toy=known; Path=/; HttpOnly")], HEADERS, body());
    Router::new().route("/login", post(login)).route("/mine", mine)
}

async fn serve(program: Router) -> SocketAddr {
    let listener = TcpListener::bind(FREE_PORT).await.expect("a port is free");
    let address = listener.local_addr().expect("the listener has an address");
    tokio::spawn(async move { axum::serve(listener, program).await });
    address
}

/// cookie-svc with the first account of the benches, whose answer is the model.
async fn model() -> (SocketAddr, (TempDir, Stopper)) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let settings = Settings::embedded(folder.path());
    let ground = Ground::open(&settings, Clock::system()).await.expect("the data can be opened");
    let service: cookie_svc::CookieSettings = defaults(identity);
    let started = start(&service, &settings, &ground, FREE_PORT.into()).await.expect("the service starts");
    let (address, (stopper, stop)) = (started.address, stop());
    tokio::spawn(started.run(Workers::here(), stop));
    (address, (folder, stopper))
}

/// The checks, in the order of the harness.
fn verified(contender: &Contender, address: SocketAddr) -> io::Result<Answer> {
    let mut held = Held::default();
    held.hear(&exchange(address, &log_in(0))?);
    accepts_its_client_only(contender, address, &held)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_made_by_the_recipe_passes_the_checks_before_a_measurement() {
    let (model, _kept) = model().await;
    let peer = serve(program(get(mine))).await;
    let checked = spawn_blocking(move || {
        let account = r#"{"username":"u00000","password":"correct horse battery staple"}"#;
        assert_eq!(exchange(model, &request("POST", "/register", "", account))?.status(), "201");
        let service = Contender::named(MODEL).expect("the model is a contender");
        answers_like_the_model(&toy(), &verified(&toy(), peer)?, &verified(service, model)?);
        io::Result::Ok(())
    });
    checked.await.expect("the checks pass").expect("both answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_accepts_everybody_is_not_measured() {
    let peer = serve(program(get(async || (HEADERS, body())))).await;
    let refused = spawn_blocking(move || catch_unwind(AssertUnwindSafe(|| verified(&toy(), peer))).is_err());
    assert!(refused.await.expect("the check ends"), "a peer that checks no credential passed");
}
