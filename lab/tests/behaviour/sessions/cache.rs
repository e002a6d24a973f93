//! `SESSION_CACHE`: `/verify` answers without the store, and every ending reaches it within a second.

use std::time::Duration;

use authlab_client::{
    Client,
    request::Request,
    target::Target,
    visitor::{LoginWith, Visitor},
};

use super::{Kept, instance, replayed, two_instances};
use crate::support::service::Service;

/// What the contract allows until an ending is noticed.
const A_SECOND: Duration = Duration::from_secs(1);

pub(super) fn with_cache(kept: Kept) -> Kept {
    Kept { cache: Duration::from_mins(1), ..kept }
}

async fn verified(client: &Client, at: &Target) -> u16 {
    client.fork_at(at.clone()).deliver(&Request::get("/verify")).await.unwrap().status
}

/// Waits until an instance that has just started caches logins: it does not trust stamps of the second of its start.
pub(super) async fn past_the_start() {
    tokio::time::sleep(A_SECOND).await;
}

/// Logs in on a new device, whose copies are in at both instances.
async fn device(here: &Target, there: &Target, username: &str) -> Visitor {
    let client = Client::new(here.clone(), "lab");
    let visitor = Visitor::register(client, username, LoginWith::Form).await.unwrap();
    assert_eq!(visitor.login.set_cookies().count(), 2, "the session id and the cache");
    assert_eq!((verified(&visitor.client, here).await, verified(&visitor.client, there).await), (200, 200));
    visitor
}

async fn sent(visitor: &mut Visitor, request: Request) {
    let answer = visitor.ask(request).await.unwrap();
    assert!((200..400).contains(&answer.status), "{}", answer.in_short());
}

/// Every way in which a login ends, at one instance, ends it for the cache of both.
pub(super) async fn every_ending_reaches_the_cache(kept: &Kept) {
    let (_fleets, here, there) = two_instances(kept).await;
    past_the_start().await;
    for way in ["/logout", "/logout?how=flush", "/logout?how=delete-login", "/logout?how=clear"] {
        let mut visitor = device(&here, &there, "alice").await;
        let copy = visitor.copy();
        sent(&mut visitor, Request::post(way)).await;
        has_ended(&copy, &here, &there, way).await;
    }

    let (mut phone, laptop) = (device(&here, &there, "alice").await, device(&here, &there, "alice").await);
    let id = phone.other_login_id().await.unwrap();
    sent(&mut phone, Request::delete(format!("/logins/{}", id.to_uppercase()))).await;
    has_ended(&laptop, &here, &there, "DELETE /logins/{id}").await;
    let (laptop, tablet) = (device(&here, &there, "alice").await, device(&here, &there, "alice").await);
    sent(&mut phone, Request::delete("/logins?except=current")).await;
    for ended in [&laptop, &tablet] {
        has_ended(ended, &here, &there, "DELETE /logins?except=current").await;
    }
    goes_on(&phone, &here, &there).await;
    let laptop = device(&here, &there, "alice").await;
    assert_eq!(phone.logins().await.unwrap().len(), 2, "the login that was spared is still listed");
    sent(&mut phone, Request::delete("/logins")).await;
    for ended in [&phone, &laptop] {
        has_ended(ended, &here, &there, "DELETE /logins").await;
    }

    let (mut phone, laptop) = (device(&here, &there, "dora").await, device(&here, &there, "dora").await);
    let copy = phone.copy();
    phone.change_password().await.unwrap().is(204).unwrap();
    for ended in [&copy, &laptop] {
        has_ended(ended, &here, &there, "POST /password").await;
    }
    goes_on(&phone, &here, &there).await;

    let bob = device(&here, &there, "bob").await;
    let copy = bob.copy();
    Visitor::log_in(bob.client, "bob", LoginWith::Form).await.unwrap();
    has_ended(&copy, &here, &there, "a login in place of another").await;
}

/// The logins beyond `LOGINS_AT_MOST` end for the cache, too.
pub(super) async fn the_limit_reaches_the_cache(kept: &Kept) {
    let (_fleets, here, there) = two_instances(kept).await;
    past_the_start().await;
    let (first, second) = (device(&here, &there, "carol").await, device(&there, &here, "carol").await);
    let third = device(&here, &there, "carol").await;
    // Uses of the same second are equal, so either of the former two may have ended.
    let (ended, other) = if replayed(&first.client, &here).await == 401 { (first, second) } else { (second, first) };
    has_ended(&ended, &here, &there, "LOGINS_AT_MOST").await;
    goes_on(&other, &here, &there).await;
    goes_on(&third, &here, &there).await;
}

async fn has_ended(visitor: &Visitor, here: &Target, there: &Target, why: &str) {
    assert_eq!(verified(&visitor.client, here).await, 401, "{why}, where it was asked");
    tokio::time::sleep(A_SECOND).await;
    assert_eq!(verified(&visitor.client, there).await, 401, "{why}, at the other instance after a second");
}

async fn goes_on(visitor: &Visitor, here: &Target, there: &Target) {
    for target in [here, there] {
        assert_eq!((verified(&visitor.client, target).await, replayed(&visitor.client, target).await), (200, 200));
    }
}

/// The cookie counts for its own session. A login of another account in the same browser is never taken for it.
pub(super) async fn the_cache_belongs_to_its_session(kept: &Kept) {
    let (_fleet, target) = instance(kept).await;
    past_the_start().await;
    let (alice, bob) = (device(&target, &target, "alice").await, device(&target, &target, "bob").await);
    let of = |visitor: &Visitor, name: &str| visitor.client.jar().value(name).unwrap().to_owned();
    let mixed = Request::get("/verify").cookie("sessionid", &of(&alice, "sessionid"));
    let mixed = mixed.cookie("sessionid-cache", &of(&bob, "sessionid-cache"));
    let answer = Client::new(target.clone(), "lab").send(mixed).await.unwrap();
    assert_eq!((answer.status, answer.header("remote-user")), (200, Some("alice")));
    let without_session = Request::get("/verify").cookie("sessionid-cache", &of(&bob, "sessionid-cache"));
    assert_eq!(Client::new(target.clone(), "lab").send(without_session).await.unwrap().status, 401);

    // A use that the gateway passes on brings a new cookie where the client lost it, and no second one where it has one.
    let asked = |request: Request| request.cookie("sessionid", &of(&alice, "sessionid"));
    let answer = Client::new(target.clone(), "lab").send(asked(Request::get("/verify?refresh=on"))).await.unwrap();
    assert!(answer.set_cookie("sessionid-cache").is_some());
    let mut visitor = alice.copy();
    let answer = visitor.ask(Request::get("/verify?refresh=on")).await.unwrap();
    assert_eq!((answer.status, answer.set_cookies().count()), (200, 0));
    visitor.log_out().await.unwrap();
    assert_eq!(visitor.client.jar().value("sessionid-cache"), None);
}

#[test]
fn a_cache_that_endings_would_not_reach_is_refused() {
    for (setting, problem) in [
        (["--revocation", "off"], "REVOCATION=off"),
        (["--logins-at-most", "off"], "LOGINS_AT_MOST"),
        (["--session-save-every-request", "on"], "SESSION_SAVE_EVERY_REQUEST"),
    ] {
        let said = Service::refused("session-svc", &[["--session-cache", "60"], setting].concat());
        assert!(said.contains("SESSION_CACHE") && said.contains(problem), "{said}");
    }
    let output = Service::errand("session-svc", &["--session-cache", "301"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("must be at most 300 seconds"), "{said}");
}
