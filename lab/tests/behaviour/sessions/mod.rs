//! One suite for all session stores: the contract, several instances on one store, and a store that becomes
//! unreachable.
//!
//! * this file: the contract and parallel requests, over HTTP
//! * [`limit`], [`endings`]: the number and the endings of an account's logins, on a [`service`] with a clock set by
//!   the test
//! * [`outage`]: a store that is unreachable for some time
//! * [`visitors`]: clients without a login
//! * [`cache`]: `/verify` with `SESSION_CACHE`
//! * [`memory`], [`redis`], [`sql`]: the suite on each store

mod cache;
mod endings;
mod limit;
mod memory;
pub(crate) mod outage;
pub(crate) mod redis;
mod service;
mod sql;
mod visitors;

use std::{path::PathBuf, time::Duration};

use authlab_client::{
    Client,
    answer::Answer,
    request::Request,
    target::Target,
    visitor::{password_change, put_item},
};
use authlab_fleet::Fleet;
use authlab_secrets::Secret;
use authlab_service::settings::LoginsAtMost;
use futures_util::future::join_all;
use serde_json::json;
use session_svc::Store;
use tempfile::TempDir;

use crate::support::{contract, visitor::logged_in};

const KEY: &str = "a key of 32 bytes and more, for tests alone";

/// The stores and settings that several instances share.
struct Kept {
    accounts: String,
    sessions: Store,
    /// The name of the store in `/about`.
    place: &'static str,
    /// The CA certificate of a Redis with TLS.
    redis_ca: Option<PathBuf>,
    /// The settings `SENTINEL_USERNAME` and `SENTINEL_PASSWORD`.
    sentinel_username: Option<&'static str>,
    sentinel_password: Option<Secret>,
    /// The setting `SESSION_PREFIX`.
    prefix: Option<&'static str>,
    /// The setting `SECRET_KEY`.
    key: &'static str,
    /// The setting `SESSION_SAVE_EVERY_REQUEST`: each request prolongs its session.
    sliding: bool,
    /// The setting `LOGINS_AT_MOST`; 0 means no limit.
    logins_at_most: u32,
    /// The setting `SESSION_CACHE`; 0 is off.
    cache: Duration,
    /// Kept alive as long as the database is used.
    _folder: Option<TempDir>,
}

impl Kept {
    /// Accounts in a new SQLite file.
    fn beside_sqlite(sessions: Store, place: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let accounts = format!("sqlite:{}", folder.path().join("shared.sqlite3").display());
        Self { _folder: Some(folder), ..Self::beside(accounts, sessions, place) }
    }

    fn beside(accounts: String, sessions: Store, place: &'static str) -> Self {
        Self {
            accounts,
            sessions,
            place,
            redis_ca: None,
            sentinel_username: None,
            sentinel_password: None,
            prefix: None,
            key: KEY,
            sliding: false,
            logins_at_most: 100,
            cache: Duration::ZERO,
            _folder: None,
        }
    }
}

/// An instance of session-svc on these stores; the fleet runs the other services too.
async fn instance(kept: &Kept) -> (Fleet, Target) {
    let fleet = Fleet::start_with(|settings, mechanisms| {
        settings.database_url = Some(kept.accounts.clone());
        settings.secret_key = Some(Secret::new(kept.key));
        settings.logins_at_most = LoginsAtMost(kept.logins_at_most.try_into().ok());
        mechanisms.session.session_store = Some(kept.sessions.clone());
        settings.redis.redis_ca.clone_from(&kept.redis_ca);
        settings.redis.sentinel_username = kept.sentinel_username.map(str::to_owned);
        settings.redis.sentinel_password.clone_from(&kept.sentinel_password);
        mechanisms.session.session_prefix = kept.prefix.map(|prefix| prefix.parse().unwrap());
        mechanisms.session.session_save_every_request = kept.sliding;
        mechanisms.session.session_cache = kept.cache;
    });
    let fleet = fleet.await.unwrap();
    let target = fleet.targets().into_iter().find(|target| target.name == "session-svc").unwrap();
    (fleet, target)
}

/// Two instances on one store. With sessions in memory a single instance serves as both.
async fn two_instances(kept: &Kept) -> (Vec<Fleet>, Target, Target) {
    let (fleet, here) = instance(kept).await;
    if matches!(kept.sessions, Store::Memory) {
        return (vec![fleet], here.clone(), here);
    }
    let (other, there) = instance(kept).await;
    (vec![fleet, other], here, there)
}

async fn put(client: &mut Client, key: &str, value: &str) -> Answer {
    client.send(put_item(key, value)).await.unwrap()
}

/// The status that the client's cookie gets at this instance.
async fn replayed(client: &Client, at: &Target) -> u16 {
    client.fork_at(at.clone()).deliver(&Request::get("/mine")).await.unwrap().status
}

async fn speaks_the_contract(kept: &Kept) {
    let (_fleet, target) = instance(kept).await;
    contract::holds_at(&target).await;
    let about = Client::new(target.clone(), "test").send(Request::get("/about")).await.unwrap().json().unwrap();
    assert_eq!(about["store"], kept.place);
    let record = logged_in(&target, "recorded").await.send(Request::get("/mine/record")).await.unwrap().json().unwrap();
    assert_eq!(record["where"], kept.place);
}

/// What `/verify` answers from the cache cookie.
async fn the_cache_hides_no_ending(kept: Kept) {
    let kept = cache::with_cache(kept);
    // Boxed: the future holds the answers of many devices.
    Box::pin(cache::every_ending_reaches_the_cache(&kept)).await;
    cache::the_cache_belongs_to_its_session(&kept).await;
    cache::the_limit_reaches_the_cache(&Kept { logins_at_most: 2, ..kept }).await;
}

/// All instances agree on logins and their endings, at once and after a restart.
async fn instances_agree_at_once(kept: &Kept) {
    let (_fleets, here, there) = two_instances(kept).await;
    let client = logged_in(&here, "alice").await;
    assert_eq!(replayed(&client, &there).await, 200);
    let mut phone = logged_in(&there, "alice").await;
    let logins = phone.send(Request::get("/logins")).await.unwrap().json().unwrap();
    let logins = logins["logins"].as_array().unwrap().clone();
    assert_eq!(logins.len(), 2, "{logins:?}");
    let other = logins.iter().find(|login| login["current"] == false).unwrap();
    let end = Request::delete(format!("/logins/{}", other["id"].as_str().unwrap()));
    assert_eq!(phone.send(end).await.unwrap().status, 204);
    assert_eq!(replayed(&client, &here).await, 401, "the other instance refuses it at once");

    let (client, third) = (logged_in(&here, "alice").await, logged_in(&there, "alice").await);
    let before = phone.fork();
    assert_eq!(phone.send(password_change()).await.unwrap().status, 204);
    for (client, status) in [(&client, 401), (&third, 401), (&before, 401), (&phone, 200)] {
        assert_eq!(replayed(client, &here).await, status);
        assert_eq!(replayed(client, &there).await, status);
    }
    let (_restarted, again) = instance(kept).await;
    assert_eq!(replayed(&phone, &again).await, 200, "a restart ends no login");
    assert_eq!(replayed(&client, &again).await, 401, "an ended login stays ended");
    assert_eq!(phone.send(Request::delete("/logins")).await.unwrap().status, 204);
    assert_eq!(replayed(&phone, &here).await, 401);
}

/// Parallel writes to one session at two instances: every item is stored.
async fn parallel_writes_survive(kept: &Kept) {
    let (_fleets, here, there) = two_instances(kept).await;
    let client = logged_in(&here, "bob").await;
    let writes = (0..12).map(|at| {
        let mut writer = client.fork_at(if at % 2 == 0 { here.clone() } else { there.clone() });
        async move { put(&mut writer, &format!("item{at}"), &format!("value {at}")).await.status }
    });
    assert!(join_all(writes).await.iter().all(|status| *status == 204));
    let items = client.fork_at(there.clone()).send(Request::get("/items")).await.unwrap().json().unwrap();
    assert_eq!(items["items"].as_object().unwrap().len(), 12, "{items}");
}

/// Writes that overlap a logout may succeed, but the session stays ended.
async fn a_write_never_brings_a_session_back(kept: &Kept) {
    let (_fleets, here, there) = two_instances(kept).await;
    for turn in 0..5 {
        let mut client = logged_in(&here, "carol").await;
        let copy = client.fork();
        let writes = (0..8).map(|at| {
            let mut writer = copy.fork_at(if at % 2 == 0 { here.clone() } else { there.clone() });
            async move { put(&mut writer, &format!("item{at}"), "late").await.status }
        });
        let (statuses, logout) = tokio::join!(join_all(writes), client.send(Request::post("/logout")));
        assert_eq!(logout.unwrap().status, 204);
        assert!(statuses.iter().all(|status| *status == 204), "{statuses:?}");
        for target in [&here, &there] {
            let mut thief = copy.fork_at(target.clone());
            assert_eq!(thief.deliver(&Request::get("/mine")).await.unwrap().status, 401, "turn {turn}");
            let items = thief.send(Request::get("/items")).await.unwrap().json().unwrap();
            assert_eq!(items["items"], json!({}), "turn {turn}");
        }
    }
}

/// The number of an account's logins, and what ends them.
async fn logins_end_as_they_should(kept: &Kept) {
    limit::a_login_beyond_the_limit_ends_the_least_recently_used(kept).await;
    limit::logins_at_the_same_time_stay_within_the_limit(kept).await;
    endings::a_login_with_a_replaced_password_never_lives(kept).await;
    endings::a_password_change_ends_what_began_before_it(kept).await;
    endings::all_others_end_and_this_login_goes_on(kept).await;
    endings::what_ended_elsewhere_is_no_session_for_any_verb(kept).await;
    endings::the_feed_tells_what_ended_elsewhere_unless_it_is_off(kept).await;
    if !matches!(kept.sessions, Store::Memory) {
        limit::a_lowered_limit_reaches_all_logins(kept).await;
    }
}

/// More clients than connections write in parallel, and each reads its own items.
async fn a_crowd_writes_at_once(kept: &Kept) {
    let (_fleet, target) = instance(kept).await;
    let visits = (0..200).map(|visitor| {
        let mut client = Client::new(target.clone(), "test");
        async move {
            for turn in 0..5 {
                let answer = put(&mut client, &format!("item{turn}"), &format!("of {visitor}")).await;
                assert_eq!(answer.status, 204, "{}", answer.in_short());
            }
            let items = client.send(Request::get("/items")).await.unwrap().json().unwrap();
            assert_eq!(items["items"].as_object().unwrap().len(), 5, "{items}");
            assert_eq!(items["items"]["item4"], format!("of {visitor}"));
        }
    });
    join_all(visits).await;
}
