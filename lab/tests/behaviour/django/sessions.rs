//! A running session-svc that shares its key and its database with a Django site. Each continues the other's sessions
//! and keeps the members that only the other uses.

use authlab_client::{
    Client,
    request::Request,
    target::Target,
    visitor::{LoginWith, NEW_PASSWORD, PASSWORD, Visitor, password_change, put_item},
};
use authlab_clock::Clock;
use authlab_fleet::Fleet;
use authlab_secrets::Secret;
use authlab_test_support::{Postgres, missing};
use serde_json::{Value, json};
use session_svc::Store;

use super::{FORMER, KEY, python::Django, texts::Draws};
use crate::support::visitor::logged_in;

/// Sessions that both sides write in turn, with random texts.
const SESSIONS: usize = 40;

/// A Django site on this database.
struct Site {
    database: String,
    django: Django<'static>,
}

/// A site and a service on the same database.
struct Shared {
    site: Site,
    target: Target,
    _fleet: Fleet,
}

impl Site {
    fn answers(&self, ask: &str, mut more: Value) -> Result<Value, String> {
        more["database"] = json!(self.database);
        self.django.answers(ask, Clock::system().seconds(), more)
    }

    fn makes(&self, ask: &str, more: Value) -> Value {
        self.answers(ask, more).unwrap_or_else(|refusal| panic!("Django refused to {ask}: {refusal}"))
    }

    /// Sends one request with this session id to the site.
    fn visit(&self, key: &str, mut more: Value) -> Value {
        more["key"] = json!(key);
        self.makes("visit", more)
    }
}

impl Shared {
    async fn on(database: &str, django: Django<'static>) -> Self {
        let fleet = Fleet::start_with(|settings, mechanisms| {
            settings.database_url = Some(database.to_owned());
            settings.secret_key = Some(Secret::new(KEY));
            settings.secret_key_fallbacks = vec![Secret::new(FORMER)];
            mechanisms.session.session_store = Some(Store::Sql);
        });
        let fleet = fleet.await.unwrap();
        let target = fleet.targets().into_iter().find(|target| target.name == "session-svc").unwrap();
        Self { site: Site { database: database.to_owned(), django }, target, _fleet: fleet }
    }

    /// Creates all tables of a Django site.
    async fn with_a_site(database: &str, django: Django<'static>) -> Self {
        let shared = Self::on(database, django).await;
        shared.site.makes("migrate", json!({"fake_initial": true}));
        shared
    }

    /// A client of the service that holds the session cookie of a visit to the site.
    fn holder_of(&self, seen: &Value) -> Client {
        let mut client = Client::new(self.target.clone(), "test");
        client.jar_mut().replace("sessionid", seen["cookie"].as_str().unwrap());
        client
    }
}

fn key(client: &Client) -> String {
    client.jar().value("sessionid").unwrap().to_owned()
}

async fn put(client: &mut Client, item: &str, value: &str) {
    let request = put_item(item, value);
    assert_eq!(client.send(request).await.unwrap().status, 204);
}

async fn items(client: &mut Client) -> Value {
    client.send(Request::get("/items")).await.unwrap().json().unwrap()["items"].take()
}

async fn username(client: &mut Client) -> Option<String> {
    let answer = client.send(Request::get("/mine")).await.unwrap();
    (answer.status == 200).then(|| answer.json().unwrap()["username"].as_str().unwrap().to_owned())
}

/// A PostgreSQL server, if Django has the driver for it.
async fn postgresql(django: Django<'static>) -> Option<Postgres> {
    if django.makes("has_psycopg", 0, json!({})) == false {
        missing("django");
        return None;
    }
    Postgres::start().await
}

fn sqlite() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("site.sqlite3").display());
    (folder, url)
}

async fn each_goes_on_with_the_others_sessions(database: &str, django: Django<'static>) {
    let shared = Shared::with_a_site(database, django).await;
    let mut draws = Draws::from(21);
    for case in 0..SESSIONS {
        let (ours, theirs) = (draws.text(400), draws.object(200));
        let name = format!("n{}", draws.name());

        // The service begins a session, and the site adds its own members.
        let mut client = Client::new(shared.target.clone(), "test");
        put(&mut client, &name, &ours).await;
        let written = json!({"write": {"theirs": theirs, "ünlike": draws.text(50)}, "log_in": format!("user{case}")});
        let seen = shared.site.visit(&key(&client), written);
        assert_eq!(seen["session"]["authlab_items"], json!({&name: ours}), "case {case}");
        assert_eq!(seen["user"], format!("user{case}"));
        let mut client = shared.holder_of(&seen);
        assert_eq!(items(&mut client).await, json!({&name: ours}));

        // The service writes again; the site's members stay the same, byte for byte.
        let before = shared.site.makes("member_texts", json!({"key": key(&client)}));
        put(&mut client, "another", &ours).await;
        client = Visitor::register(client, &format!("visitor{}", case % 3), LoginWith::Json).await.unwrap().client;
        let mut after = shared.site.makes("member_texts", json!({"key": key(&client)}));
        assert!(after["_authlab"].take().is_string());
        assert_eq!(after["authlab_items"].take().as_str().map(str::is_empty), Some(false));
        for (member, text) in before.as_object().unwrap() {
            assert!(member == "authlab_items" || after[member] == *text, "case {case}: {member}: {text}");
        }
        let seen = shared.site.visit(&key(&client), json!({}));
        assert_eq!(seen["user"], format!("user{case}"), "the site keeps its own login");
        assert_eq!(seen["session"]["theirs"], theirs);
        assert_eq!(seen["session"]["_authlab"]["login"]["username"], format!("visitor{}", case % 3));

        // The site begins a session.
        let seen = shared.site.visit("", json!({"write": {"theirs": theirs, "authlab_items": {&name: ours}}}));
        let mut client = shared.holder_of(&seen);
        assert_eq!(items(&mut client).await, json!({&name: ours}));
    }
}

async fn the_sites_own_members_are_out_of_reach(shared: &Shared) {
    let seen = shared.site.visit("", json!({"log_in": "root", "write": {"is_staff": "no"}}));
    let mut client = shared.holder_of(&seen);
    for member in ["_auth_user_id", "is_staff", "_authlab", "authlab_items"] {
        put(&mut client, member, "7").await;
    }
    let now = shared.site.visit(&key(&client), json!({}));
    assert_eq!(now["user"], "root");
    for member in ["_auth_user_id", "_auth_user_hash", "is_staff"] {
        assert_eq!(now["session"][member], seen["session"][member], "{member}");
    }
    assert_eq!(username(&mut client).await, None, "a login at the site is no login at the service");
}

/// Django's login gives the session a new id. The service's login keeps its place in the list and ends with all others.
async fn a_login_follows_the_key_that_django_changes(shared: &Shared) {
    let mut phone = logged_in(&shared.target, "alice").await;
    let mut client = logged_in(&shared.target, "alice").await;
    let old_key = key(&client);
    let seen = shared.site.visit(&old_key, json!({"log_in": "alice"}));
    let mut moved = shared.holder_of(&seen);
    assert_ne!(key(&moved), old_key);
    assert_eq!(username(&mut moved).await.as_deref(), Some("alice"));
    assert_eq!(username(&mut client).await, None, "the former session id is invalid");
    let logins = phone.send(Request::get("/logins")).await.unwrap().json().unwrap();
    assert_eq!(logins["logins"].as_array().unwrap().len(), 2, "{logins}");

    // The session id changes again, and the login ends before the service sees the new id.
    let seen = shared.site.visit(&key(&moved), json!({"cycle_key": true}));
    let mut moved_again = shared.holder_of(&seen);
    assert_eq!(phone.send(password_change()).await.unwrap().status, 204);
    assert_eq!(username(&mut moved_again).await, None, "a password change ends it wherever it went");
    assert_eq!(username(&mut moved).await, None);
    let back = json!({"current": NEW_PASSWORD, "new": PASSWORD});
    assert_eq!(phone.send(Request::post("/password").json(&back)).await.unwrap().status, 204);
}

async fn a_logout_on_either_side_ends_the_session_on_both(shared: &Shared) {
    let mut client = logged_in(&shared.target, "bob").await;
    let copy = key(&client);
    shared.site.visit(&copy, json!({"log_out": true}));
    assert_eq!(username(&mut client).await, None, "the site has ended the session");
    put(&mut client, "note", "late").await;
    assert_ne!(key(&client), copy, "a write begins a new session");

    let seen = shared.site.visit("", json!({"log_in": "bob"}));
    let mut client = shared.holder_of(&seen);
    let ended = key(&client);
    assert_ne!(shared.site.makes("begin_late", json!({"key": ended})), json!({}));
    assert_eq!(client.send(Request::post("/logout")).await.unwrap().status, 204);
    assert_eq!(shared.site.visit(&ended, json!({}))["user"], "", "the service has ended the session");
    let late = shared.site.answers("save_late", json!({"key": ended}));
    assert_eq!(late, Err("UpdateError".to_owned()), "a late save cannot restore the session");
}

async fn a_life_of_its_own_is_kept(shared: &Shared) {
    let left = |key: &str| shared.site.makes("seconds_left", json!({"key": key})).as_f64().unwrap();
    let mut client = logged_in(&shared.target, "carol").await;
    assert!((1_209_500.0..=1_209_600.0).contains(&left(&key(&client))), "two weeks");
    shared.site.visit(&key(&client), json!({"expiry": 600}));
    put(&mut client, "note", "kept").await;
    assert!((500.0..=600.0).contains(&left(&key(&client))), "ten minutes, set by the site");
    let closes = shared.site.visit("", json!({"expiry": 0}));
    let mut until_closed = shared.holder_of(&closes);
    let login = until_closed.send(LoginWith::Json.request("carol", PASSWORD)).await.unwrap();
    assert_eq!(login.set_cookie("sessionid").unwrap().max_age(), None, "until the browser is closed");
    // A login changes the key, and what the site has set goes along.
    client = Visitor::register(client, "carol", LoginWith::Json).await.unwrap().client;
    assert!((500.0..=600.0).contains(&left(&key(&client))));
}

async fn expired_sessions_are_cleared_by_django_as_well(shared: &Shared) {
    let mut client = logged_in(&shared.target, "dora").await;
    let alive = logged_in(&shared.target, "dora").await;
    shared.site.makes("expire", json!({"key": key(&client)}));
    assert_eq!(username(&mut client).await, None);
    assert_eq!(items(&mut client).await, json!({}));
    shared.site.makes("clearsessions", json!({}));
    let keys = shared.site.makes("keys", json!({}));
    let keys: Vec<&str> = keys.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(keys.contains(&key(&alive).as_str()) && !keys.contains(&key(&client).as_str()));
}

/// A session signed with a former key is read. A session signed with an unknown key counts as none, and its row is not
/// changed.
async fn only_a_shared_key_opens_a_session(shared: &Shared) {
    for (keys, known) in [(&[FORMER][..], true), (&[super::FOREIGN][..], false)] {
        let site = Site { database: shared.site.database.clone(), django: Django::with(keys).unwrap() };
        let seen = site.visit("", json!({"write": {"authlab_items": {"theme": "dark"}}}));
        let theirs = seen["cookie"].as_str().unwrap();
        let mut client = shared.holder_of(&seen);
        assert_eq!(items(&mut client).await, if known { json!({"theme": "dark"}) } else { json!({}) });
        if known {
            let rotated = Site { database: shared.site.database.clone(), django: Django::with(&[KEY]).unwrap() };
            let now = rotated.visit(theirs, json!({}));
            assert_eq!(now["session"]["authlab_items"], json!({"theme": "dark"}), "the current key signed it");
        } else {
            put(&mut client, "theme", "light").await;
            assert_ne!(key(&client), theirs);
            assert_eq!(site.visit(theirs, json!({}))["session"]["authlab_items"], json!({"theme": "dark"}));
        }
    }
}

async fn both_sides_agree(database: &str, django: Django<'static>) {
    let shared = Shared::with_a_site(database, django).await;
    the_sites_own_members_are_out_of_reach(&shared).await;
    a_login_follows_the_key_that_django_changes(&shared).await;
    a_logout_on_either_side_ends_the_session_on_both(&shared).await;
    a_life_of_its_own_is_kept(&shared).await;
    expired_sessions_are_cleared_by_django_as_well(&shared).await;
    only_a_shared_key_opens_a_session(&shared).await;
}

/// Both sides create the same table, and each accepts the table of the other.
async fn the_table_is_djangos(ours_first: &str, theirs_first: &str, django: Django<'static>) {
    let ours = Shared::on(ours_first, django).await;
    let made_by_us = ours.site.makes("table", json!({}));
    ours.site.makes("migrate", json!({"fake_initial": true}));
    assert_eq!(ours.site.visit("", json!({"write": {"a": 1}}))["session"], json!({"a": 1}));
    let site = Site { database: theirs_first.to_owned(), django };
    site.makes("migrate", json!({"fake_initial": false}));
    let theirs = Shared::on(theirs_first, django).await;
    assert_eq!(site.makes("table", json!({})), made_by_us);
    assert!(made_by_us.as_array().unwrap().len() >= 2, "{made_by_us}");
    let mut client = logged_in(&theirs.target, "alice").await;
    assert_eq!(username(&mut client).await.as_deref(), Some("alice"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_go_both_ways_on_sqlite() {
    let Some(django) = Django::with(&[KEY, FORMER]) else { return };
    let (_folder, database) = sqlite();
    each_goes_on_with_the_others_sessions(&database, django).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_go_both_ways_on_postgresql() {
    let Some(django) = Django::with(&[KEY, FORMER]) else { return };
    let Some(postgres) = postgresql(django).await else { return };
    each_goes_on_with_the_others_sessions(&postgres.url(), django).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_agree_who_is_logged_in_on_sqlite() {
    let Some(django) = Django::with(&[KEY, FORMER]) else { return };
    let (_folder, database) = sqlite();
    both_sides_agree(&database, django).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_agree_who_is_logged_in_on_postgresql() {
    let Some(django) = Django::with(&[KEY, FORMER]) else { return };
    let Some(postgres) = postgresql(django).await else { return };
    both_sides_agree(&postgres.url(), django).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_djangos_on_sqlite() {
    let Some(django) = Django::with(&[KEY, FORMER]) else { return };
    let ((_one, ours_first), (_other, theirs_first)) = (sqlite(), sqlite());
    the_table_is_djangos(&ours_first, &theirs_first, django).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_djangos_on_postgresql() {
    let Some(django) = Django::with(&[KEY, FORMER]) else { return };
    let (Some(one), Some(other)) = (postgresql(django).await, postgresql(django).await) else { return };
    the_table_is_djangos(&one.url(), &other.url(), django).await;
}
