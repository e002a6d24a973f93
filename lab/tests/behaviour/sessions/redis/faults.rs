//! While Redis does not answer, requests get 503 soon, no login ends, and no success is reported that was not stored.

use authlab_client::{
    Client,
    request::Request,
    visitor::{LoginWith, PASSWORD, Visitor, registration},
};
use authlab_test_support::Redis;
use serde_json::json;

use super::{
    super::{
        Kept, instance, logged_in,
        outage::{
            a_long_pause_is_503_and_passes, comes_back_by_itself, comes_true, is_no_more_than_said,
            nobody_is_told_that_they_are_logged_out,
        },
        put, replayed,
    },
    SOON, at,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_service_starts_without_its_redis_and_says_so() {
    let Some(mut redis) = Redis::start().await else { return };
    let kept = at(redis.url());
    redis.stop();
    let (_fleet, target) = instance(&kept).await;
    let mut client = Client::new(target.clone(), "test");
    let ready = client.send(Request::get("/readyz")).await.unwrap();
    assert_eq!(ready.status, 503);
    assert!(ready.in_short().contains("session store"), "{}", ready.in_short());
    let stranger = client.fork();
    assert_eq!(client.send(registration("erin")).await.unwrap().status, 201);
    let login = client.deliver(&LoginWith::Json.request("erin", PASSWORD)).await.unwrap();
    assert_eq!((login.status, login.header("set-cookie")), (503, None), "no success that was not stored");
    redis.start_again().await.unwrap();
    comes_true(&client, "/readyz").await;
    client = Visitor::register(client, "erin", LoginWith::Json).await.unwrap().client;
    assert_eq!(replayed(&client, &target).await, 200);
    assert_eq!(replayed(&stranger, &target).await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_or_slow_redis_logs_nobody_out() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&at(redis.url())).await;
    let mut client = logged_in(&target, "dave").await;
    assert_eq!(put(&mut client, "note", "kept").await.status, 204);
    redis.freeze();
    nobody_is_told_that_they_are_logged_out(&client, SOON).await;
    redis.thaw();
    // Of what was answered 503 while it was frozen, some reached Redis: a logout may have come true meanwhile.
    client = Visitor::register(client, "dave", LoginWith::Json).await.unwrap().client;
    assert_eq!(put(&mut client, "note", "kept").await.status, 204);
    redis.tell("CLIENT PAUSE 200 ALL").unwrap();
    assert_eq!(replayed(&client, &target).await, 200, "a slow Redis still answers");
    a_long_pause_is_503_and_passes(&redis, &mut client).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_redis_logs_nobody_out_and_an_empty_one_everybody() {
    let Some(mut redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&at(redis.url())).await;
    let mut client = logged_in(&target, "dave").await;
    redis.stop();
    nobody_is_told_that_they_are_logged_out(&client, SOON).await;
    redis.start_again().await.unwrap();
    comes_true(&Client::new(target.clone(), "test"), "/readyz").await;
    // This Redis does not write to disk: a restart loses its sessions, and the service answers 401.
    assert_eq!(replayed(&client, &target).await, 401);
    client = Visitor::register(client, "dave", LoginWith::Json).await.unwrap().client;
    assert_eq!(replayed(&client, &target).await, 200);
}

/// Redis has no memory left and must not evict keys.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_redis_refuses_new_sessions_and_ends_old_ones() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&Kept { sliding: true, ..at(redis.url()) }).await;
    let mut client = logged_in(&target, "dave").await;
    assert_eq!(put(&mut client, "note", "kept").await.status, 204);
    redis.ask("CONFIG SET maxmemory 1").unwrap();
    let late = put(&mut client, "late", "lost").await;
    assert_eq!(late.status, 503, "{}", late.in_short());
    is_no_more_than_said(&late);
    let items = client.send(Request::get("/items")).await.unwrap().json().unwrap();
    assert_eq!(items["items"], json!({"note": "kept"}), "nothing was stored by halves");
    assert_eq!(client.fork().deliver(&LoginWith::Json.request("dave", PASSWORD)).await.unwrap().status, 503);
    assert_eq!(put(&mut Client::new(target.clone(), "stranger"), "note", "lost").await.status, 503);
    let mine = client.send(Request::get("/mine")).await.unwrap();
    assert_eq!(mine.status, 200, "the login stays active");
    assert!(mine.header("set-cookie").is_some(), "the session is prolonged");
    let copy = client.fork();
    assert_eq!(client.send(Request::post("/logout")).await.unwrap().status, 204);
    assert_eq!(replayed(&copy, &target).await, 401);
    redis.ask("CONFIG SET maxmemory 0").unwrap();
    Visitor::register(client, "dave", LoginWith::Json).await.unwrap();
}

/// Redis refuses the password or requires one. The reason is only in the log.
#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_wants_another_password_is_as_good_as_gone() {
    let Some(redis) = Redis::start_with(&["--requirepass", "right"]).await else { return };
    let (accounts, url) = (at(redis.url()), |user: &str| redis.url().replace("redis://", &format!("redis://{user}")));
    let with = |user: &str| Kept::beside(accounts.accounts.clone(), at(url(user)).sessions, "redis");
    let (_fleet, target) = instance(&with(":right@")).await;
    let mut client = logged_in(&target, "dave").await;
    assert_eq!(put(&mut client, "note", "kept").await.status, 204);
    for user in ["", ":wrong@", "nobody:right@"] {
        let (_fleet, target) = instance(&with(user)).await;
        nobody_is_told_that_they_are_logged_out(&client.fork_at(target), SOON).await;
    }
    let (_fleet, target) = instance(&with("")).await;
    let mut without = client.fork_at(target);
    nobody_is_told_that_they_are_logged_out(&without, SOON).await;
    redis.ask("AUTH right\r\nCONFIG SET requirepass \"\"").unwrap();
    comes_back_by_itself(&mut without).await;
}
