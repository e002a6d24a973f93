//! How long a login can be refreshed, and what ends it.

use std::time::Duration;

use authlab_client::{request::Request, visitor::password_change};
use authlab_endings::Reach;
use serde_json::json;

use super::{Instance, is_invalid_grant, logins, member};

#[tokio::test(flavor = "multi_thread")]
async fn a_family_ends_when_its_time_is_over_however_often_it_is_refreshed() {
    let instance = Instance::start(|_, mechanisms| {
        mechanisms.token.refresh_token_lifetime = Duration::from_secs(3);
    });
    let instance = instance.await;
    let (_, login) = instance.logged_in("alice", "jwt").await;
    assert!(login["token"]["expires_in"].as_u64().unwrap() <= 3, "an access token never outlives its family: {login}");
    let mut token = member(&login["token"], "refresh_token");
    let mut refreshes = 0;
    let ended = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let answer = instance.spend(&token).await;
            if is_invalid_grant(&answer) {
                return;
            }
            let pair = answer.json().unwrap();
            assert!(pair["expires_in"].as_u64().unwrap() <= 3, "{pair}");
            token = member(&pair, "refresh_token");
            refreshes += 1;
            // The family must reach its end on the service's real clock.
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    ended.await.expect("the family ends");
    assert!(refreshes > 3, "{refreshes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_change_ends_the_other_families_and_this_one_goes_on() {
    let instance = Instance::with_defaults().await;
    let (mut here, login) = instance.logged_in("alice", "jwt").await;
    let (_, elsewhere) = instance.logged_in("alice", "jwt").await;
    let (_, opaque) = instance.logged_in("alice", "opaque").await;
    let changed = here.send(password_change()).await.unwrap();
    let pair = changed.json().unwrap()["token"].clone();
    for ended in [&login, &elsewhere] {
        assert!(is_invalid_grant(&instance.spend(&member(&ended["token"], "refresh_token")).await));
    }
    assert_eq!(instance.asked(&member(&opaque["token"], "access_token")).await, 401);
    let next = instance.spend(&member(&pair, "refresh_token")).await;
    assert_eq!(next.status, 200, "{}", next.text());
    assert_eq!(instance.asked(&member(&next.json().unwrap(), "access_token")).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn ending_one_login_ends_its_tokens_at_once_and_no_other() {
    let instance = Instance::with_defaults().await;
    let (mut here, _) = instance.logged_in("alice", "jwt").await;
    let (_, elsewhere) = instance.logged_in("alice", "jwt").await;
    let listed = logins(&mut here).await;
    let other = listed.iter().find(|login| login["current"] == false).unwrap();
    let ended = here.send(Request::delete(format!("/logins/{}", other["id"].as_str().unwrap()))).await.unwrap();
    assert_eq!(ended.status, 204);
    assert_eq!(instance.asked(&member(&elsewhere["token"], "access_token")).await, 401);
    assert!(is_invalid_grant(&instance.spend(&member(&elsewhere["token"], "refresh_token")).await));
    assert_eq!(logins(&mut here).await.len(), 1);
}

/// Without revocation the access token stays valid, but the refresh token is refused.
#[tokio::test(flavor = "multi_thread")]
async fn without_revocation_a_logout_still_ends_the_family() {
    let instance = Instance::start(|settings, _| settings.revocation = Reach::Off).await;
    let (mut alice, login) = instance.logged_in("alice", "jwt").await;
    assert_eq!(alice.send(Request::get("/logins")).await.unwrap().status, 501);
    assert_eq!(alice.send(Request::post("/logout")).await.unwrap().status, 204);
    assert_eq!(instance.asked(&member(&login["token"], "access_token")).await, 200);
    assert!(is_invalid_grant(&instance.spend(&member(&login["token"], "refresh_token")).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_shows_when_it_was_last_refreshed_and_what_is_kept_for_it() {
    let instance = Instance::with_defaults().await;
    let (mut alice, login) = instance.logged_in("alice", "jwt").await;
    let record = |client: &mut authlab_client::Client| {
        let mut client = client.fork();
        async move { client.send(Request::get("/mine/record")).await.unwrap().json().unwrap() }
    };
    let before = record(&mut alice).await;
    assert_eq!((&before["where"], &before["record"]["refreshes"]), (&json!("client"), &json!(0)));
    assert_eq!(instance.spend(&member(&login["token"], "refresh_token")).await.status, 200);
    let after = record(&mut alice).await;
    assert_eq!(after["record"]["refreshes"], 1);
    assert!(after["bytes"].as_u64().unwrap() > 0 && !after.to_string().contains("authlab_r_"), "{after}");
    let listed = logins(&mut alice).await;
    assert_eq!(listed[0]["last_seen_at"], after["record"]["refreshed_at"]);
    assert_eq!(listed[0]["user_agent"], "test");
}
