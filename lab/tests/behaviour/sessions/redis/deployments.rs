//! Two deployments on one Redis do not accept each other's sessions, although account ids and usernames are the same.
//! After an upgrade, sessions under the former key names continue.

use authlab_client::{
    Client,
    request::Request,
    target::Target,
    visitor::{LoginWith, PASSWORD, password_change},
};
use authlab_test_support::{Postgres, Redis};
use serde_json::json;

use super::{
    super::{Kept, instance, logged_in, put, replayed},
    at,
};

const ANOTHER_KEY: &str = "another key of 32 bytes and more, for tests alone";

/// The username of the client's session at this instance.
async fn opens(client: &Client, at: &Target) -> Option<String> {
    let answer = client.fork_at(at.clone()).deliver(&Request::get("/mine")).await.unwrap();
    (answer.status == 200).then(|| answer.json().unwrap()["username"].as_str().unwrap().to_owned())
}

async fn logins(client: &Client, at: &Target) -> usize {
    let answer = client.fork_at(at.clone()).deliver(&Request::get("/logins")).await.unwrap();
    answer.json().unwrap()["logins"].as_array().unwrap().len()
}

/// A deployment as after an upgrade: its database has an id, and had accounts before it.
async fn upgraded(redis: &Redis, database: &Postgres) -> Kept {
    let kept = Kept::beside(database.url(), at(redis.url()).sessions, "redis");
    drop(instance(&kept).await);
    database.ask("UPDATE deployment SET had_accounts = 1").unwrap();
    kept
}

async fn servers() -> Option<(Redis, Postgres)> {
    Some((Redis::start().await?, Postgres::start().await?))
}

fn the_same(kept: &Kept) -> Kept {
    Kept::beside(kept.accounts.clone(), kept.sessions.clone(), "redis")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_one_deployment_opens_nothing_at_another() {
    let Some(redis) = Redis::start().await else { return };
    let (one, other) = (at(redis.url()), Kept { key: ANOTHER_KEY, ..at(redis.url()) });
    let ((_one, here), (_other, there)) = (instance(&one).await, instance(&other).await);
    let (own, stranger) = (logged_in(&here, "alice").await, logged_in(&there, "alice").await);
    assert_eq!((opens(&stranger, &here).await, opens(&own, &there).await), (None, None));
    // Sessions of visitors are not shared either, and an ending at one deployment ends nothing at the other.
    let mut visitor = Client::new(there.clone(), "visitor");
    assert_eq!(put(&mut visitor, "note", "of the other deployment").await.status, 204);
    let items = visitor.fork_at(here.clone()).deliver(&Request::get("/items")).await.unwrap().json().unwrap();
    assert_eq!(items["items"], json!({}));
    assert_eq!(stranger.fork_at(here.clone()).deliver(&Request::post("/logout")).await.unwrap().status, 204);
    assert_eq!(own.fork().deliver(&Request::delete("/logins")).await.unwrap().status, 204);
    assert_eq!(opens(&stranger, &there).await.as_deref(), Some("alice"));
}

/// This also holds if both deployments had accounts and therefore read former key names.
#[tokio::test(flavor = "multi_thread")]
async fn what_began_after_the_upgrade_of_both_is_not_shared() {
    let Some((redis, database)) = servers().await else { return };
    let Some(another) = Postgres::start().await else { return };
    let (one, other) = (upgraded(&redis, &database).await, upgraded(&redis, &another).await);
    let ((_one, here), (_other, there)) = (instance(&one).await, instance(&other).await);
    let (own, stranger) = (logged_in(&here, "alice").await, logged_in(&there, "alice").await);
    assert_eq!((opens(&stranger, &here).await, opens(&own, &there).await), (None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn deployments_with_one_prefix_share_what_they_keep() {
    let Some(redis) = Redis::start().await else { return };
    let with_prefix = || Kept { prefix: Some("ours:"), ..at(redis.url()) };
    let (one, other) = (with_prefix(), with_prefix());
    let ((_one, here), (_other, there)) = (instance(&one).await, instance(&other).await);
    let client = logged_in(&here, "alice").await;
    assert_eq!(opens(&client, &there).await.as_deref(), Some("alice"), "the operator chose a shared prefix");
    let keys = redis.ask("KEYS ours:{*").unwrap();
    assert_eq!(redis.ask("DBSIZE").unwrap().trim(), ":2", "a session and an index: {keys}");
    assert!(keys.starts_with("*2"), "{keys}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_secret_key_loses_no_session() {
    let Some(redis) = Redis::start().await else { return };
    let kept = at(redis.url());
    let (fleet, before) = instance(&kept).await;
    let client = logged_in(&before, "alice").await;
    drop(fleet);
    let (_fleet, after) = instance(&Kept { key: ANOTHER_KEY, ..the_same(&kept) }).await;
    assert_eq!(replayed(&client, &after).await, 200);
}

/// Sessions under former key names; after the upgrade each is first used by a different request.
#[tokio::test(flavor = "multi_thread")]
async fn what_began_before_the_upgrade_goes_on_and_ends_with_the_rest() {
    let Some((redis, database)) = servers().await else { return };
    let kept = upgraded(&redis, &database).await;
    let without_id = Kept { prefix: Some(""), ..the_same(&kept) };
    let (fleet, before) = instance(&without_id).await;
    let mut reads = logged_in(&before, "alice").await;
    assert_eq!(put(&mut reads, "note", "of before").await.status, 204);
    let (mut writes, leaves) = (logged_in(&before, "alice").await, logged_in(&before, "alice").await);
    let _never_seen_again = logged_in(&before, "alice").await;
    let mut visitor = Client::new(before.clone(), "visitor");
    assert_eq!(put(&mut visitor, "cart", "three books").await.status, 204);
    drop(fleet);

    let (_fleet, after) = instance(&kept).await;
    let items = reads.fork_at(after.clone()).deliver(&Request::get("/items")).await.unwrap().json().unwrap();
    assert_eq!(items["items"], json!({"note": "of before"}));
    writes = writes.fork_at(after.clone());
    assert_eq!(put(&mut writes, "note", "of now").await.status, 204);
    assert_eq!(leaves.fork_at(after.clone()).deliver(&Request::post("/logout")).await.unwrap().status, 204);
    assert_eq!(replayed(&leaves, &after).await, 401);
    assert_eq!(logins(&reads, &after).await, 3, "the list includes logins not used since");
    let mut visitor = visitor.fork_at(after.clone());
    let login = LoginWith::Json.request("alice", PASSWORD);
    assert_eq!(visitor.send(login).await.unwrap().status, 200);
    let items = visitor.send(Request::get("/items")).await.unwrap().json().unwrap();
    assert_eq!(items["items"], json!({"cart": "three books"}), "a login keeps the visitor's items");
    assert_eq!(visitor.send(Request::delete("/logins")).await.unwrap().status, 204);
    for client in [&reads, &writes, &visitor] {
        assert_eq!(replayed(client, &after).await, 401);
    }
    assert_eq!(redis.ask("DBSIZE").unwrap().trim(), ":0", "no key is left under either name");
}

/// A limit also applies to logins under former key names.
#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_logins_counts_those_of_before() {
    let Some((redis, database)) = servers().await else { return };
    let kept = upgraded(&redis, &database).await;
    let (fleet, before) = instance(&Kept { prefix: Some(""), ..the_same(&kept) }).await;
    let mut of_before = Vec::new();
    for _ in 0..3 {
        of_before.push(logged_in(&before, "alice").await);
    }
    drop(fleet);
    let (_fleet, after) = instance(&Kept { logins_at_most: 2, ..the_same(&kept) }).await;
    let newest = logged_in(&after, "alice").await;
    assert_eq!(logins(&newest, &after).await, 2);
    let mut left = 0;
    for client in &of_before {
        left += usize::from(replayed(client, &after).await == 200);
    }
    assert_eq!(left, 1);
}

/// During an upgrade in two steps, an instance with an empty prefix and one with the id run at the same time.
#[tokio::test(flavor = "multi_thread")]
async fn instances_with_and_without_the_id_know_the_same_logins_during_an_upgrade() {
    let Some((redis, database)) = servers().await else { return };
    let kept = upgraded(&redis, &database).await;
    let without_id = Kept { prefix: Some(""), ..the_same(&kept) };
    let ((_one, first), (_other, second)) = (instance(&without_id).await, instance(&kept).await);
    let (client, other) = (logged_in(&first, "alice").await, logged_in(&second, "alice").await);
    for _ in 0..3 {
        for target in [&first, &second] {
            assert_eq!((replayed(&client, target).await, replayed(&other, target).await), (200, 200));
        }
    }
    assert_eq!((logins(&client, &first).await, logins(&client, &second).await), (2, 2));
    let mut changes = client.fork();
    assert_eq!(changes.send(password_change()).await.unwrap().status, 204);
    for target in [&first, &second] {
        assert_eq!((replayed(&changes, target).await, replayed(&other, target).await), (200, 401));
    }
    assert_eq!(changes.fork_at(second.clone()).deliver(&Request::delete("/logins")).await.unwrap().status, 204);
    assert_eq!(replayed(&changes, &first).await, 401);
}

/// A deployment whose database had no accounts never reads keys without an id.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_deployment_looks_at_no_former_names() {
    let Some(redis) = Redis::start().await else { return };
    let neighbour = Kept { prefix: Some(""), ..at(redis.url()) };
    let (_neighbour, there) = instance(&neighbour).await;
    let stranger = logged_in(&there, "alice").await;
    let (_fleet, here) = instance(&at(redis.url())).await;
    let _own = logged_in(&here, "alice").await;
    assert_eq!(opens(&stranger, &here).await, None);
    assert_eq!(opens(&stranger, &there).await.as_deref(), Some("alice"));
}
