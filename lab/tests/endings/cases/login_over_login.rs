//! A logged-in browser logs in again: its former login ends.

use std::time::Duration;

use authlab_client::{
    Client,
    request::Request,
    visitor::{LoginWith, refresh},
};
use tokio::time::sleep;

use crate::support::{
    account::Account,
    deployment::{Database, Deployment, Reach, folder},
    handed::Handed,
    instance::Instance,
    password::Password,
};

/// The contract allows an ending one second to reach every instance.
const ONE_SECOND: Duration = Duration::from_secs(1);

/// Logs in by form, as a browser does.
async fn log_in(browser: &mut Client, account: &Account) {
    let form = account.as_sent(LoginWith::Form.request(&account.name, &Password::FIRST.text()));
    let answer = browser.send(form).await.unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text());
}

/// The credentials that the browser holds for its login.
fn held(browser: &Client, cookie: &str) -> Handed {
    let value = browser.jar().value(cookie).unwrap_or_else(|| panic!("the browser was given no `{cookie}`")).to_owned();
    let credential = authlab_client::credential::Credential::Cookie { name: cookie.to_owned(), value };
    Handed { credential, refresh: browser.jar().value("refresh").map(str::to_owned) }
}

async fn has_ended(account: &Account, handed: &Handed, at: &[Instance; 2], what: &str) {
    for instance in at {
        assert_eq!(account.status(instance, handed).await, 401, "{what} at {}", instance.target);
    }
    if let Some(token) = &handed.refresh {
        let bought = account.ask(&at[1], refresh(token)).await;
        assert_eq!(bought.status, 400, "the refresh token of {what} got {}", bought.text());
    }
}

/// Logs the same account in twice, then another account, and then logs out.
async fn over_and_over(service: &'static str, cookie: &str, kind: &str) {
    let files = folder();
    let launch = Deployment::new(Database::sqlite(&files), Reach::Feed).launch(service).with("TOKEN_KIND", kind);
    let at = [launch.start().await, launch.start().await];
    let (first, second) = (Account::new("first"), Account::new("second"));
    first.register(&at[0]).await;
    second.register(&at[0]).await;
    let mut browser = Client::new(at[0].target.clone(), "a browser");
    let mut former = Vec::new();
    for account in [&first, &first, &second] {
        log_in(&mut browser, account).await;
        former.push(held(&browser, cookie));
    }
    let current = former.pop().unwrap();
    sleep(ONE_SECOND).await;
    assert_eq!(first.status(&at[0], &current).await, 200, "the last login is active");
    for handed in &former {
        has_ended(&first, handed, &at, "a login replaced by a later one").await;
    }
    let out = browser.send(Request::post("/logout")).await.unwrap();
    assert_eq!(out.status, 204);
    sleep(ONE_SECOND).await;
    has_ended(&first, &current, &at, "the logged-out login").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_over_a_login_ends_the_former_cookie() {
    over_and_over("cookie-svc", "login", "jwt").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_over_a_login_ends_the_former_session() {
    over_and_over("session-svc", "sessionid", "jwt").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_over_a_login_ends_the_former_family() {
    over_and_over("token-svc", "token", "jwt").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_over_a_login_ends_the_former_opaque_token() {
    over_and_over("token-svc", "token", "opaque").await;
}
