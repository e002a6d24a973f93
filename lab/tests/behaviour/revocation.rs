//! A logout ends credentials that are in no store, also at a second instance on the same database.

use std::time::Duration;

use authlab_client::{
    Client,
    request::Request,
    target::Target,
    visitor::{LoginWith, NEW_PASSWORD, PASSWORD, password_change},
};
use authlab_endings::Reach;
use authlab_fleet::Fleet;
use authlab_secrets::Secret;
use authlab_test_support::Postgres;
use serde_json::json;

use super::support::visitor::logged_in;

/// The contract allows an ending one second to reach every instance.
const ONE_SECOND: Duration = Duration::from_secs(1);

/// An instance of all services on a shared database, with a shared key.
async fn instance(database: &str, reach: Reach) -> Fleet {
    let instance = Fleet::start_with(|settings, _| {
        settings.database_url = Some(database.to_owned());
        settings.secret_key = Some(Secret::new("a key of 32 bytes and more, for tests alone"));
        settings.revocation = reach;
    });
    instance.await.unwrap()
}

/// The services whose credentials are not in a store.
fn storeless(fleet: &Fleet) -> Vec<Target> {
    fleet.targets().into_iter().filter(|target| target.name != "session-svc").collect()
}

/// The status that a copy of the client's credential gets at this instance.
async fn replayed(thief: &Client, at: &Target) -> u16 {
    thief.fork_at(at.clone()).deliver(&Request::get("/mine")).await.unwrap().status
}

async fn logging_out_reaches_every_copy(database: &str, reach: Reach) {
    let (one, other) = (instance(database, reach).await, instance(database, reach).await);
    for (here, there) in storeless(&one).iter().zip(storeless(&other)) {
        let mut client = logged_in(here, &format!("alice{reach:?}")).await;
        let thief = client.fork();
        assert_eq!(replayed(&thief, &there).await, 200, "{there} accepts credentials of {here}");

        assert_eq!(client.send(Request::post("/logout")).await.unwrap().status, 204);
        assert_eq!(replayed(&thief, here).await, 401, "{here} ended the login itself");
        if reach == Reach::Feed {
            tokio::time::sleep(ONE_SECOND).await;
        }
        assert_eq!(replayed(&thief, &there).await, 401, "{there} learns of it within a second");

        let restarted = instance(database, reach).await;
        let again = restarted.targets().into_iter().find(|target| target.name == here.name).unwrap();
        assert_eq!(replayed(&thief, &again).await, 401, "{again} still refuses it after a restart");
    }
}

/// A login that begins in the same second as the ending of all others must stay active.
async fn a_password_change_ends_the_others_alone(database: &str) {
    let fleet = instance(database, Reach::Feed).await;
    for target in storeless(&fleet) {
        let mut client = logged_in(&target, "carol").await;
        let thief = client.fork();
        assert!(client.send(password_change()).await.unwrap().status < 300);
        assert_eq!(client.send(Request::get("/mine")).await.unwrap().status, 200, "this login goes on");
        assert_eq!(replayed(&thief, &target).await, 401, "a copy of the old credential does not");
        let mut device = Client::new(target.clone(), "second device");
        let login = LoginWith::Json.request("carol", NEW_PASSWORD);
        assert_eq!(device.send(login).await.unwrap().status, 200);
        assert_eq!(device.send(Request::get("/mine")).await.unwrap().status, 200, "a new login holds at once");
        let back = json!({"current": NEW_PASSWORD, "new": PASSWORD});
        assert!(client.send(Request::get("/mine")).await.unwrap().status == 200);
        assert!(client.send(Request::post("/password").json(&back)).await.unwrap().status < 300);
    }
}

fn sqlite() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("shared.sqlite3").display());
    (folder, url)
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_logins_stay_ended_on_sqlite() {
    let (_folder, database) = sqlite();
    logging_out_reaches_every_copy(&database, Reach::Feed).await;
    logging_out_reaches_every_copy(&database, Reach::Read).await;
    a_password_change_ends_the_others_alone(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_logins_stay_ended_on_postgresql() {
    let Some(postgres) = Postgres::start().await else { return };
    logging_out_reaches_every_copy(&postgres.url(), Reach::Feed).await;
    logging_out_reaches_every_copy(&postgres.url(), Reach::Read).await;
    a_password_change_ends_the_others_alone(&postgres.url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn switched_off_a_copy_works_on_and_the_service_says_so() {
    let (_folder, database) = sqlite();
    let fleet = instance(&database, Reach::Off).await;
    for target in storeless(&fleet) {
        let mut client = logged_in(&target, "alice").await;
        let thief = client.fork();
        let refused = client.send(Request::delete("/logins")).await.unwrap();
        assert_eq!(refused.status, 501, "{target} cannot end logins");
        assert_eq!(client.send(Request::post("/logout")).await.unwrap().status, 204);
        assert_eq!(replayed(&thief, &target).await, 200);
    }
}

/// A logged-in client at each service that reads the feed.
async fn at_each(fleet: &Fleet) -> Vec<(Client, Target)> {
    let mut clients = Vec::new();
    for target in storeless(fleet) {
        clients.push((logged_in(&target, "alice").await, target));
    }
    clients
}

/// The database of the feed is unreachable: logins get 503, and requests without a login still work.
async fn nobody_is_let_in(clients: &[(Client, Target)]) {
    // The services stop trusting the feed only after it has been silent for several real seconds.
    tokio::time::sleep(Duration::from_secs(8)).await;
    for (client, target) in clients {
        assert_eq!(replayed(client, target).await, 503, "{target} cannot know which logins have ended");
        let ready = Client::new(target.clone(), "probe").deliver(&Request::get("/readyz")).await.unwrap();
        assert_eq!(ready.status, 503);
        let about = Client::new(target.clone(), "probe").deliver(&Request::get("/about")).await.unwrap();
        assert_eq!(about.status, 200, "a request without a login works");
    }
}

/// The database of the feed is reachable again.
async fn all_are_let_in_again(clients: &[(Client, Target)]) {
    // The services reconnect and read the feed in real time.
    tokio::time::sleep(Duration::from_secs(3)).await;
    for (client, target) in clients {
        assert_eq!(replayed(client, target).await, 200, "{target} recovers without a restart");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_whose_database_is_frozen_lets_nobody_in() {
    let Some(postgres) = Postgres::start().await else { return };
    let fleet = instance(&postgres.url(), Reach::Feed).await;
    let clients = at_each(&fleet).await;
    postgres.freeze();
    nobody_is_let_in(&clients).await;
    postgres.thaw();
    all_are_let_in_again(&clients).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_whose_database_is_stopped_lets_nobody_in() {
    let Some(mut postgres) = Postgres::start().await else { return };
    let fleet = instance(&postgres.url(), Reach::Feed).await;
    let clients = at_each(&fleet).await;
    postgres.stop();
    nobody_is_let_in(&clients).await;
    postgres.start_again().await.unwrap();
    all_are_let_in_again(&clients).await;
}
