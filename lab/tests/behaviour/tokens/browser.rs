//! A browser holds both tokens in cookies, and the service refreshes an expired access token during a request.
//! `lab/tests/browser` tests the same with a real browser.

use std::{collections::BTreeSet, time::Duration};

use authlab_client::{Client, request::Request, visitor::put_item};
use futures_util::future::join_all;
use serde_json::json;

use super::Instance;

/// The service runs on the real clock: one second of lifetime, five of leeway, and the rest of the second of issue.
const PAST_THE_END: Duration = Duration::from_millis(7_100);

async fn short_lived() -> Instance {
    Instance::start(|_, mechanisms| mechanisms.token.access_token_lifetime = Duration::from_secs(1)).await
}

async fn mine(client: &mut Client) -> authlab_client::answer::Answer {
    client.send(Request::get("/mine")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_stays_logged_in_past_the_end_of_its_token_with_its_items() {
    let instance = short_lived().await;
    let mut browser = instance.browser("alice").await;
    let item = put_item("note", "carried");
    assert_eq!(browser.send(item).await.unwrap().status, 200);
    let thief = browser.jar().value("token").unwrap().to_owned();
    let mut tabs: Vec<Client> = (0..5).map(|_| browser.fork()).collect();
    tokio::time::sleep(PAST_THE_END).await;
    assert_eq!(instance.asked(&thief).await, 401, "the access token has expired");

    // Several tabs at once: all requests succeed, and all tabs get the same refresh token.
    let answers = join_all(tabs.iter_mut().map(mine)).await;
    let mut held = BTreeSet::new();
    for answer in answers {
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json().unwrap()["items"], json!({"note": "carried"}));
        assert_eq!(answer.set_cookies().count(), 2);
        held.insert(answer.set_cookie("refresh").unwrap().value().to_owned());
    }
    assert_eq!(held.len(), 1);

    // A 404 sets both cookies too, and the answer to a write sets the written token.
    let mut tab = browser.fork();
    let unknown = tab.send(Request::get("/items/unknown")).await.unwrap();
    assert_eq!((unknown.status, unknown.set_cookies().count()), (404, 2));
    let mut tab = browser.fork();
    let written = tab.send(put_item("more", "x")).await.unwrap();
    assert_eq!((written.status, written.set_cookies().count()), (200, 2));
    assert_eq!(mine(&mut tab).await.json().unwrap()["items"], json!({"note": "carried", "more": "x"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_has_logged_out_is_not_brought_back() {
    let instance = short_lived().await;
    let mut browser = instance.browser("alice").await;
    let mut copy = browser.fork();
    tokio::time::sleep(PAST_THE_END).await;
    // The access token has expired: the request first refreshes it, then the logout ends its login.
    let left = browser.send(Request::post("/logout")).await.unwrap();
    assert_eq!(left.status, 204);
    assert!(left.set_cookies().all(|cookie| cookie.deletes()) && left.set_cookies().count() == 2);
    let answer = mine(&mut copy).await;
    assert_eq!((answer.status, answer.set_cookies().count()), (401, 0), "a copy is refused and keeps its cookies");
}

/// A valid access token decides who is logged in. The refresh token sent with it does not matter.
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_beside_a_token_that_holds_is_let_be() {
    let instance = Instance::with_defaults().await;
    let (alice, bob) = (instance.browser("alice").await, instance.browser("bob").await);
    let (token, refresh) = (alice.jar().value("token").unwrap(), bob.jar().value("refresh").unwrap());
    let mixed = Request::get("/mine").cookie("token", token).cookie("refresh", refresh);
    let answer = instance.somebody().deliver(&mixed).await.unwrap();
    assert_eq!(answer.json().unwrap()["username"], "alice");
    assert_eq!(answer.set_cookies().count(), 0);
}
