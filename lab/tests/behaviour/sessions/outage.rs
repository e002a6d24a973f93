//! The answers of a service while its store is unreachable, and after the store is back.

use std::time::{Duration, Instant};

use authlab_client::{Client, answer::Answer, request::Request, visitor::put_item};
use authlab_test_support::Redis;
use serde_json::json;

/// While the store is unreachable, requests get 503 within `soon`, never 401. The answers delete no cookie and show no
/// internal error.
pub(crate) async fn nobody_is_told_that_they_are_logged_out(client: &Client, soon: Duration) {
    let requests = [
        Request::get("/mine"),
        Request::get("/items"),
        put_item("note", "late"),
        Request::get("/logins"),
        Request::get("/verify"),
        Request::post("/verify?refresh=on"),
        Request::post("/logout"),
        Request::get("/readyz"),
    ];
    for request in requests {
        let (answer, took) = timed(client, &request).await;
        assert_eq!(answer.status, 503, "{}", answer.in_short());
        is_no_more_than_said(&answer);
        assert!(took < soon, "{took:?} for {}", answer.in_short());
    }
    // A request without a credential does not need the store.
    assert_eq!(client.fork().deliver(&Request::get("/about")).await.unwrap().status, 200);
    let nobody = client.fork().deliver(&Request::get("/mine").without_credential()).await.unwrap();
    assert_eq!(nobody.status, 401, "no cookie was sent, so no store is asked");
}

pub(crate) async fn timed(client: &Client, request: &Request) -> (Answer, Duration) {
    #[expect(clippy::disallowed_methods, reason = "a duration is measured, no time is told")]
    let began = Instant::now();
    let answer = client.fork().deliver(request).await.unwrap();
    (answer, began.elapsed())
}

/// A 503 has a `Retry-After`, sets no cookie, and shows no error of the store.
pub(crate) fn is_no_more_than_said(answer: &Answer) {
    assert!(answer.header("retry-after").is_some(), "{}", answer.in_short());
    assert!(answer.header("set-cookie").is_none(), "{}", answer.in_short());
    let body = answer.text().to_lowercase();
    for word in ["redis", "postgres", "auth", "cluster", "os error", "refused", "timed out"] {
        assert!(!body.contains(word), "{word} in {body}");
    }
}

/// Redis pauses for longer than a request waits. Then the service recovers.
pub(crate) async fn a_long_pause_is_503_and_passes(redis: &Redis, client: &mut Client) {
    redis.tell("CLIENT PAUSE 2000 ALL").unwrap();
    let answer = client.fork().deliver(&Request::get("/mine")).await.unwrap();
    assert_eq!(answer.status, 503, "{}", answer.in_short());
    // Redis stays paused for two real seconds.
    tokio::time::sleep(Duration::from_secs(2)).await;
    comes_back_by_itself(client).await;
}

/// The service must recover within two seconds without a restart.
pub(crate) async fn comes_back_by_itself(client: &mut Client) {
    comes_true(client, "/mine").await;
    let items = client.send(Request::get("/items")).await.unwrap().json().unwrap();
    assert_eq!(items["items"], json!({"note": "kept"}), "a write that got 503 was not stored");
}

pub(crate) async fn comes_true(client: &Client, path: &str) {
    let mut spent = Duration::ZERO;
    while spent < Duration::from_secs(2) {
        let (answer, took) = timed(client, &Request::get(path)).await;
        if answer.status == 200 {
            return;
        }
        assert_eq!(answer.status, 503, "{}", answer.in_short());
        let pause = Duration::from_millis(50);
        // The service reconnects in real time.
        tokio::time::sleep(pause).await;
        spent += took + pause;
    }
    panic!("{path} still fails after 2 s");
}
