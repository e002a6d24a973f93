//! How many commands each request sends to Redis, as Redis counts them.

use std::collections::BTreeMap;

use authlab_client::{
    Client,
    request::Request,
    target::Target,
    visitor::{LoginWith, PASSWORD, Visitor, put_item},
};
use authlab_test_support::{Cluster, Redis};
use serde_json::json;

use super::{
    super::{
        Kept,
        cache::{past_the_start, with_cache},
        instance, logged_in, put,
    },
    at,
};

/// The commands that these servers have executed, by name, including those inside scripts.
pub(crate) struct Sent(BTreeMap<String, u64>);

impl Sent {
    pub(crate) fn so_far(servers: &[&Redis]) -> Self {
        let mut sent = BTreeMap::new();
        for server in servers {
            for line in server.info("commandstats").unwrap().lines() {
                if let Some((name, calls)) = calls(line) {
                    *sent.entry(name.to_owned()).or_default() += calls;
                }
            }
        }
        Self(sent)
    }

    /// The `HGETALL` commands sent by clients, and the scripts, since `before`.
    pub(crate) fn since(&self, before: &Self, inside: u64) -> (u64, u64) {
        let more = |name: &str| self.0.get(name).unwrap_or(&0) - before.0.get(name).unwrap_or(&0);
        (more("hgetall") - inside, more("evalsha") + more("eval") + more("script|load"))
    }
}

fn calls(line: &str) -> Option<(&str, u64)> {
    let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(':')?;
    Some((name, rest.split_once("calls=")?.1.split(',').next()?.parse().ok()?))
}

/// `(reads, scripts)` that one request costs; `inside` of the reads are made by the scripts themselves.
pub(crate) async fn cost(
    servers: &[&Redis],
    client: &mut Client,
    request: Request,
    status: u16,
    inside: u64,
) -> (u64, u64) {
    let before = Sent::so_far(servers);
    let answer = client.send(request).await.unwrap();
    assert_eq!(answer.status, status, "{}", answer.in_short());
    Sent::so_far(servers).since(&before, inside)
}

fn login() -> Request {
    LoginWith::Json.request("alice", PASSWORD)
}

async fn requests_cost_what_they_must(servers: &[&Redis], url: String) {
    let kept = Kept { logins_at_most: 2, ..at(url) };
    let (_fleet, target) = instance(&kept).await;
    // With these logins the account reaches its limit.
    let _others = [logged_in(&target, "alice").await, logged_in(&target, "alice").await];
    let mut client = logged_in(&target, "alice").await;
    // The first use of a script sends its full text; these requests do that beforehand.
    assert_eq!(put(&mut client, "note", "first").await.status, 204);
    assert_eq!(client.fork().send(Request::get("/logins")).await.unwrap().status, 200);
    let nobodys = "/logins/00000000000000000000000000000000";
    assert_eq!(client.fork().send(Request::delete(nobodys)).await.unwrap().status, 204);

    let mine = cost(servers, &mut client, Request::get("/mine"), 200, 0).await;
    assert_eq!(mine, (1, 0), "reading a session");
    let verify = cost(servers, &mut client, Request::get("/verify"), 200, 0).await;
    assert_eq!(verify, (1, 0), "telling a gateway who is calling");
    let item = cost(servers, &mut client, Request::get("/items/note"), 200, 0).await;
    assert_eq!(item, (1, 0), "reading an item");
    let write = put_item("note", "second");
    assert_eq!(cost(servers, &mut client, write, 204, 0).await, (0, 1), "writing an item, without reading all of them");
    assert_eq!(cost(servers, &mut client, login(), 200, 1).await, (0, 1), "logging in");
    let logins = cost(servers, &mut client, Request::get("/logins"), 200, 0).await;
    assert_eq!(logins, (1, 1), "one read for the session, one script for the list");
    let end = cost(servers, &mut client, Request::delete(nobodys), 204, 0).await;
    assert_eq!(end, (1, 1), "one read for the session, one script for the ending");

    let mut twin = client.fork();
    assert_eq!(twin.send(Request::post("/logout")).await.unwrap().status, 204);
    client = Visitor::register(client, "alice", LoginWith::Json).await.unwrap().client;
    let logout = cost(servers, &mut client, Request::post("/logout"), 204, 0).await;
    assert_eq!(logout, (0, 1), "logging out");
    assert_eq!(cost(servers, &mut client, login(), 200, 1).await, (0, 1), "logging in with nothing");
    let beyond = cost(servers, &mut Client::new(target.clone(), "third"), login(), 200, 1).await;
    assert_eq!(beyond, (0, 1), "a login beyond the limit, which ends another");

    let keys = || servers.iter().map(|server| server.ask("DBSIZE").unwrap()).collect::<Vec<_>>();
    let kept = keys();
    let mut nobody = Client::new(target, "test");
    for path in ["/mine", "/items", "/", "/about"] {
        let before = Sent::so_far(servers);
        let answer = nobody.send(Request::get(path)).await.unwrap();
        assert_eq!(Sent::so_far(servers).since(&before, 0), (0, 0), "{path}");
        assert!(answer.header("set-cookie").is_none(), "{path}");
    }
    assert_eq!(keys(), kept, "a request without a credential creates no key");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_one_command_and_an_anonymous_one_is_none() {
    let Some(redis) = Redis::start().await else { return };
    requests_cost_what_they_must(&[&redis], redis.url()).await;
}

/// Not even a Redis that does not answer keeps it from answering.
#[tokio::test(flavor = "multi_thread")]
async fn with_a_cache_a_gateway_costs_no_command() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&with_cache(at(redis.url()))).await;
    past_the_start().await;
    let mut client = logged_in(&target, "alice").await;
    assert_eq!(cost(&[&redis], &mut client, Request::get("/verify"), 200, 0).await, (0, 0));
    redis.freeze();
    for (path, status) in [("/verify", 200), ("/verify?refresh=on", 200), ("/mine", 503), ("/items", 503)] {
        assert_eq!(client.send(Request::get(path)).await.unwrap().status, status, "{path}");
    }
    redis.thaw();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_one_command_on_a_cluster_too() {
    let Some(cluster) = Cluster::start().await else { return };
    let masters: Vec<&Redis> = cluster.masters().collect();
    requests_cost_what_they_must(&masters, cluster.url()).await;
}

/// `(reads, scripts)` of a login that keeps the items of the client's former session.
async fn taking_along(servers: &[&Redis], target: &Target) -> (u64, u64) {
    let mut client = logged_in(target, "alice").await;
    assert_eq!(client.send(Request::post("/logout")).await.unwrap().status, 204);
    let id = |client: &Client| client.jar().value("sessionid").unwrap().to_owned();
    loop {
        assert_eq!(put(&mut client, "cart", "three books").await.status, 204);
        let before = id(&client);
        let cost = cost(servers, &mut client, login(), 200, 1).await;
        let after = id(&client);
        let items = client.send(Request::get("/items")).await.unwrap().json().unwrap();
        assert_eq!(items["items"], json!({"cart": "three books"}));
        assert_eq!(client.send(Request::post("/logout")).await.unwrap().status, 204);
        // One time in 1,296 both sessions lie in the same slot by chance, and then one command is enough.
        if before[..2] != after[..2] {
            return cost;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_takes_along_what_there_was_in_one_command() {
    let Some(redis) = Redis::start().await else { return };
    let (_fleet, target) = instance(&at(redis.url())).await;
    let _first_use_of_each_script = taking_along(&[&redis], &target).await;
    assert_eq!(taking_along(&[&redis], &target).await, (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn from_another_part_of_a_cluster_it_takes_it_along_in_three() {
    let Some(cluster) = Cluster::start().await else { return };
    let (_fleet, target) = instance(&at(cluster.url())).await;
    let masters: Vec<&Redis> = cluster.masters().collect();
    // Each master must have seen the scripts that begin and end a session, wherever the sessions lie.
    let seen = |master: &&Redis| Sent::so_far(&[master]).0.get("eval") == Some(&2);
    while !masters.iter().all(seen) {
        let mut visitor = Client::new(target.clone(), "visitor");
        assert_eq!(put(&mut visitor, "note", "gone").await.status, 204);
        assert_eq!(visitor.send(Request::post("/logout")).await.unwrap().status, 204);
    }
    let _first_use_of_each_script = taking_along(&masters, &target).await;
    assert_eq!(taking_along(&masters, &target).await, (1, 2), "read the items, log in, end the former session");
}
