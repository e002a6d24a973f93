//! PostgreSQL as operators run it, and services that keep working with it.
//!
//! * [`switchover`]: another server becomes the primary
//! * [`tls`]: encrypted connections and server certificates
//! * [`pooler`]: PgBouncer in transaction mode
//! * [`roles`]: a role that may only read and write rows
//! * [`forwarder`]: one address that leads to one server after another

mod forwarder;
mod pooler;
mod roles;
mod switchover;
mod tls;

use lab::{
    client::{Client, request::Request},
    fleet::{Fleet, Mechanisms},
    target::Target,
};
use serde_json::json;
use session_svc::Store;
use shared::settings::Settings;

use crate::support::contract;

const PASSWORD: &str = "correct horse battery staple";

/// The three services on one database, with the sessions in it.
async fn fleet(change: impl FnOnce(&mut Settings, &mut Mechanisms)) -> Fleet {
    let started = Fleet::start_with(|settings, mechanisms| {
        mechanisms.session.session_store = Some(Store::Sql);
        change(settings, mechanisms);
    });
    started.await.unwrap()
}

async fn all_speak_the_contract(fleet: &Fleet) {
    for target in fleet.targets() {
        contract::holds_at(&target).await;
    }
}

/// The statuses of a registration and a login of a new account, without retries.
async fn logs_in(target: &Target, username: &str) -> (u16, u16) {
    let mut client = Client::new(target.clone(), "test");
    let credentials = json!({"username": username, "password": PASSWORD});
    let registered = client.deliver(&Request::post("/register").json(&credentials)).await.unwrap().status;
    (registered, client.deliver(&Request::post("/login").json(&credentials)).await.unwrap().status)
}

/// The status and the text of `/readyz`.
async fn readiness(target: &Target) -> (u16, String) {
    let mut client = Client::new(target.clone(), "test");
    let answer = client.deliver(&Request::get("/readyz")).await.unwrap();
    (answer.status, answer.text())
}
