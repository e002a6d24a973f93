//! An account with more logins than Redis goes through while others wait: those that have expired, those that Redis lost, and those that live.
//!
//! Redis serves one command at a time and writes down those that take long (`SLOWLOG`): whatever is asked, there are none.

use authlab_client::{
    Client,
    request::Request,
    visitor::{LoginWith, PASSWORD, Visitor, password_change},
};
use shared::{
    clock::Clock,
    endings::Reach,
    login::{Account, LoginId},
};

use super::{
    super::{
        Kept, instance,
        limit::log_in_at_once,
        logged_in, put,
        service::{Service, holding, service},
    },
    Redis, at,
};

/// As many as were found in the index of one account.
const MEMBERS: u32 = 400_000;
const MEMBERS_A_COMMAND: u32 = 20_000;
/// Going through all members takes longer, and a step of some hundred is far below this on a busy machine too.
const SLOW_MICROSECONDS: u32 = 300_000;
const AN_HOUR: i64 = 3_600;

fn watch(redis: &Redis) {
    redis.ask(&format!("CONFIG SET slowlog-log-slower-than {SLOW_MICROSECONDS}")).unwrap();
    redis.ask("SLOWLOG RESET").unwrap();
}

fn nothing_was_slow(redis: &Redis) {
    assert_eq!(redis.ask("SLOWLOG LEN").unwrap().trim(), ":0", "{}", redis.ask("SLOWLOG GET").unwrap());
}

/// The index of the only account that is logged in.
fn index(redis: &Redis) -> String {
    let keys = redis.ask("KEYS *a:*").unwrap();
    // The digest of a session's id may read like the beginning of such a name.
    let is_index = |line: &&str| {
        let account = line.split_once("}a:").map(|(_, account)| account);
        account.is_some_and(|account| !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit()))
    };
    keys.lines().find(is_index).unwrap().to_owned()
}

/// Adds members without a session, whose logins end at that time.
fn add_members(redis: &Redis, index: &str, ends: i64) {
    for from in (0..MEMBERS).step_by(usize::try_from(MEMBERS_A_COMMAND).unwrap()) {
        let add = "for at = 1, tonumber(ARGV[1]) do redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2] + at) end";
        redis.ask(&format!("EVAL \"{add}\" 1 {index} {MEMBERS_A_COMMAND} {from} {ends}")).unwrap();
    }
    assert!(members(redis, index) > MEMBERS);
}

fn members(redis: &Redis, index: &str) -> u32 {
    redis.ask(&format!("ZCARD {index}")).unwrap().trim().trim_start_matches(':').parse().unwrap()
}

async fn everything_about_logins_is_answered(redis: &Redis, client: &mut Client, fill: impl Fn()) {
    fill();
    watch(redis);
    let listed = client.send(Request::get("/logins")).await.unwrap();
    assert_eq!(listed.json().unwrap()["logins"].as_array().unwrap().len(), 1, "{}", listed.in_short());
    assert_eq!(put(client, "note", "kept").await.status, 204);
    for (change, status) in [
        (Request::delete("/logins/00000000000000000000000000000000"), 204),
        (LoginWith::Json.request("alice", PASSWORD), 200),
        (Request::delete("/logins?except=current"), 204),
    ] {
        let answer = client.send(change).await.unwrap();
        assert_eq!(answer.status, status, "{}", answer.in_short());
        nothing_was_slow(redis);
        fill();
        watch(redis);
    }
    assert_eq!(client.send(password_change()).await.unwrap().status, 204);
    assert_eq!(client.send(Request::get("/mine")).await.unwrap().status, 200);
    nothing_was_slow(redis);
    assert_eq!(members(redis, &index(redis)), 1, "of all others nothing is left");
    let ttl = redis.ask(&format!("TTL {}", index(redis))).unwrap();
    assert!(ttl.trim().trim_start_matches(':').parse::<i64>().unwrap() > 1_000_000, "{ttl}");
    assert_eq!(client.send(Request::delete("/logins")).await.unwrap().status, 204);
    assert_eq!(redis.ask("DBSIZE").unwrap().trim(), ":0");
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_that_have_expired_are_in_nobodys_way() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&at(redis.url())).await;
    let mut client = logged_in(&target, "alice").await;
    let an_hour_ago = Clock::system().seconds() - AN_HOUR;
    let index = index(&redis);
    everything_about_logins_is_answered(&redis, &mut client, || add_members(&redis, &index, an_hour_ago)).await;
}

/// A Redis that evicts what it should not, or that was started without what it held.
#[tokio::test(flavor = "multi_thread")]
async fn logins_whose_sessions_are_lost_are_in_nobodys_way() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&at(redis.url())).await;
    let mut client = logged_in(&target, "alice").await;
    let in_an_hour = Clock::system().seconds() + AN_HOUR;
    let index = index(&redis);
    everything_about_logins_is_answered(&redis, &mut client, || add_members(&redis, &index, in_an_hour)).await;
}

/// Expired members go by and by, whatever touches the index.
#[tokio::test(flavor = "multi_thread")]
async fn the_index_of_an_account_forgets_what_has_expired() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&at(redis.url())).await;
    let client = logged_in(&target, "alice").await;
    let index = index(&redis);
    for member in 0..300 {
        redis.ask(&format!("ZADD {index} 1000000 member{member}")).unwrap();
    }
    Visitor::register(client, "alice", LoginWith::Json).await.unwrap();
    assert_eq!(members(&redis, &index), 1);
}

const ALIVE: usize = 3_000;

async fn with_some_thousands_alive(redis: &Redis, username: &str) -> (Service, Account, Vec<String>) {
    let kept: Kept = at(redis.url());
    let service = [service(&kept, 0, Reach::Off).await];
    let account = service[0].register(username).await;
    let ids = log_in_at_once(&service, &account, ALIVE).await;
    let [service] = service;
    watch(redis);
    (service, account, ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn some_thousands_of_logins_are_listed_in_part_and_end_all() {
    let Some(redis) = Redis::start().await else { return };
    let (service, before, ids) = with_some_thousands_alive(&redis, "alice").await;
    let listed = service.listed(&ids[0]).await;
    assert!((1_000..=1_001).contains(&listed), "{listed}");

    // As version 0.1 keeps a login: its id is random, and it has no generation.
    let index = index(&redis);
    let bucket = &index[..=index.find('}').unwrap()];
    let former = format!(
        "local key = '{bucket}' .. redis.call('ZRANGE', KEYS[1], 0, 0)[1] redis.call('HDEL', key, '.g') \
         redis.call('HSET', key, '.l', 'ABCDEFGHIJKLMNOPalice')"
    );
    redis.ask(&format!("EVAL \"{former}\" 1 {index}")).unwrap();
    let logins = service.mechanism.logins().unwrap();
    logins.end(&holding(&ids[0]), &LoginId("4142434445464748494a4b4c4d4e4f50".to_owned())).await.unwrap();
    assert_eq!(members(&redis, &index), u32::try_from(ALIVE).unwrap() - 1);

    let own = if service.lives(&ids[0]).await { &ids[0] } else { &ids[1] };
    let after = service.change_password(&before).await;
    let renewed = service.renew(own, &after).await;
    assert_eq!(service.listed(&renewed).await, 1);
    assert_eq!(members(&redis, &index), 1);
    nothing_was_slow(&redis);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_some_thousands_of_logins_end() {
    let Some(redis) = Redis::start().await else { return };
    let (service, _, ids) = with_some_thousands_alive(&redis, "alice").await;
    let revocation = service.mechanism.revocation().unwrap();
    revocation.end_others(&holding(&ids[7])).await.unwrap();
    assert_eq!(service.listed(&ids[7]).await, 1);
    revocation.end_all(&holding(&ids[7])).await.unwrap();
    assert_eq!(redis.ask("DBSIZE").unwrap().trim(), ":0");
    nothing_was_slow(&redis);
}
