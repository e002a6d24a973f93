//! The drill of `docs/key-rotation.md`: a new key in, the old one to the fallbacks, and then out.

use authlab_client::{
    Client,
    answer::Answer,
    request::Request,
    target::Target,
    visitor::{Visitor, put_item},
};
use authlab_fleet::Fleet;
use serde_json::{Value, json};
use shared::{endings::Reach, secret::Secret};

use super::support::postgres::Postgres;

const OLD: &str = "the key of last year, as long as keys are";
const NEW: &str = "the key of this year, unlike the one before";

/// What a restart leaves as it was: the database, and how logins are ended.
struct Ground<'d> {
    database: &'d str,
    reach: Reach,
}

impl Ground<'_> {
    /// All services, as an operator starts them with these keys, the current one first.
    async fn start(&self, keys: &[&str]) -> Fleet {
        let started = Fleet::start_with(|settings, _| {
            settings.database_url = Some(self.database.to_owned());
            settings.revocation = self.reach;
            settings.secret_key = Some(Secret::new(keys[0]));
            settings.secret_key_fallbacks = keys[1..].iter().copied().map(Secret::new).collect();
        });
        started.await.unwrap()
    }
}

fn named(fleet: &Fleet, name: &str) -> Target {
    fleet.targets().into_iter().find(|target| target.name == name).unwrap()
}

async fn with_a_note(target: Target, username: &str) -> Client {
    let mut visitor = Visitor::new(&target, username).await.unwrap();
    visitor.store("note", "of before").await.unwrap();
    visitor.client
}

async fn get(client: &mut Client, path: &str) -> Answer {
    client.send(Request::get(path)).await.unwrap()
}

/// Who is logged in, and from when until when.
fn login(mine: &Answer) -> [Value; 3] {
    assert_eq!(mine.status, 200, "{}", mine.text());
    let body = mine.json().unwrap();
    ["username", "issued_at", "expires_at"].map(|member| body[member].clone())
}

async fn a_rotation_logs_nobody_out(ground: Ground<'_>) {
    let fleet = ground.start(&[OLD]).await;
    let mut visits = with_a_note(named(&fleet, "cookie-svc"), "alice").await;
    let away = with_a_note(named(&fleet, "cookie-svc"), "bob").await;
    let token = with_a_note(named(&fleet, "token-svc"), "alice").await;
    let before = login(&get(&mut visits, "/mine").await);
    let token_before = login(&get(&mut token.fork(), "/mine").await);
    drop(fleet);

    let fleet = ground.start(&[NEW, OLD]).await;
    let mut visits = visits.fork_at(named(&fleet, "cookie-svc"));
    let mut token = token.fork_at(named(&fleet, "token-svc"));
    let old_cookie = visits.jar().value("login").unwrap().to_owned();
    let left_behind = visits.fork();
    let mine = get(&mut visits, "/mine").await;
    assert_eq!(login(&mine), before, "the same login, no longer and no shorter than it was");
    assert_eq!(mine.json().unwrap()["items"]["note"], "of before");
    let cookie = mine.set_cookie("login").expect("the old cookie is replaced");
    assert_ne!(cookie.value(), old_cookie);
    assert_eq!(stamped(cookie.value()), stamped(&old_cookie), "what is signed stays, its stamp included");
    assert!((1_209_001..=1_209_600).contains(&cookie.max_age().unwrap().whole_seconds()), "what is left of its life");
    assert_eq!(get(&mut visits, "/mine").await.set_cookie("login"), None, "once, and not at every visit");
    assert_eq!(get(&mut visits, "/items/note").await.status, 200);
    assert_eq!(login(&get(&mut away.fork_at(named(&fleet, "cookie-svc")), "/mine").await)[0], "bob");
    assert_eq!(login(&get(&mut token, "/mine").await), token_before);
    assert_eq!(get(&mut token, "/items/note").await.status, 200);
    // An item is signed with the new key when it is written, and not before.
    assert!(visits.send(put_item("fresh", "of after")).await.unwrap().status < 300);
    let newcomer = with_a_note(named(&fleet, "token-svc"), "carol").await;
    drop(fleet);

    let fleet = ground.start(&[NEW]).await;
    let mut visits = visits.fork_at(named(&fleet, "cookie-svc"));
    let mine = get(&mut visits, "/mine").await;
    assert_eq!(login(&mine), before, "the cookie of the new key outlives the old key");
    assert_eq!(mine.json().unwrap()["items"], json!({"fresh": "of after"}));
    assert_eq!(get(&mut visits, "/items/fresh").await.status, 200);
    assert_eq!(get(&mut visits, "/items/note").await.status, 400, "signed with the old key and never written again");
    login(&get(&mut newcomer.fork_at(named(&fleet, "token-svc")), "/mine").await);
    for (client, service) in [(&away, "cookie-svc"), (&left_behind, "cookie-svc"), (&token, "token-svc")] {
        let answer = get(&mut client.fork_at(named(&fleet, service)), "/mine").await;
        assert_eq!(answer.status, 401, "{service} knows the old key no more: {}", answer.text());
        assert_eq!(answer.set_cookie("login"), None);
    }
    with_a_note(named(&fleet, "cookie-svc"), "bob").await;

    if ground.reach != Reach::Off {
        assert_eq!(visits.fork().send(Request::post("/logout")).await.unwrap().status, 204);
        assert_eq!(get(&mut visits, "/mine").await.status, 401, "signed again, it is the login that was ended");
    }
}

/// All that is signed: a cookie without its signature.
fn stamped(signed: &str) -> &str {
    signed.rsplit_once(':').unwrap().0
}

fn sqlite() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("shared.sqlite3").display());
    (folder, url)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_logs_nobody_out_on_sqlite() {
    for reach in [Reach::Off, Reach::Feed] {
        let (_folder, database) = sqlite();
        a_rotation_logs_nobody_out(Ground { database: &database, reach }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_logs_nobody_out_on_postgresql() {
    let Some(postgres) = Postgres::start().await else { return };
    a_rotation_logs_nobody_out(Ground { database: &postgres.url(), reach: Reach::Read }).await;
}

/// A copy of a cookie is ended with its login, whichever key signed the copy.
#[tokio::test(flavor = "multi_thread")]
async fn a_logout_ends_the_cookies_of_both_keys() {
    let (_folder, database) = sqlite();
    let ground = Ground { database: &database, reach: Reach::Read };
    let fleet = ground.start(&[OLD]).await;
    let old = with_a_note(named(&fleet, "cookie-svc"), "alice").await;
    drop(fleet);
    let fleet = ground.start(&[NEW, OLD]).await;
    let mut old = old.fork_at(named(&fleet, "cookie-svc"));
    let mut new = old.fork();
    assert!(get(&mut new, "/mine").await.set_cookie("login").is_some());
    assert_eq!(new.send(Request::post("/logout")).await.unwrap().status, 204);
    let refused = get(&mut old, "/mine").await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.set_cookie("login"), None, "a login that has ended is not signed again");
}

/// An instance that has the new key already and one that has not yet, behind one address.
#[tokio::test(flavor = "multi_thread")]
async fn instances_that_are_restarted_one_by_one_take_what_the_others_sign() {
    let (_folder, database) = sqlite();
    let ground = Ground { database: &database, reach: Reach::Feed };
    // First the new key verifies everywhere, then it signs.
    let (first, second) = (ground.start(&[OLD, NEW]).await, ground.start(&[NEW, OLD]).await);
    for (service, at, other) in [("cookie-svc", &first, &second), ("cookie-svc", &second, &first)]
        .into_iter()
        .chain([("token-svc", &first, &second), ("token-svc", &second, &first)])
    {
        let client = with_a_note(named(at, service), "alice").await;
        login(&get(&mut client.fork_at(named(other, service)), "/mine").await);
    }
}

/// What session-svc hands out is a random name that no key signs: a new key changes nothing about what a restart does.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_know_no_key() {
    let (_folder, database) = sqlite();
    let ground = Ground { database: &database, reach: Reach::Off };
    let fleet = ground.start(&[OLD]).await;
    let client = with_a_note(named(&fleet, "session-svc"), "alice").await;
    drop(fleet);
    let mut statuses = Vec::new();
    for keys in [&[OLD][..], &[NEW, OLD], &[NEW]] {
        let fleet = ground.start(keys).await;
        let answer = get(&mut client.fork_at(named(&fleet, "session-svc")), "/mine").await;
        assert!(answer.status < 500, "{}: {}", answer.status, answer.text());
        statuses.push(answer.status);
        login(&get(&mut with_a_note(named(&fleet, "session-svc"), "alice").await, "/mine").await);
    }
    assert!(statuses.iter().all(|status| *status == statuses[0]), "{statuses:?}");
}
