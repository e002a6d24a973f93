//! While Redis does not answer, requests with an opaque token get 503 soon, never 401, and JWTs work on. A store that cannot be used is
//! named at the start.

use std::time::Duration;

use authlab_client::{
    request::Request,
    visitor::{LoginWith, PASSWORD, put_item, registration},
};
use authlab_test_support::{Cluster, Redis};

use super::{Kept, replayed};
use crate::{
    sessions::outage::{
        a_long_pause_is_503_and_passes, comes_true, is_no_more_than_said, nobody_is_told_that_they_are_logged_out,
    },
    support::service::Service,
};

/// A request must be answered within this time while Redis is unreachable.
const SOON: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_redis_logs_nobody_out_and_stops_no_jwt() {
    let Some(redis) = Redis::start().await else { return };
    let instance = Kept::at(redis.url()).instance().await;
    let (mut client, _) = instance.logged_in("dave", "opaque").await;
    let (with_jwt, _) = instance.logged_in("dave", "jwt").await;
    assert_eq!(client.send(put_item("note", "kept")).await.unwrap().status, 204);
    redis.freeze();
    nobody_is_told_that_they_are_logged_out(&client, SOON).await;
    assert_eq!(replayed(&with_jwt, &instance).await, 200);
    redis.thaw();
    // A logout that was answered 503 may have reached Redis.
    comes_true(&instance.somebody(), "/readyz").await;
    let (mut client, _) = instance.logged_in("dave", "opaque").await;
    assert_eq!(client.send(put_item("note", "kept")).await.unwrap().status, 204);
    a_long_pause_is_503_and_passes(&redis, &mut client).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_starts_without_its_redis_and_says_so() {
    let Some(mut redis) = Redis::start().await else { return };
    let kept = Kept::at(redis.url());
    redis.stop();
    let instance = kept.instance().await;
    let ready = instance.somebody().send(Request::get("/readyz")).await.unwrap();
    assert_eq!(ready.status, 503);
    assert!(ready.in_short().contains("token store"), "{}", ready.in_short());
    assert_eq!(instance.somebody().send(registration("erin")).await.unwrap().status, 201);
    let login = LoginWith::Kind("opaque").request("erin", PASSWORD);
    let refused = instance.somebody().deliver(&login).await.unwrap();
    assert_eq!(refused.status, 503, "no success that was not stored: {}", refused.in_short());
    is_no_more_than_said(&refused);
    redis.start_again().await.unwrap();
    comes_true(&instance.somebody(), "/readyz").await;
    let (client, _) = instance.logged_in("erin", "opaque").await;
    assert_eq!(replayed(&client, &instance).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_redis_refuses_new_tokens_and_ends_old_ones() {
    let Some(redis) = Redis::start().await else { return };
    let instance = Kept::at(redis.url()).instance().await;
    let (mut client, _) = instance.logged_in("dave", "opaque").await;
    assert_eq!(client.send(put_item("note", "kept")).await.unwrap().status, 204);
    redis.ask("CONFIG SET maxmemory 1").unwrap();
    for request in [put_item("late", "lost"), LoginWith::Kind("opaque").request("dave", PASSWORD)] {
        let late = client.fork().deliver(&request).await.unwrap();
        assert_eq!(late.status, 503, "{}", late.in_short());
        is_no_more_than_said(&late);
    }
    assert_eq!(replayed(&client, &instance).await, 200, "the login stays active");
    let copy = client.fork();
    assert_eq!(client.send(Request::post("/logout")).await.unwrap().status, 204);
    assert_eq!(replayed(&copy, &instance).await, 401);
}

#[test]
fn a_token_store_that_cannot_be_used_is_named_and_its_password_is_not() {
    for store in ["redis://:hunter2@here/a", "redis+sentinel://:hunter2@here:1", "http://hunter2"] {
        let said = Service::refused("token-svc", &["--token-store", store]);
        assert!(said.contains("TOKEN_STORE: must have the form"), "{said}");
        assert!(said.contains("redis+cluster://") && !said.contains("hunter2"), "{said}");
    }
    let output = Service::errand("token-svc", &["--token-store", "nowhere"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("--token-store") && said.contains("must be `sql` or the URL of a Redis"), "{said}");
    let said = Service::refused("token-svc", &["--token-store", "rediss://here", "--redis-ca", "/dev/null/ca.pem"]);
    assert!(said.contains("REDIS_CA"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_a_cluster_that_is_addressed_as_a_server_is_named_at_the_start() {
    let Some(cluster) = Cluster::start().await else { return };
    let said = Service::refused("token-svc", &["--token-store", &cluster.url_of_a_node()]);
    assert!(said.contains("TOKEN_STORE") && said.contains("redis+cluster://"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_evicts_tokens_is_warned_of() {
    let Some(redis) = Redis::start().await else { return };
    redis.ask("CONFIG SET maxmemory-policy allkeys-lru").unwrap();
    let service = Service::start("token-svc", &["--token-store", &redis.url()]);
    // The service reads the eviction policy in the background after it connects.
    tokio::time::sleep(SOON).await;
    let said = service.stopped();
    assert!(said.contains("allkeys-lru") && said.contains("noeviction"), "{said}");
}
