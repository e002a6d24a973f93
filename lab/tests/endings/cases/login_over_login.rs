//! Somebody who is logged in logs in: the former login of that browser ends.

use std::time::Duration;

use authlab_client::{Client, request::Request, visitor::LoginWith};
use tokio::time::sleep;

use crate::support::{account::Account, deployment::{Database, Deployment, Reach, folder}, handed::{Handed, refresh}, instance::Instance};

const ONE_SECOND: Duration = Duration::from_secs(1);

/// By form, as a browser does.
async fn log_in(browser: &mut Client, account: &Account) {
    let form = account.as_sent(LoginWith::Form.request(&account.name, &Account::password(0)));
    let answer = browser.send(form).await.unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text());
}

/// What the browser holds for its login.
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
        assert_eq!(bought.status, 400, "the refresh token of {what} buys {}", bought.text());
    }
}

/// Twice by the same person, then by another one, then out.
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
    assert_eq!(first.status(&at[0], &current).await, 200, "the last login lives");
    for handed in &former {
        has_ended(&first, handed, &at, "a login that another one followed").await;
    }
    let out = browser.send(Request::post("/logout")).await.unwrap();
    assert_eq!(out.status, 204);
    sleep(ONE_SECOND).await;
    has_ended(&first, &current, &at, "a login that was logged out").await;
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
