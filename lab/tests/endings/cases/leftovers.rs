//! An ended login leaves nothing in a browser that the next person at this browser can read.

use std::time::Duration;

use authlab_client::{Client, request::Request, visitor::LoginWith};
use serde_json::json;
use tokio::time::sleep;

use crate::support::{
    account::Account,
    deployment::{Database, Deployment, Reach, folder},
    handed::Kind,
    instance::Instance,
    password::Password,
};

const SECRET: &str = "what only its owner may read";

async fn logged_in(account: &Account, browser: &mut Client) {
    let answer = browser.send(account.as_sent(account.login(Kind::Cookie, Password::FIRST))).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// A browser in which the owner has stored a private item.
async fn with_a_secret(owner: &Account, at: &Instance) -> Client {
    let mut browser = Client::new(at.target.clone(), "a shared browser");
    owner.register(at).await;
    // The request carries no credential, but the browser stores the cookies of the answer.
    logged_in(owner, &mut browser).await;
    let item = Request::put("/items/diary").json(&json!({"value": SECRET, "seal": "private"}));
    assert_eq!(browser.send(item).await.unwrap().status, 204);
    browser
}

/// The next person logs in while the browser still sends all its cookies.
async fn next_person_reads(mut browser: Client, at: &Instance) -> String {
    let next = Account::new("next");
    next.register(at).await;
    let login = LoginWith::Json.request(&next.name, &Password::FIRST.text());
    let answer = browser.send(next.as_sent(login)).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut read = String::new();
    for path in ["/items/diary?seal=private", "/items", "/mine"] {
        read += &browser.send(Request::get(path)).await.unwrap().text();
    }
    read
}

async fn cookie_svc(max_age: &str) -> (Instance, std::sync::Arc<tempfile::TempDir>) {
    let files = folder();
    let deployment = Deployment::new(Database::sqlite(&files), Reach::Feed);
    (deployment.launch("cookie-svc").with("LOGIN_MAX_AGE", max_age).start().await, files)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_was_ended_elsewhere_leaves_nothing_to_read() {
    let (at, _files) = cookie_svc("3600").await;
    let owner = Account::new("owner");
    let browser = with_a_secret(&owner, &at).await;
    let elsewhere = owner.log_in(Kind::Cookie, &at).await;
    assert_eq!(owner.ask(&at, elsewhere.shown_in(Request::delete("/logins"))).await.status, 204);
    let read = next_person_reads(browser, &at).await;
    assert!(!read.contains(SECRET), "{read}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_has_expired_leaves_nothing_to_read() {
    let (at, _files) = cookie_svc("2").await;
    let browser = with_a_secret(&Account::new("owner"), &at).await;
    // The browser drops the login cookie after `LOGIN_MAX_AGE` in real time: its jar has no clock to set.
    sleep(Duration::from_secs(3)).await;
    assert_eq!(browser.jar().value("login"), None);
    let read = next_person_reads(browser, &at).await;
    assert!(!read.contains(SECRET), "{read}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_has_expired_and_is_still_shown_leaves_nothing_to_read() {
    let (at, _files) = cookie_svc("2").await;
    let mut browser = with_a_secret(&Account::new("owner"), &at).await;
    let login = browser.jar().value("login").unwrap().to_owned();
    // The lifetime is two seconds on the service's own clock.
    sleep(Duration::from_secs(3)).await;
    // A browser whose clock is behind still sends the expired cookie.
    browser.jar_mut().replace("login", login);
    let read = next_person_reads(browser, &at).await;
    assert!(!read.contains(SECRET), "{read}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_reads_the_item_again_after_another_login() {
    let (at, _files) = cookie_svc("3600").await;
    let owner = Account::new("owner");
    let mut browser = with_a_secret(&owner, &at).await;
    let login = LoginWith::Json.request(&owner.name, &Password::FIRST.text());
    let again = owner.as_sent(login);
    assert_eq!(browser.send(again).await.unwrap().status, 200);
    let read = browser.send(Request::get("/items/diary?seal=private")).await.unwrap();
    assert!(read.text().contains(SECRET), "{}", read.text());
}
