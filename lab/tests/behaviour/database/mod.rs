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

use authlab_client::{
    Client,
    request::Request,
    target::Target,
    visitor::{LoginWith, PASSWORD, registration},
};
use authlab_fleet::{Fleet, Mechanisms};
use authlab_service::settings::Settings;
use session_svc::Store;

use crate::support::contract;

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
    let registered = client.deliver(&registration(username)).await.unwrap().status;
    (registered, client.deliver(&LoginWith::Json.request(username, PASSWORD)).await.unwrap().status)
}

/// The status and the text of `/readyz`.
async fn readiness(target: &Target) -> (u16, String) {
    let mut client = Client::new(target.clone(), "test");
    let answer = client.deliver(&Request::get("/readyz")).await.unwrap();
    (answer.status, answer.text())
}
