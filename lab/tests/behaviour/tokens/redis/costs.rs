//! How many commands a request with an opaque token sends to Redis, as Redis counts them.

use authlab_client::{
    request::Request,
    visitor::{LoginWith, PASSWORD, put_item},
};
use authlab_test_support::{Cluster, Redis};

use super::{Kept, logins};
use crate::sessions::redis::costs::cost;

async fn requests_cost_what_they_must(servers: &[&Redis], url: String) {
    let kept = Kept { logins_at_most: 2, ..Kept::at(url) };
    let instance = kept.instance().await;
    // With these logins the account reaches its limit. The first use of a script sends its full text.
    let (_, _) = (instance.logged_in("alice", "opaque").await, instance.logged_in("alice", "opaque").await);
    let (mut client, _) = instance.logged_in("alice", "opaque").await;
    assert_eq!(client.send(put_item("note", "first")).await.unwrap().status, 204);
    assert_eq!(client.send(Request::delete("/items/note")).await.unwrap().status, 204);
    assert_eq!(logins(&mut client).await.len(), 2);
    let nobodys = "/logins/00000000000000000000000000000000";
    assert_eq!(client.send(Request::delete(nobodys)).await.unwrap().status, 204);
    assert_eq!(client.send(Request::post("/logout")).await.unwrap().status, 204);
    let (mut client, _) = instance.logged_in("alice", "opaque").await;
    // The first write counts the items, and later ones keep the count.
    assert_eq!(client.send(put_item("note", "first")).await.unwrap().status, 204);

    for (request, status, expected, what) in [
        (Request::get("/mine"), 200, (1, 0), "reading a login"),
        (put_item("note", "second"), 204, (0, 1), "writing an item"),
        (Request::get("/items/note"), 200, (1, 0), "reading an item"),
        (Request::delete("/items/note"), 204, (0, 1), "deleting an item"),
        (Request::get("/logins"), 200, (1, 1), "one read for the caller, one script for the list"),
        (Request::delete(nobodys), 204, (1, 1), "one read for the caller, one script for the ending"),
        (Request::post("/logout"), 204, (0, 1), "logging out"),
    ] {
        assert_eq!(cost(servers, &mut client, request, status, 0).await, expected, "{what}");
    }
    for what in ["a login", "a login up to the limit", "a login beyond the limit"] {
        let login = LoginWith::Kind("opaque").request("alice", PASSWORD);
        assert_eq!(cost(servers, &mut instance.somebody(), login, 200, 1).await, (0, 1), "{what}");
    }
    let mut with_jwt = instance.logged_in("alice", "jwt").await.0;
    assert_eq!(cost(servers, &mut with_jwt, Request::get("/mine"), 200, 0).await, (0, 0), "a JWT needs no Redis");
    assert_eq!(cost(servers, &mut instance.somebody(), Request::get("/mine"), 401, 0).await, (0, 0), "no token");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_an_opaque_token_is_one_command() {
    let Some(redis) = Redis::start().await else { return };
    requests_cost_what_they_must(&[&redis], redis.url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_an_opaque_token_is_one_command_on_a_cluster_too() {
    let Some(cluster) = Cluster::start().await else { return };
    let masters: Vec<&Redis> = cluster.masters().collect();
    requests_cost_what_they_must(&masters, cluster.url()).await;
}
