//! The services log one line per request and per security event, and never a secret.

use std::collections::BTreeSet;

use authlab_client::{
    Client,
    answer::Answer,
    request::{Request, encoded},
    target::Target,
    visitor::{LoginWith, NEW_PASSWORD, PASSWORD, account, password_change, put_item, registration},
};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use http::{HeaderName, header};
use lab::journey::{self, Journey, scenarios::ATTACKS};
use serde_json::{Value, json};

use super::support::service::{NAMES, Service};

const WRONG_PASSWORD: &str = "a password that nobody has";
const ITEM: &str = "what only its owner may read";
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// At debug level the services log everything that they may log.
const TALKATIVE: [&str; 2] = ["--log", "debug"];

fn start(name: &str) -> Service {
    let mut arguments = TALKATIVE.to_vec();
    if name == "token-svc" {
        arguments.extend(["--token-query", "on"]);
    }
    Service::start(name, &arguments)
}

/// A client that collects every secret that it sends or receives.
struct SecretCollector {
    client: Client,
    secrets: BTreeSet<String>,
}

impl SecretCollector {
    fn new(target: &Target) -> Self {
        let said = [PASSWORD, NEW_PASSWORD, WRONG_PASSWORD, ITEM].map(str::to_owned);
        Self { client: Client::new(target.clone(), "a test"), secrets: said.into() }
    }

    async fn ask(&mut self, request: Request) -> Answer {
        let answer = self.client.send(request).await.unwrap();
        self.secrets.extend(answer.set_cookies().map(|cookie| cookie.value().to_owned()));
        for token in tokens(&answer.json().unwrap_or_default()) {
            self.secrets.insert(token);
        }
        answer
    }

    async fn log_in(&mut self, username: &str, password: &str) -> Answer {
        self.ask(LoginWith::Json.request(username, password)).await
    }

    /// Sends changed copies of all collected credentials in every place where a request can carry one.
    async fn show_forgeries(&mut self) {
        let held: Vec<String> = self.secrets.iter().filter(|secret| !secret.contains(' ')).cloned().collect();
        for secret in held {
            let forged = format!("{}AAAA{}", &secret[..secret.len() / 2], &secret[secret.len() / 2..]);
            for request in [
                Request::get("/mine").without_credential().bearer(&forged),
                Request::get("/mine").without_credential().token_in_query(&forged),
                Request::get("/mine").without_credential().cookie("login", &forged),
                Request::get("/mine").without_credential().cookie("sessionid", &forged),
                Request::get("/mine").without_credential().cookie("token", &forged),
                Request::get(format!("/items/{}?salt={0}", encoded(&forged))),
                Request::delete(format!("/logins/{}", encoded(&forged))),
                Request::get(format!("/nowhere/{}", encoded(&forged))),
                Request::get(format!("/login?next=/mine%3Ftoken%3D{}", encoded(&forged))),
            ] {
                self.ask(request).await;
            }
            self.secrets.insert(forged);
        }
    }
}

/// All values of members named `token` or `…_token` in an answer.
fn tokens(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let is_token = |name: &str| name == "token" || name.ends_with("_token");
            let own = members.iter().filter(|(name, _)| is_token(name)).filter_map(|(_, value)| value.as_str());
            own.map(str::to_owned).chain(members.values().flat_map(tokens)).collect()
        }
        Value::Array(values) => values.iter().flat_map(tokens).collect(),
        _ => Vec::new(),
    }
}

/// Uses a service in every way: logins by JSON and by form, all carriers, all endings, and attacks.
async fn live(target: &Target) -> BTreeSet<String> {
    let mut visitor = SecretCollector::new(target);
    visitor.ask(registration("alice")).await;
    visitor.ask(registration("alice")).await;
    // A common mistake: the password typed into the username field.
    visitor.log_in(PASSWORD, PASSWORD).await;
    visitor.log_in("alice", WRONG_PASSWORD).await;
    assert_eq!(visitor.log_in("alice", PASSWORD).await.status, 200);
    visitor.ask(put_item("note", ITEM)).await;
    visitor.ask(Request::get("/mine")).await;
    visitor.ask(Request::get("/mine/record")).await;
    if let Some(token) = visitor.client.tokens().access().map(str::to_owned) {
        visitor.ask(Request::get("/mine").token_in_query(&token)).await;
        visitor.ask(Request::get("/mine").cookie("token", &token)).await;
    }
    if let Some(token) = visitor.client.tokens().refresh().map(str::to_owned) {
        visitor.ask(Request::post("/token").form(&[("grant_type", "refresh_token"), ("refresh_token", &token)])).await;
        visitor.ask(Request::post("/token").form(&[("grant_type", "refresh_token"), ("refresh_token", &token)])).await;
    }
    let mut browser = SecretCollector::new(target);
    browser.ask(LoginWith::Form.request("alice", PASSWORD)).await;
    browser.ask(Request::get("/mine").from_a_browser()).await;
    let from_elsewhere = Request::post("/password").form(&[("current", PASSWORD), ("new", NEW_PASSWORD)]);
    browser.ask(from_elsewhere.header(SEC_FETCH_SITE, "cross-site")).await;
    visitor.ask(Request::get("/logins")).await;
    visitor.show_forgeries().await;
    visitor.ask(Request::post("/password").json(&json!({"current": WRONG_PASSWORD, "new": NEW_PASSWORD}))).await;
    visitor.ask(password_change()).await;
    visitor.log_in("alice", NEW_PASSWORD).await;
    let mut thief = SecretCollector { client: visitor.client.fork(), secrets: BTreeSet::new() };
    visitor.ask(Request::delete("/logins")).await;
    visitor.ask(Request::post("/logout")).await;
    thief.ask(Request::get("/mine")).await;
    visitor.secrets.into_iter().chain(browser.secrets).chain(thief.secrets).collect()
}

/// The secret as it is, percent-encoded, and in both base64 alphabets.
fn forms(secret: &str) -> [String; 4] {
    [secret.to_owned(), encoded(secret), BASE64_STANDARD_NO_PAD.encode(secret), BASE64_URL_SAFE_NO_PAD.encode(secret)]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_line_and_no_metric_holds_a_credential_or_a_password() {
    for name in NAMES {
        let service = start(name);
        journey::run(std::slice::from_ref(&service.target), |_| {}).await.unwrap();
        for scenario in ATTACKS {
            let mut attack = Journey::start_with(scenario, std::slice::from_ref(&service.target)).await.unwrap();
            while attack.next().await.is_some() {}
        }
        let mut secrets = live(&service.target).await;
        let key = std::fs::read_to_string(service.folder.path().join("data/secret_key")).unwrap();
        secrets.insert(key.trim_end().to_owned());
        secrets.retain(|secret| secret.len() >= 8);
        assert!(secrets.len() >= 8, "{name}: too few secrets collected: {secrets:?}");

        let metrics =
            Client::new(service.target.clone(), "a test").send(Request::get("/metrics")).await.unwrap().text();
        assert!(metrics.contains("auth_events_total"), "{metrics}");
        let told = service.stopped() + &metrics;
        assert!(told.contains("\"DEBUG\""), "{name} logged no debug lines");
        for secret in &secrets {
            for form in forms(secret) {
                let line = told.lines().find(|line| line.contains(&form));
                assert_eq!(line, None, "{name} logged the secret {secret}");
            }
        }
    }
}

/// The log lines of answered requests.
fn answered(lines: &[Value]) -> Vec<&Value> {
    lines.iter().filter(|line| line["message"] == "answered").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_is_one_line_by_its_route_and_its_id() {
    for name in NAMES {
        let service = start(name);
        let mut client = Client::new(service.target.clone(), "a test");
        let mut expected = Vec::new();
        for (request, route) in [
            (Request::get("/about"), "/about"),
            (Request::get("/items/note?seal=plain&salt=x"), "/items/{key}"),
            (Request::get("/mine?token=guessed"), "/mine"),
            (Request::delete("/logins/one"), "/logins/{id}"),
            (Request::get("/no/such/path"), ""),
            (Request::post("/login").body("application/json", "{"), "/login"),
        ] {
            let method = request.method().to_string();
            let answer = client.send(request).await.unwrap();
            let id = answer.header("x-request-id").unwrap().to_owned();
            expected.push(json!({"method": method, "route": route, "status": answer.status, "id": id}));
        }
        let lines = service.lines();
        let told = answered(&lines);
        let seen: Vec<Value> = told.iter().map(|line| json!({"method": line["method"], "route": line["route"], "status": line["status"], "id": line["span"]["id"]})).collect();
        assert_eq!(seen, expected, "{name}");
        for line in told {
            let time = line["timestamp"].as_str().unwrap();
            assert!(time.ends_with('Z') && time.parse::<jiff::Timestamp>().is_ok(), "{time}");
            assert!(line["micros"].is_u64(), "{line}");
            let known = ["timestamp", "level", "message", "method", "route", "status", "micros", "target", "span"];
            let members = line.as_object().unwrap().keys();
            assert!(members.clone().all(|member| known.contains(&member.as_str())), "{line}");
        }
    }
}

/// The logged events, as `event result`.
fn events(service: &Service) -> Vec<String> {
    let lines = service.lines();
    let events = lines.iter().filter(|line| line["event"].is_string());
    events.map(|line| format!("{} {}", line["event"].as_str().unwrap(), line["result"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_that_matters_is_written_down_once() {
    for name in NAMES {
        let service = start(name);
        let mut visitor = SecretCollector::new(&service.target);
        visitor.ask(registration("alice")).await;
        visitor.ask(Request::get("/mine")).await;
        visitor.log_in("alice", WRONG_PASSWORD).await;
        visitor.log_in("alice", PASSWORD).await;
        visitor.ask(Request::get("/mine")).await;
        let mut thief = visitor.client.fork();
        visitor.ask(Request::post("/logout").header(SEC_FETCH_SITE, "cross-site")).await;
        visitor.ask(password_change()).await;
        thief.send(Request::get("/mine")).await.unwrap();
        visitor.ask(Request::delete("/logins")).await;
        visitor.ask(Request::post("/logout")).await;
        assert_eq!(
            events(&service),
            [
                "register ok",
                "login invalid-credentials",
                "login ok",
                "cross_site_refused refused",
                "password_change ok",
                "credential_refused ended",
                "logins_ended ok",
                "logout ok",
            ],
            "{name}"
        );
        let lines = service.lines();
        let login = lines.iter().find(|line| line["event"] == "login" && line["result"] == "ok").unwrap();
        assert!(login["account"].is_i64() && login["from"] == "127.0.0.1", "{login}");
        assert!(!service.said().contains("alice"), "the log contains a username");
        let metrics =
            Client::new(service.target.clone(), "a test").send(Request::get("/metrics")).await.unwrap().text();
        let counted = metrics.lines().find(|line| {
            line.starts_with("auth_events_total") && line.contains("event=\"login\"") && line.contains("result=\"ok\"")
        });
        assert!(counted.is_some_and(|line| line.ends_with(" 1")), "{counted:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_client_sends_a_line_stays_one_line() {
    let inject = "bob\r\n{\"message\":\"answered\"}\u{1b}[2J\u{85}\u{2028}\0";
    for name in NAMES {
        for format in ["json", "text"] {
            let service = Service::start(name, &["--log", "debug", "--log-format", format]);
            let lines_before = service.said().lines().count();
            let mut client = Client::new(service.target.clone(), "tab\tand \u{fffd}");
            let account = account(inject, inject);
            for request in [
                Request::post("/register").json(&account),
                Request::post("/login").json(&account),
                Request::post("/login").form(&[("username", inject), ("password", inject), ("next", inject)]),
                Request::get(format!("/items/{}", encoded(inject))),
                Request::get(format!("/{0}?{0}", encoded(inject))),
                Request::get("/mine").header(HeaderName::from_static("x-request-id"), "a\tb"),
                Request::get("/mine").header(header::COOKIE, "sessionid=\u{fffd}"),
            ] {
                client.send(request).await.unwrap();
            }
            let said = service.said();
            assert!(!said.contains(['\u{1b}', '\0', '\u{85}', '\u{2028}']), "{said}");
            assert_eq!(said.lines().skip(lines_before).filter(|line| line.contains("answered")).count(), 7, "{said}");
            let torn = said.lines().filter(|line| line.starts_with("{\"message\":\"answered\"}"));
            assert_eq!(torn.count(), 0, "{said}");
        }
    }
}
