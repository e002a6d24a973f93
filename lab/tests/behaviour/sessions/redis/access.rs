//! Sentinels with a password, a Redis user with few rights, a cluster node used as a server, and a Redis that evicts
//! keys.

use std::{fs, time::Duration};

use authlab_client::{Client, request::Request};
use authlab_secrets::Secret;
use authlab_test_support::{Cluster, Redis, Sentinels};
use tokio::time::sleep;

use super::{
    super::{Kept, logged_in, outage::comes_true, put, replayed, speaks_the_contract},
    SOON, at, instance, instances_share_their_sessions, logins_end_as_they_should,
};
use crate::support::service::Service;

/// The commands that a Redis user needs, as `docs/operations.md` lists them.
const COMMANDS: &str = "+eval +evalsha +exists +hgetall +hget +hset +hdel +hmget +hkeys +hexists +del +unlink +rename +expireat \
    +zadd +zrem +zcard +zcount +zrange +zremrangebyrank +zscan +zscore +time";
/// Further commands: at the master behind sentinels, at the sentinels, and at the nodes of a cluster.
const AT_A_MASTER: &str = "+role";
const AT_SENTINELS: &str = "+sentinel|masters +role";
const IN_A_CLUSTER: &str = "+cluster|slots +asking +ping";

/// A user with only these commands, and with keys that begin with `shop:`.
fn user(commands: &str) -> String {
    format!("ACL SETUSER sessions on >secret resetkeys ~shop:* -@all {COMMANDS} {commands}")
}

fn as_user(url: &str) -> Kept {
    Kept { prefix: Some("shop:"), ..at(url.replace("://", "://sessions:secret@")) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_the_documented_commands_suffices() {
    let Some(redis) = Redis::start().await else { return };
    redis.ask(&user("")).unwrap();
    speaks_the_contract(&as_user(&redis.url())).await;
    instances_share_their_sessions(&as_user(&redis.url())).await;
    logins_end_as_they_should(&as_user(&redis.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_the_documented_commands_suffices_in_a_cluster() {
    let Some(cluster) = Cluster::start().await else { return };
    cluster.ask(&user(IN_A_CLUSTER)).unwrap();
    instances_share_their_sessions(&as_user(&cluster.url())).await;
    logins_end_as_they_should(&as_user(&cluster.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_with_the_documented_commands_suffice_behind_sentinels() {
    let Some(group) = Sentinels::start().await else { return };
    for server in [&group.master, &group.replica] {
        // Either may be the master: on a busy machine sentinels may fail over.
        server.ask(&user(AT_A_MASTER)).unwrap();
    }
    group.ask(&format!("ACL SETUSER watcher on >of-the-sentinels -@all {AT_SENTINELS}")).unwrap();
    group.ask("ACL SETUSER default -sentinel|masters").unwrap();
    let sentinel_password = Some(Secret::new("of-the-sentinels"));
    let kept = Kept { sentinel_username: Some("watcher"), sentinel_password, ..as_user(&group.url()) };
    instances_share_their_sessions(&kept).await;
}

#[test]
fn the_commands_that_are_needed_are_documented() {
    let documented = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations.md")).unwrap();
    for commands in [COMMANDS, AT_A_MASTER, AT_SENTINELS, IN_A_CLUSTER] {
        assert!(documented.contains(commands), "docs/operations.md must name {commands}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sentinels_are_shown_a_password_of_their_own() {
    let Some(group) = Sentinels::start_with_password("of-the-sentinels").await else { return };
    let with = Kept { sentinel_password: Some(Secret::new("of-the-sentinels")), ..at(group.url()) };
    let (_fleet, target) = instance(&with).await;
    let client = logged_in(&target, "alice").await;
    assert_eq!(replayed(&client, &target).await, 200);

    let (_fleet, target) = instance(&at(group.url())).await;
    let ready = Client::new(target, "test").send(Request::get("/readyz")).await.unwrap();
    assert_eq!(ready.status, 503, "{}", ready.in_short());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_a_cluster_that_is_addressed_as_a_server_is_named_at_the_start() {
    let Some(cluster) = Cluster::start().await else { return };
    let kept = at(cluster.url_of_a_node());
    let refused = authlab_fleet::Fleet::start_with(|_, mechanisms| {
        mechanisms.session.session_store = Some(kept.sessions.clone());
    });
    let said = refused.await.unwrap_err().to_string();
    assert!(said.contains("SESSION_STORE") && said.contains("redis+cluster://"), "{said}");
}

/// A server is replaced by a cluster node that has all keys for now. The service must not be ready, or logins would
/// fail later.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_becomes_a_node_of_a_cluster_is_not_ready() {
    let Some(mut redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&at(redis.url())).await;
    let stranger = Client::new(target, "test");
    comes_true(&stranger, "/readyz").await;
    redis.stop();
    let bus = (redis.address().port() - 10_000).to_string();
    redis.start_again_with(&["--cluster-enabled", "yes", "--cluster-port", &bus]).await.unwrap();
    redis.ask("CLUSTER ADDSLOTSRANGE 0 16383").unwrap();
    let mut waited = Duration::ZERO;
    while waited < 3 * SOON {
        let ready = stranger.fork().deliver(&Request::get("/readyz")).await.unwrap();
        assert_eq!(ready.status, 503, "after {waited:?}: {}", ready.in_short());
        // The service checks the server repeatedly in real time and must stay not ready.
        sleep(SOON / 10).await;
        waited += SOON / 10;
    }
}

async fn said_of(url: &str) -> String {
    let service = Service::start("session-svc", &["--session-store", url]);
    let mut client = Client::new(service.target.clone(), "test");
    assert_eq!(put(&mut client, "note", "kept").await.status, 204);
    // The service reads the eviction policy in the background after it connects.
    sleep(SOON).await;
    service.stopped()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_evicts_is_warned_of_and_others_are_not() {
    let Some(redis) = Redis::start().await else { return };
    assert!(!said_of(&redis.url()).await.contains("maxmemory-policy"));
    redis.ask("CONFIG SET maxmemory-policy allkeys-lru").unwrap();
    let said = said_of(&redis.url()).await;
    assert!(said.contains("allkeys-lru") && said.contains("noeviction"), "{said}");
    for (name, may, warned) in [("onlyconfig", "-info +config|get", true), ("neither", "-info -config", false)] {
        redis.ask(&format!("ACL SETUSER {name} on >secret ~* +@all {may}")).unwrap();
        let said = said_of(&redis.url().replace("redis://", &format!("redis://{name}:secret@"))).await;
        assert_eq!(said.contains("allkeys-lru"), warned, "{name}: {said}");
        assert!(!said.contains("secret"), "{said}");
    }
}
