//! The lifetime of a login is raised across a restart: ended and expired logins stay ended.

use std::time::Duration;

use authlab_client::request::Request;
use authlab_clock::Clock;
use authlab_endings::{Scope, Shown};
use authlab_service::Ground;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use tokio::time::sleep;

use crate::support::{
    account::Account,
    deployment::{Database, Deployment, Reach, folder},
    handed::{Handed, Kind},
    launch::Launch,
    wall_clock::{self, WallClock},
};

const SHORT: &str = "2";
/// The services purge expired records about once a minute, in real time; on a busy machine later.
const PURGE_TIMEOUT: Duration = Duration::from_mins(3);
const PURGE_POLL_INTERVAL: Duration = Duration::from_secs(2);
/// The record of an ended login is kept for an hour after the login has expired. Two hours later a purge deletes it.
const LATER: i64 = 2 * 60 * 60;

fn short(launch: &Launch) -> Launch {
    launch.clone().with("LOGIN_MAX_AGE", SHORT)
}

/// A logged-out login, and a login that only expires.
async fn two_logins(launch: &Launch) -> (Account, [Handed; 2]) {
    let (account, at) = (Account::new("short"), short(launch).start().await);
    account.register(&at).await;
    let logged_out = account.log_in(Kind::Cookie, &at).await;
    // The second login belongs to another account: two former cookies of one account and one second count as one login.
    let other = Account::new("expired");
    other.register(&at).await;
    let kept = other.log_in(Kind::Cookie, &at).await;
    assert_eq!(account.ask(&at, logged_out.shown_in(Request::post("/logout"))).await.status, 204);
    at.stop().await;
    (account, [logged_out, kept])
}

/// Whether the database still has the record that this login of cookie-svc was ended.
async fn is_recorded(deployment: &Deployment, login: &Handed) -> bool {
    // The cookie begins with its payload, which names the login in `n`.
    let payload = login.credential.text().split(':').next().unwrap();
    let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    let own = folder();
    let ground = Ground::open(&deployment.settings(own.path()), Clock::system()).await.unwrap();
    let endings = ground.endings(Scope::Cookie, Duration::from_hours(1)).await.unwrap();
    // No generation is higher, so that only the record of this one login counts.
    let shown = Shown {
        account: None,
        generation: i64::MAX,
        login: payload["n"].as_str().unwrap(),
        username: "",
        issued_at: i64::MAX,
    };
    endings.has_ended(shown, ground.clock.seconds()).await.unwrap()
}

async fn stay_refused(launch: &Launch, account: &Account, logins: &[Handed]) {
    let at = launch.start().await;
    for (login, what) in logins.iter().zip(["logged out", "expired"]) {
        assert_eq!(account.status(&at, login).await, 401, "the login was {what} before the lifetime was raised");
    }
    let later = account.log_in(Kind::Cookie, &at).await;
    assert_eq!(account.status(&at, &later).await, 200, "a new login is active");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raised_lifetime_prolongs_nothing_that_was_handed_out() {
    for reach in [Reach::Feed, Reach::Read] {
        let files = folder();
        let launch = Deployment::new(Database::sqlite(&files), reach).launch("cookie-svc");
        let (account, logins) = two_logins(&launch).await;
        // `SHORT` must pass on the services' real clock.
        sleep(Duration::from_secs(3)).await;
        stay_refused(&launch, &account, &logins).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_ends_what_a_lowered_lifetime_does_not_believe() {
    for reach in [Reach::Feed, Reach::Read] {
        let files = folder();
        let launch = Deployment::new(Database::sqlite(&files), reach).launch("cookie-svc");
        let (account, at) = (Account::new("long"), launch.start().await);
        account.register(&at).await;
        let login = account.log_in(Kind::Cookie, &at).await;
        at.stop().await;
        // The login must become older than `SHORT` on the services' real clock.
        sleep(Duration::from_secs(3)).await;

        let at = short(&launch).start().await;
        assert_eq!(account.status(&at, &login).await, 401, "the login is older than the lowered lifetime");
        assert_eq!(account.ask(&at, login.shown_in(Request::post("/logout"))).await.status, 204);
        at.stop().await;
        stay_refused(&launch, &account, &[login]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raised_lifetime_prolongs_nothing_after_the_records_were_purged_either() {
    nothing_is_prolonged_after_a_purge(Reach::Feed).await;
}

/// Without a feed, the records would pile up unless something else purged them.
#[tokio::test(flavor = "multi_thread")]
async fn records_that_are_read_one_by_one_are_purged_too() {
    nothing_is_prolonged_after_a_purge(Reach::Read).await;
}

async fn nothing_is_prolonged_after_a_purge(reach: Reach) {
    if !wall_clock::can_be_faked() {
        return;
    }
    let files = folder();
    let deployment = Deployment::new(Database::sqlite(&files), reach);
    let launch = deployment.launch("cookie-svc");
    let (account, logins) = two_logins(&launch).await;
    assert!(is_recorded(&deployment, &logins[0]).await, "the logout was recorded");
    let mut later = short(&launch).at(WallClock::Off(LATER)).start().await;
    // The purge goes by the newest record, so this logout writes one with the later time.
    let login = account.log_in(Kind::Cookie, &later).await;
    assert_eq!(account.ask(&later, login.shown_in(Request::post("/logout"))).await.status, 204);
    if reach == Reach::Read {
        // Without a feed, an instance purges at its start and then each ten minutes.
        later.stop().await;
        later = short(&launch).at(WallClock::Off(LATER)).start().await;
    }
    let mut waited = Duration::ZERO;
    while is_recorded(&deployment, &logins[0]).await {
        assert!(waited < PURGE_TIMEOUT, "no purge has deleted the record of the logout");
        sleep(PURGE_POLL_INTERVAL).await;
        waited += PURGE_POLL_INTERVAL;
    }
    later.stop().await;
    stay_refused(&launch.at(WallClock::Off(LATER)), &account, &logins).await;
}
