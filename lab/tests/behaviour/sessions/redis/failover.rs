//! While one Redis takes over from another, requests get 503, never 401, and recover without a restart.

use std::{future::Future, pin::pin, time::Duration};

use authlab_client::{
    Client,
    request::Request,
    target::Target,
    visitor::{LoginWith, Visitor},
};
use authlab_test_support::{Cluster, Sentinels};
use tokio::time::sleep;

use super::{
    super::{
        instance, logged_in,
        outage::{comes_back_by_itself, is_no_more_than_said, nobody_is_told_that_they_are_logged_out, timed},
        put,
    },
    SOON, at,
};

/// Sends requests with these logins until `over` is done; none may be refused. Returns how many requests got 503.
async fn none_is_logged_out_until(over: impl Future<Output = std::io::Result<()>>, clients: &[Client]) -> usize {
    let mut over = pin!(over);
    let mut unavailable = 0;
    loop {
        for client in clients {
            let (answer, took) = timed(client, &Request::get("/mine")).await;
            assert!(matches!(answer.status, 200 | 503), "{}", answer.in_short());
            assert!(took < SOON, "{took:?} for {}", answer.in_short());
            if answer.status == 503 {
                is_no_more_than_said(&answer);
                unavailable += 1;
            }
        }
        tokio::select! {
            ended = &mut over => return ended.map(|()| unavailable).unwrap(),
            // The servers fail over in real time.
            () = sleep(Duration::from_millis(20)) => {}
        }
    }
}

async fn logged_in_with_a_note(at: &Target, username: &str) -> Client {
    let mut client = logged_in(at, username).await;
    assert_eq!(put(&mut client, "note", "kept").await.status, 204);
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_master_is_gone_the_next_is_found() {
    let Some(mut group) = Sentinels::start().await else { return };
    let (_fleet, target) = instance(&at(group.url())).await;
    let mut client = logged_in_with_a_note(&target, "dave").await;
    group.in_step().await.unwrap();
    group.master.stop();
    let unavailable = none_is_logged_out_until(group.failed_over(), std::slice::from_ref(&client)).await;
    assert!(unavailable > 0);
    comes_back_by_itself(&mut client).await;
    assert_eq!(put(&mut client, "note", "changed").await.status, 204);
}

/// The connections of a frozen master stay open: without a timeout a request would wait forever.
#[tokio::test(flavor = "multi_thread")]
async fn when_a_master_is_frozen_the_next_is_found() {
    let Some(group) = Sentinels::start().await else { return };
    let (_fleet, target) = instance(&at(group.url())).await;
    let mut client = logged_in_with_a_note(&target, "dave").await;
    group.in_step().await.unwrap();
    group.master.freeze();
    let unavailable = none_is_logged_out_until(group.failed_over(), std::slice::from_ref(&client)).await;
    assert!(unavailable > 0);
    comes_back_by_itself(&mut client).await;
    group.master.thaw();
    let old_one_knows = none_is_logged_out_until(group.agree(), std::slice::from_ref(&client)).await;
    assert_eq!(old_one_knows, 0, "the frozen server is no longer the master");
    assert_eq!(put(&mut client, "note", "changed").await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_master_of_a_cluster_is_gone_its_replica_answers() {
    let Some(mut cluster) = Cluster::start().await else { return };
    let (_fleet, target) = instance(&at(cluster.url())).await;
    let mut clients = Vec::new();
    // Consecutive sessions lie in different slots of the cluster.
    for turn in 0..8 {
        clients.push(logged_in_with_a_note(&target, &format!("user{turn}")).await);
    }
    cluster.stop_first_master().await.unwrap();
    let unavailable = none_is_logged_out_until(cluster.failed_over(), &clients).await;
    assert!(unavailable > 0);
    for client in &mut clients {
        comes_back_by_itself(client).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_is_frozen_logs_nobody_out() {
    let Some(cluster) = Cluster::start().await else { return };
    let (_fleet, target) = instance(&at(cluster.url())).await;
    let mut client = logged_in_with_a_note(&target, "dave").await;
    cluster.freeze();
    nobody_is_told_that_they_are_logged_out(&client, SOON).await;
    cluster.thaw().await.unwrap();
    client = Visitor::register(client, "dave", LoginWith::Json).await.unwrap().client;
    assert_eq!(put(&mut client, "note", "kept").await.status, 204);
}
