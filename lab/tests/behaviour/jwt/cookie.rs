//! A token contains its items and must fit into a cookie of 4,096 bytes with name and attributes, even if a header
//! carries it.

use authlab_client::{
    Client,
    answer::Answer,
    request::Request,
    visitor::{LoginWith, Visitor},
};
use serde_json::json;

use super::{ALL, Service};

const BIGGEST_COOKIE: usize = 4_096;

async fn put(client: &mut Client, key: &str, length: usize) -> Answer {
    let body = json!({"value": "x".repeat(length)});
    client.send(Request::put(format!("/items/{key}")).json(&body)).await.unwrap()
}

async fn items(client: &mut Client) -> serde_json::Value {
    client.send(Request::get("/items")).await.unwrap().json().unwrap()["items"].take()
}

/// Finds the longest item that the token accepts, to the byte.
async fn fill(client: &mut Client) -> usize {
    let (mut fits, mut is_refused) = (0, BIGGEST_COOKIE);
    while is_refused - fits > 1 {
        let length = usize::midpoint(fits, is_refused);
        let before = items(client).await;
        let answer = put(client, "note", length).await;
        if answer.status == 200 {
            fits = length;
            continue;
        }
        assert_eq!(answer.status, 413, "{}", answer.text());
        assert!(answer.text().contains("4096"), "the error names the limit: {}", answer.text());
        assert_eq!(answer.set_cookies().count(), 0, "a refusal sets no cookie");
        assert_eq!(items(client).await, before, "a refusal changes nothing");
        is_refused = length;
    }
    fits
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_grows_to_the_edge_of_a_cookie_and_not_beyond() {
    for algorithm in ALL {
        let service = Service::start(algorithm).await;
        let mut by_header = service.alice().await;
        let fits = fill(&mut by_header).await;

        let browser = Client::new(service.target.clone(), "browser");
        let mut browser = Visitor::log_in(browser, "alice", LoginWith::Form).await.unwrap().client;
        assert_eq!(fill(&mut browser).await, fits, "{algorithm}: the same for every carrier");
        let answer = put(&mut browser, "note", fits).await;
        let cookie = answer.header("set-cookie").unwrap();
        // On plain HTTP the cookie has no `; Secure`, but the limit leaves room for it.
        let whole = cookie.len() + "; Secure".len();
        assert!(whole <= BIGGEST_COOKIE && whole > BIGGEST_COOKIE - 8, "{algorithm}: {whole} bytes");
        assert_eq!(
            items(&mut browser).await["note"].as_str().unwrap().len(),
            fits,
            "{algorithm}: the largest token is accepted"
        );
        // A full token can still drop its item and be used.
        assert_eq!(browser.send(Request::delete("/items/note")).await.unwrap().status, 200);
        assert_eq!(items(&mut browser).await, json!({}));
    }
}
