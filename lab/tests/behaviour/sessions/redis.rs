//! Sessions in Redis: how often it is asked, and what happens while it cannot answer.

use std::{collections::BTreeMap, time::Duration};

use lab::client::{Client, request::Request};
use serde_json::json;
use session_svc::Store;
use shared::secret::Secret;

use super::{
    Kept, PASSWORD, a_crowd_writes_at_once, a_write_never_brings_a_session_back, comes_back_by_itself, instance,
    instances_agree_at_once, log_in, logged_in, nobody_is_told_that_they_are_logged_out, parallel_writes_survive, put,
    replayed, speaks_the_contract,
};
use crate::support::redis::Redis;

fn on(redis: &Redis) -> Kept {
    Kept::beside_sqlite(Store::Redis(Secret::new(redis.url())), "redis")
}

/// What clients have sent, by command; what scripts call inside is not counted among it.
struct Sent(BTreeMap<String, u64>);

impl Sent {
    fn so_far(redis: &Redis) -> Self {
        let number = |line: &str| line.split_once("calls=")?.1.split(',').next()?.parse::<u64>().ok();
        let text = redis.info("commandstats").unwrap();
        let lines = text.lines().filter_map(|line| {
            let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(':')?;
            Some((name.to_owned(), number(rest)?))
        });
        Self(lines.filter(|(name, _)| ["hgetall", "evalsha", "eval", "script|load"].contains(&name.as_str())).collect())
    }

    /// Since then: `HGETALL` that were sent as such, and scripts.
    fn since(&self, before: &Self, inside: u64) -> (u64, u64) {
        let more = |name: &str| self.0.get(name).unwrap_or(&0) - before.0.get(name).unwrap_or(&0);
        (more("hgetall") - inside, more("evalsha") + more("eval") + more("script|load"))
    }
}

/// `(reads, scripts)` that one request costs; `inside` of the reads are made by the scripts themselves.
async fn cost(redis: &Redis, client: &mut Client, request: Request, status: u16, inside: u64) -> (u64, u64) {
    let before = Sent::so_far(redis);
    let answer = client.send(request).await.unwrap();
    assert_eq!(answer.status, status, "{}", answer.in_short());
    Sent::so_far(redis).since(&before, inside)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_on_redis() {
    let Some(redis) = Redis::start().await else { return };
    speaks_the_contract(&on(&redis)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_their_sessions_on_redis() {
    let Some(redis) = Redis::start().await else { return };
    let kept = on(&redis);
    instances_agree_at_once(&kept).await;
    parallel_writes_survive(&kept).await;
    a_write_never_brings_a_session_back(&kept).await;
    a_crowd_writes_at_once(&kept).await;
}

/// The exact number of commands, as Redis counts them.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_one_command_and_an_anonymous_one_is_none() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&on(&redis)).await;
    let mut client = logged_in(&target, "alice").await;
    // Each script is loaded once, when it is first used.
    assert_eq!(put(&mut client, "note", "first").await.status, 204);
    let mine = cost(&redis, &mut client, Request::get("/mine"), 200, 0).await;
    assert_eq!(mine, (1, 0), "reading a session");
    let item = cost(&redis, &mut client, Request::get("/items/note"), 200, 0).await;
    assert_eq!(item, (1, 0), "reading an item");
    let write = Request::put("/items/note").json(&json!({"value": "second"}));
    assert_eq!(cost(&redis, &mut client, write, 204, 2).await, (0, 1), "writing an item");
    let credentials = json!({"username": "alice", "password": PASSWORD});
    let login = Request::post("/login").json(&credentials);
    assert_eq!(cost(&redis, &mut client, login, 200, 1).await, (0, 1), "logging in");
    let mut twin = client.fork();
    assert_eq!(twin.send(Request::post("/logout")).await.unwrap().status, 204);
    log_in(&mut client, "alice", PASSWORD).await;
    let logout = cost(&redis, &mut client, Request::post("/logout"), 204, 0).await;
    assert_eq!(logout, (0, 1), "logging out");

    let keys = redis.ask("DBSIZE").unwrap();
    let mut nobody = Client::new(target, "test");
    for path in ["/mine", "/items", "/", "/about"] {
        let before = Sent::so_far(&redis);
        let answer = nobody.send(Request::get(path)).await.unwrap();
        assert_eq!(Sent::so_far(&redis).since(&before, 0), (0, 0), "{path}");
        assert!(answer.header("set-cookie").is_none(), "{path}");
    }
    assert_eq!(redis.ask("DBSIZE").unwrap(), keys, "and no key is made for nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_sends_no_cookie_and_what_redis_holds_logs_nobody_in() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&on(&redis)).await;
    let mut client = logged_in(&target, "alice").await;
    assert!(put(&mut client, "note", "kept").await.header("set-cookie").is_none());
    let login = client.send(Request::post("/login").json(&json!({"username": "alice", "password": PASSWORD}))).await;
    let cookie = login.unwrap().header("set-cookie").unwrap().to_owned();
    let id = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    assert_eq!(id.len(), 32);
    let dump = format!("{}{}", redis.ask("KEYS *").unwrap(), redis.ask("DEBUG RELOAD").unwrap());
    assert!(!dump.contains(&id), "the id is nowhere in Redis");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_by_itself_leaves_nothing_in_redis() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&on(&redis)).await;
    let mut client = logged_in(&target, "alice").await;
    assert_eq!(put(&mut client, "note", "kept").await.status, 204);
    for key in redis.ask("KEYS *").unwrap().lines().filter(|line| line.starts_with("a:")) {
        let ttl = redis.ask(&format!("TTL {key}")).unwrap();
        let seconds: i64 = ttl.trim_start_matches(':').lines().next().unwrap().parse().unwrap();
        assert!(seconds > 1_000_000, "{key} ends with its last login: {ttl}");
    }
    assert_eq!(client.send(Request::delete("/logins")).await.unwrap().status, 204);
    assert_eq!(redis.ask("DBSIZE").unwrap().lines().next(), Some(":0"), "no session and no index is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_starts_without_its_redis_and_says_so() {
    let Some(mut redis) = Redis::start().await else { return };
    let kept = on(&redis);
    redis.stop();
    let (_fleet, target) = instance(&kept).await;
    let mut client = Client::new(target.clone(), "test");
    let ready = client.send(Request::get("/readyz")).await.unwrap();
    assert_eq!(ready.status, 503);
    assert!(ready.in_short().contains("session store"), "{}", ready.in_short());
    let stranger = client.fork();
    let credentials = json!({"username": "erin", "password": PASSWORD});
    assert_eq!(client.send(Request::post("/register").json(&credentials)).await.unwrap().status, 201);
    let login = client.deliver(&Request::post("/login").json(&credentials)).await.unwrap();
    assert_eq!((login.status, login.header("set-cookie")), (503, None), "no success that was not stored");
    redis.start_again().await.unwrap();
    comes_true(&mut client, "/readyz").await;
    log_in(&mut client, "erin", PASSWORD).await;
    assert_eq!(replayed(&client, &target).await, 200);
    assert_eq!(replayed(&stranger, &target).await, 401);
}

async fn comes_true(client: &mut Client, path: &str) {
    for _ in 0..20 {
        if client.send(Request::get(path)).await.unwrap().status == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{path} is not back after 2 s");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_or_slow_redis_logs_nobody_out() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&on(&redis)).await;
    let mut client = logged_in(&target, "dave").await;
    assert_eq!(put(&mut client, "note", "kept").await.status, 204);
    redis.freeze();
    nobody_is_told_that_they_are_logged_out(&client).await;
    redis.thaw();
    // Of what was answered 503 while it was frozen, some reached Redis: a logout may have come true meanwhile.
    log_in(&mut client, "dave", PASSWORD).await;
    assert_eq!(put(&mut client, "note", "kept").await.status, 204);
    redis.tell("CLIENT PAUSE 2000 ALL").unwrap();
    let answer = client.fork().deliver(&Request::get("/mine")).await.unwrap();
    assert_eq!(answer.status, 503, "{}", answer.in_short());
    tokio::time::sleep(Duration::from_secs(2)).await;
    comes_back_by_itself(&mut client).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_redis_logs_nobody_out_and_an_empty_one_everybody() {
    let Some(mut redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&on(&redis)).await;
    let mut client = logged_in(&target, "dave").await;
    redis.stop();
    nobody_is_told_that_they_are_logged_out(&client).await;
    redis.start_again().await.unwrap();
    comes_true(&mut Client::new(target.clone(), "test"), "/readyz").await;
    // It keeps nothing on a disk: what was in it is lost, and that is told as it is.
    assert_eq!(replayed(&client, &target).await, 401);
    log_in(&mut client, "dave", PASSWORD).await;
    assert_eq!(replayed(&client, &target).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_redis_refuses_new_sessions_and_ends_old_ones() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&on(&redis)).await;
    let mut client = logged_in(&target, "dave").await;
    assert_eq!(put(&mut client, "note", "kept").await.status, 204);
    redis.ask("CONFIG SET maxmemory 1").unwrap();
    let late = put(&mut client, "late", "lost").await;
    assert_eq!(late.status, 503, "{}", late.in_short());
    let items = client.send(Request::get("/items")).await.unwrap().json().unwrap();
    assert_eq!(items["items"], json!({"note": "kept"}), "nothing was stored by halves");
    let credentials = json!({"username": "dave", "password": PASSWORD});
    assert_eq!(client.fork().deliver(&Request::post("/login").json(&credentials)).await.unwrap().status, 503);
    assert_eq!(replayed(&client, &target).await, 200, "and who was logged in still is");
    let copy = client.fork();
    assert_eq!(client.send(Request::post("/logout")).await.unwrap().status, 204);
    assert_eq!(replayed(&copy, &target).await, 401);
}
