//! Which keys and values Redis contains, and when they expire.

use authlab_client::{
    Client,
    request::Request,
    visitor::{LoginWith, PASSWORD},
};
use authlab_test_support::{Cluster, Redis};

use super::{
    super::{instance, logged_in, put},
    at,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_write_sends_no_cookie_and_what_redis_holds_logs_nobody_in() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&at(redis.url())).await;
    let mut client = logged_in(&target, "alice").await;
    assert!(put(&mut client, "note", "kept").await.header("set-cookie").is_none());
    let login = client.send(LoginWith::Json.request("alice", PASSWORD)).await;
    let cookie = login.unwrap().header("set-cookie").unwrap().to_owned();
    let id = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    assert_eq!(id.len(), 32);
    let dump = redis.dump().unwrap();
    let holds = |text: &str| dump.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("kept") && holds("alice"), "the dump contains the values");
    assert!(!holds(&id), "the dump does not contain the session id");
    assert!(!holds(&id[2..]), "the dump contains only the id's hash tag");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_by_itself_leaves_nothing_in_redis() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&at(redis.url())).await;
    let mut client = logged_in(&target, "alice").await;
    assert_eq!(put(&mut client, "note", "kept").await.status, 204);
    for key in redis.ask("KEYS *").unwrap().lines().filter(|line| line.contains("}a:")) {
        let ttl = redis.ask(&format!("TTL {key}")).unwrap();
        let seconds: i64 = ttl.trim_start_matches(':').lines().next().unwrap().parse().unwrap();
        assert!(seconds > 1_000_000, "the index {key} expires with its last login: {ttl}");
    }
    assert_eq!(client.send(Request::delete("/logins")).await.unwrap().status, 204);
    assert_eq!(redis.ask("DBSIZE").unwrap().lines().next(), Some(":0"), "no session and no index is left");
}

/// During an upgrade, an instance of version 0.1 writes items without counting them. Their removal must not make room for more than the limit.
#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_was_not_counted_makes_no_room_when_it_goes() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&at(redis.url())).await;
    let mut visitor = Client::new(target, "visitor");
    assert_eq!(put(&mut visitor, "note", "1").await.status, 204);
    let write = "redis.call('HSET', redis.call('RANDOMKEY'), 'former', '|' .. string.rep('x', 3000))";
    redis.ask(&format!("EVAL \"return {write}\" 0")).unwrap();
    assert_eq!(visitor.send(Request::delete("/items/former")).await.unwrap().status, 204);
    assert_eq!(put(&mut visitor, "large", &"x".repeat(4_000)).await.status, 204, "it fits");
    assert_eq!(put(&mut visitor, "more", &"x".repeat(200)).await.status, 413, "this does not");
    let counted = redis.ask("EVAL \"return redis.call('HGET', redis.call('RANDOMKEY'), '.b')\" 0").unwrap();
    assert_eq!(counted.lines().nth(1), Some("4010"), "{counted}");
}

/// All keys that a script needs are in one slot.
#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_spread_over_a_cluster_and_each_lies_in_one_place() {
    let Some(cluster) = Cluster::start().await else { return };
    let (_fleet, target) = instance(&at(cluster.url())).await;
    for turn in 0..12 {
        let username = format!("user{turn}");
        let mut phone = logged_in(&target, &username).await;
        let _laptop = logged_in(&target, &username).await;
        let mut stranger = Client::new(target.clone(), "stranger");
        assert_eq!(put(&mut stranger, "note", "kept").await.status, 204);
        assert_eq!(phone.send(Request::delete("/logins")).await.unwrap().status, 204, "{username}");
    }
    let keys: Vec<u32> = cluster.ask("DBSIZE").unwrap().iter().map(|said| number(said)).collect();
    assert_eq!(keys.iter().sum::<u32>(), 12, "only the sessions without a login are left: {keys:?}");
}

fn number(said: &str) -> u32 {
    said.trim_start_matches(':').lines().next().unwrap().parse().unwrap()
}
