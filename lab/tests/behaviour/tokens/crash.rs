//! After a SIGKILL ended logins stay ended, and all others stay active.

use authlab_client::{Client, request::Request, target::Target, visitor::refresh};
use serde_json::Value;

use super::{is_invalid_grant, logged_in, member};
use crate::support::authlab::Authlab;

async fn mine(target: &Target, access_token: &str) -> u16 {
    let request = Request::get("/mine").bearer(access_token);
    Client::new(target.clone(), "test").deliver(&request).await.unwrap().status
}

fn token_svc(authlab: &Authlab) -> &Target {
    authlab.services.iter().find(|target| target.name == "token-svc").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_ended_stays_ended_after_a_kill() {
    let mut authlab = Authlab::start(&[]);
    let before = token_svc(&authlab).clone();
    let (mut alice, kept) = logged_in(&before, "alice", "jwt").await;
    let (_, listed) = logged_in(&before, "alice", "jwt").await;
    let (mut left, logged_out) = logged_in(&before, "alice", "jwt").await;
    let (_, opaque) = logged_in(&before, "alice", "opaque").await;
    let (mut gone, logged_out_opaque) = logged_in(&before, "alice", "opaque").await;
    let spent = member(&kept["token"], "refresh_token");
    let next = alice.deliver(&refresh(&spent)).await.unwrap().json().unwrap();

    for client in [&mut left, &mut gone] {
        assert_eq!(client.send(Request::post("/logout")).await.unwrap().status, 204);
    }
    let jti = |token: &Value| {
        let claims = member(token, "access_token");
        let claims = claims.split('.').nth(1).unwrap();
        let claims = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, claims).unwrap();
        member(&serde_json::from_slice(&claims).unwrap(), "jti")
    };
    let end = Request::delete(format!("/logins/{}", jti(&listed["token"])));
    assert_eq!(alice.send(end).await.unwrap().status, 204);

    authlab.kill_and_start_again();
    let after = token_svc(&authlab);
    for ended in [&listed, &logged_out] {
        assert_eq!(mine(after, &member(&ended["token"], "access_token")).await, 401);
        let again = Client::new(after.clone(), "test")
            .deliver(&refresh(&member(&ended["token"], "refresh_token")))
            .await
            .unwrap();
        assert!(is_invalid_grant(&again), "{}", again.text());
    }
    assert_eq!(mine(after, &member(&logged_out_opaque["token"], "access_token")).await, 401);
    for live in [&kept["token"], &next, &opaque["token"]] {
        assert_eq!(mine(after, &member(live, "access_token")).await, 200);
    }
    // The answer may have been lost in the crash: repeating the refresh gives the same successor.
    let again = Client::new(after.clone(), "test").deliver(&refresh(&spent)).await.unwrap();
    if again.status == 200 {
        assert_eq!(member(&again.json().unwrap(), "refresh_token"), member(&next, "refresh_token"));
    } else {
        assert!(is_invalid_grant(&again), "after the grace period: {}", again.text());
    }
}
