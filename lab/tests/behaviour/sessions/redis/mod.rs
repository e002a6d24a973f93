//! Sessions in Redis: on one server, with TLS, behind sentinels, and in a cluster.
//!
//! * [`access`]: rights and passwords, and a Redis that is refused or causes a warning
//! * [`costs`]: how many commands a request sends
//! * [`deployments`]: two deployments on one Redis, and an upgrade
//! * [`layout`]: keys and values
//! * [`many`]: an account with more logins than one command should process
//! * [`faults`]: one server does not answer
//! * [`failover`]: another server takes over

mod access;
pub(crate) mod costs;
mod deployments;
mod failover;
mod faults;
mod layout;
mod many;

use std::time::Duration;

use authlab_client::{Client, request::Request};
use authlab_secrets::Secret;
use authlab_test_support::{Cluster, Redis, RedisWithTls, Sentinels};
use session_svc::Store;

use super::{
    Kept, a_crowd_writes_at_once, a_write_never_brings_a_session_back, cache::with_cache, instance,
    instances_agree_at_once, logins_end_as_they_should, parallel_writes_survive, put, replayed, speaks_the_contract,
    the_cache_hides_no_ending, visitors::visitors_get_little_room_and_time,
};

/// A request must be answered within this time while Redis is unreachable.
const SOON: Duration = Duration::from_secs(1);

fn at(url: String) -> Kept {
    Kept::beside_sqlite(Store::Redis(Secret::new(url)), "redis")
}

fn with_tls(redis: &RedisWithTls) -> Kept {
    Kept { redis_ca: Some(redis.authority()), ..at(redis.url()) }
}

async fn instances_share_their_sessions(kept: &Kept) {
    instances_agree_at_once(kept).await;
    parallel_writes_survive(kept).await;
    a_write_never_brings_a_session_back(kept).await;
    a_crowd_writes_at_once(kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_on_redis() {
    let Some(redis) = Redis::start().await else { return };
    speaks_the_contract(&at(redis.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_their_sessions_on_redis() {
    let Some(redis) = Redis::start().await else { return };
    instances_share_their_sessions(&at(redis.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_on_redis_with_tls() {
    let Some(redis) = RedisWithTls::start().await else { return };
    speaks_the_contract(&with_tls(&redis)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_their_sessions_on_redis_with_tls() {
    let Some(redis) = RedisWithTls::start().await else { return };
    instances_share_their_sessions(&with_tls(&redis)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_behind_sentinels() {
    let Some(sentinels) = Sentinels::start().await else { return };
    speaks_the_contract(&at(sentinels.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_their_sessions_behind_sentinels() {
    let Some(sentinels) = Sentinels::start().await else { return };
    instances_share_their_sessions(&at(sentinels.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_on_a_cluster() {
    let Some(cluster) = Cluster::start().await else { return };
    speaks_the_contract(&at(cluster.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_their_sessions_on_a_cluster() {
    let Some(cluster) = Cluster::start().await else { return };
    instances_share_their_sessions(&at(cluster.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_end_as_they_should_on_redis() {
    let Some(redis) = Redis::start().await else { return };
    logins_end_as_they_should(&at(redis.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_end_as_they_should_on_a_cluster() {
    let Some(cluster) = Cluster::start().await else { return };
    logins_end_as_they_should(&at(cluster.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cache_hides_no_ending_on_redis() {
    let Some(redis) = Redis::start().await else { return };
    the_cache_hides_no_ending(at(redis.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_with_a_cache() {
    let Some(redis) = Redis::start().await else { return };
    speaks_the_contract(&with_cache(at(redis.url()))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cache_hides_no_ending_on_a_cluster() {
    let Some(cluster) = Cluster::start().await else { return };
    the_cache_hides_no_ending(at(cluster.url())).await;
}

/// The service must not send sessions to a Redis whose certificate it cannot verify.
#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_cannot_prove_who_it_is_is_not_asked() {
    let Some(redis) = RedisWithTls::start().await else { return };
    let Some(another) = RedisWithTls::start().await else { return };
    let before = redis.info("stats").unwrap();
    let (_fleet, target) = instance(&Kept { redis_ca: Some(another.authority()), ..with_tls(&redis) }).await;
    let stranger = Client::new(target.clone(), "test");
    let asked = stranger.fork().deliver(&Request::get("/readyz")).await.unwrap();
    assert_eq!(asked.status, 503, "{}", asked.in_short());
    assert_eq!(replayed(&stranger, &target).await, 401, "no cookie was sent, so no store is asked");
    let handshakes = |said: &str| said.lines().find(|line| line.starts_with("total_connections")).map(str::to_owned);
    assert_ne!(handshakes(&redis.info("stats").unwrap()), handshakes(&before), "the service has tried to connect");
    assert_eq!(redis.ask("DBSIZE").unwrap().lines().next(), Some(":0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_get_little_room_and_time_on_redis() {
    let Some(redis) = Redis::start().await else { return };
    visitors_get_little_room_and_time(&at(redis.url())).await;
}

/// A visitor's session expires in Redis after a day.
#[tokio::test(flavor = "multi_thread")]
async fn redis_keeps_a_visitor_for_a_day() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&at(redis.url())).await;
    assert_eq!(put(&mut Client::new(target, "visitor"), "note", "kept").await.status, 204);
    let ttl = redis.ask("EVAL \"return redis.call('TTL', redis.call('RANDOMKEY'))\" 0").unwrap();
    let seconds: i64 = ttl.trim().trim_start_matches(':').parse().unwrap();
    assert!((86_000..=86_400).contains(&seconds), "{seconds}");
}
