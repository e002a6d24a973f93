//! A running cookie-svc that shares its key with a Django site: each accepts the cookies of the other.

use authlab_client::{
    Client,
    answer::Answer,
    request::Request,
    set_cookie::SetCookie,
    target::Target,
    visitor::{LoginWith, PASSWORD, registration},
};
use authlab_clock::Clock;
use authlab_django_signing::cookie_value;
use authlab_fleet::Fleet;
use authlab_secrets::Secret;
use serde_json::json;

use super::{
    CASES, KEY,
    python::Django,
    texts::{Draws, changed},
};

/// Two weeks, the default of cookie-svc.
const LOGIN_MAX_AGE: usize = 1_209_600;

async fn cookie_svc() -> (Fleet, Target) {
    let fleet = Fleet::start_with(|settings, _| settings.secret_key = Some(Secret::new(KEY))).await.unwrap();
    let target = fleet.targets().into_iter().find(|target| target.name == "cookie-svc").unwrap();
    (fleet, target)
}

fn header_of(answer: &Answer) -> String {
    answer.header("set-cookie").expect("the answer sets a cookie").to_owned()
}

fn pair(set_cookie: &str) -> &str {
    set_cookie.split(';').next().unwrap()
}

/// Signed texts contain the second in which they were signed; the tests allow for the duration of a request.
fn now() -> i64 {
    Clock::system().seconds()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_django_signs_is_a_login() {
    let Some(django) = Django::with(&[KEY]) else { return };
    let (_fleet, target) = cookie_svc().await;
    let mut visitor = Client::new(target, "test");
    let mut draws = Draws::from(12);
    for case in 0..CASES {
        // At least a minute below the limit, so that a slow request does not reach it.
        let age = i64::try_from(draws.below(LOGIN_MAX_AGE - 60)).unwrap();
        let (name, made) = (draws.text(300), now() - age);
        let dumped = |at: i64, salt: &str| django.text("dumps", at, json!({"value": {"u": name}, "salt": salt}));
        let cookie = dumped(made, "login");
        let answer = visitor.deliver(&Request::get("/mine").cookie("login", &cookie)).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json().unwrap()["username"], name);
        assert_eq!(issued_at(&answer), made);
        assert!(answer.header("set-cookie").is_none(), "no renewal, the current key signed it");

        let damaged = changed(&cookie, draws.below(cookie.len()));
        let too_old = dumped(now() - i64::try_from(LOGIN_MAX_AGE).unwrap() - 60, "login");
        let refused = [(damaged, "changed"), (dumped(made, "log"), "of another salt"), (too_old, "too old")];
        for (cookie, what) in refused {
            let answer = visitor.deliver(&Request::get("/mine").cookie("login", &cookie)).await.unwrap();
            assert_eq!(answer.status, 401, "case {case}: {what}: {cookie}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_the_service_signs_is_loaded_by_django() {
    let Some(django) = Django::with(&[KEY]) else { return };
    let (_fleet, target) = cookie_svc().await;
    for name in ["alice", "Zoë Åström", "李小龍", "Иван Петров", "يوسف", "name:with:colons", "\"quoted\\name\""]
    {
        let mut client = Client::new(target.clone(), "test");
        assert_eq!(client.send(registration(name)).await.unwrap().status, 201, "{name}");
        let before = now();
        let answer = client.send(LoginWith::Json.request(name, PASSWORD)).await.unwrap();
        assert_eq!(answer.status, 200);
        let cookie = answer.set_cookie("login").unwrap().value().to_owned();
        let loaded = |signed: &str, at: i64, salt: &str| {
            django.answers("loads", at, json!({"signed": signed, "salt": salt, "max_age": 60}))
        };
        let payload = loaded(&cookie, now(), "login").unwrap();
        assert_eq!(payload["u"], name);
        let members = payload.as_object().unwrap();
        assert!(members.keys().all(|member| member.len() == 1), "member names have one letter: {payload}");
        let made = issued_at(&client.send(Request::get("/mine")).await.unwrap());
        assert!((before..=now()).contains(&made));
        assert_eq!(django.text("dumps", made, json!({"value": payload, "salt": "login"})), cookie);
        assert_eq!(loaded(&cookie, made + 61, "login"), Err("SignatureExpired".to_owned()));
        assert_eq!(loaded(&cookie, made, "log"), Err("BadSignature".to_owned()));
        for at in 0..cookie.len() {
            assert_eq!(loaded(&changed(&cookie, at), made, "login"), Err("BadSignature".to_owned()), "{at}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn items_go_both_ways() {
    let Some(django) = Django::with(&[KEY]) else { return };
    let (_fleet, target) = cookie_svc().await;
    let mut visitor = Client::new(target, "test");
    let mut draws = Draws::from(13);
    for case in 0..CASES {
        let text = if case % 2 == 0 { draws.latin1(700) } else { draws.text(250) };
        // The prefix keeps an item from having the name of the login cookie.
        let name = format!("k{}", draws.name());
        let extended = cookie_value::extend(&text);
        let path = format!("/items/{name}");

        let put = visitor.deliver(&Request::put(&path).json(&json!({"value": text, "max_age": 60}))).await.unwrap();
        assert_eq!(put.status, 204, "{}", put.text());
        let header = header_of(&put);
        let asked = json!({"name": name, "salt": "", "header": pair(&header), "max_age": 60});
        assert_eq!(django.text("get_signed_cookie", now(), asked.clone()), extended);
        let too_late = django.answers("get_signed_cookie", now() + 120, asked);
        assert_eq!(too_late, Err("SignatureExpired".to_owned()));

        // Django writes the same line, except for `expires`.
        let made = stamp_of(&header);
        let asked = json!({"name": name, "salt": "", "value": extended, "max_age": 60});
        let theirs = django.text("set_signed_cookie", made, asked);
        assert_eq!(without_expires(&header), without_expires(&theirs));

        let get = |path: &str, header: &str| {
            let (name, value) = pair(header).split_once('=').unwrap();
            Request::get(path).cookie(name, value)
        };
        let read = visitor.deliver(&get(&path, &theirs)).await.unwrap();
        assert_eq!((read.status, read.json().unwrap()["value"].as_str()), (200, Some(text.as_str())));

        let renamed = theirs.replacen(&name, &format!("{name}x"), 1);
        assert_eq!(visitor.deliver(&get(&format!("{path}x"), &renamed)).await.unwrap().status, 400, "renamed");
        let old = django.text("set_signed_cookie", made - 120, json!({"name": name, "salt": "", "value": extended}));
        assert_eq!(visitor.deliver(&get(&format!("{path}?max_age=60"), &old)).await.unwrap().status, 400, "too old");
        assert_eq!(visitor.deliver(&get(&path, &old)).await.unwrap().status, 200, "accepted without max_age");
    }
}

fn issued_at(mine: &Answer) -> i64 {
    let body = mine.json().unwrap();
    body["issued_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second()
}

fn stamp_of(header: &str) -> i64 {
    let value = cookie_value::unquote(SetCookie::parse(header).unwrap().value());
    let stamp = value.rsplit(':').nth(1).unwrap();
    authlab_django_signing::base62::decode(stamp).unwrap()
}

fn without_expires(header: &str) -> Vec<&str> {
    header.split("; ").filter(|part| !part.starts_with("expires=")).collect()
}
