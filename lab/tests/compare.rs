//! The comparison of three services that keep the contract, of one that breaks it, and its output formats.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use authlab_client::target::Target;
use authlab_fleet::Fleet;
use authlab_terminal::Look;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use lab::{
    compare::{Comparison, has_breach, json, markdown, terminal},
    journey::{
        run,
        transcript::{StepResult, StepVerdict},
    },
};
use serde_json::{Value, json};

/// Whole secrets: from the credentials of the broken service below, and from the passwords of the journey.
const SECRETS: [&str; 3] = ["this-is-never-shown", "correct horse", "incorrect zebra"];

async fn play_the_fleet() -> (Vec<Target>, Vec<StepResult>, Fleet) {
    let fleet = Fleet::start().await.unwrap();
    let targets = fleet.targets();
    let steps = run(&targets, |_| {}).await.unwrap();
    (targets, steps, fleet)
}

fn every_rendering(comparison: Comparison<'_>) -> [String; 4] {
    [
        terminal::render(comparison, Look::PLAIN),
        terminal::render(comparison, Look { colour: true, ..Look::PLAIN }),
        markdown::render(comparison),
        json::render(comparison).unwrap(),
    ]
}

/// The width in terminal columns, for the characters of the journey.
fn columns(line: &str) -> usize {
    let width = |character| match u32::from(character) {
        0x300..=0x36f | 0x200d | 0xfe0f => 0,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xff00..=0xff60 | 0x1f300..=0x1faff => {
            2
        }
        _ => 1,
    };
    line.chars().map(width).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_three_services_keep_the_contract() {
    let (_, steps, _fleet) = play_the_fleet().await;
    let breaches: Vec<_> = steps
        .iter()
        .flat_map(|step| step.outcomes.iter().map(move |outcome| (step.id, &outcome.verdict)))
        .filter(|(_, verdict)| matches!(verdict, StepVerdict::Breach(_) | StepVerdict::Skipped(_)))
        .collect();
    assert!(!has_breach(&steps), "{breaches:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_fits_a_terminal_and_its_edges_are_straight() {
    let (targets, steps, _fleet) = play_the_fleet().await;
    let text = terminal::render(Comparison { targets: &targets, steps: &steps }, Look::PLAIN);
    assert!(text.contains("世界 🐎"), "the table must contain the wide characters");
    for line in text.lines() {
        assert!(columns(line) <= 120, "{} columns: {line}", columns(line));
        if line.starts_with(['│', '├', '┌', '└', '╞']) {
            assert_eq!(columns(line), columns(text.lines().nth(2).unwrap()), "{line}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_target_and_five_fit_as_well() {
    let fleet = Fleet::start().await.unwrap();
    for count in [1, 2, 5] {
        let targets: Vec<Target> = fleet.targets().into_iter().cycle().take(count).collect();
        let steps = run(&targets, |_| {}).await.unwrap();
        let text = terminal::render(Comparison { targets: &targets, steps: &steps }, Look::PLAIN);
        let widest = text.lines().map(columns).max().unwrap();
        assert!(widest <= 120, "{count} targets take {widest} columns");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_can_read_it() {
    let (targets, steps, _fleet) = play_the_fleet().await;
    let comparison = Comparison { targets: &targets, steps: &steps };
    let parsed: Value = serde_json::from_str(&json::render(comparison).unwrap()).unwrap();
    assert_eq!(parsed["schema_version"], 1);
    assert_eq!(parsed["steps"].as_array().map(Vec::len), Some(steps.len()));
    assert_eq!(parsed["summary"]["targets"][2]["name"], targets[2].name);
    assert!(parsed["summary"]["targets"][0]["bytes_sent"].as_u64() > Some(200_000), "the large item must be sent");
    let table_rows = markdown::render(comparison).lines().filter(|line| line.starts_with('|')).count();
    assert!(table_rows > steps.len() * 5, "{table_rows} rows");
}

#[tokio::test(flavor = "multi_thread")]
async fn colours_are_there_only_where_they_are_wanted() {
    let (targets, steps, _fleet) = play_the_fleet().await;
    let [plain, coloured, markdown, json] = every_rendering(Comparison { targets: &targets, steps: &steps });
    assert!(coloured.contains('\u{1b}'));
    for text in [plain, markdown, json] {
        assert!(!text.contains('\u{1b}'));
    }
}

/// Checks only the formats without line breaks in cells. The terminal table has the same cells, but wraps them.
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_shown_whole() {
    let (targets, steps, _fleet) = play_the_fleet().await;
    let comparison = Comparison { targets: &targets, steps: &steps };
    for text in [markdown::render(comparison), json::render(comparison).unwrap()] {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{secret}");
        }
        assert!(text.contains("sessionid=") && text.contains("eyJ"), "shortened credentials must be visible");
        // After each prefix at most six characters of a secret are shown, and then the sign of an omission.
        for beginning in ["eyJ", "sessionid=", "login=", "token="] {
            for (at, _) in text.match_indices(beginning) {
                let shown: String = text[at + beginning.len()..].chars().take(7).collect();
                assert!(shown.contains(['…', ';', '\\', '"']), "{beginning}{shown}");
            }
        }
    }
}

#[derive(Clone, Default)]
struct Liar(Arc<Mutex<HashMap<String, String>>>);

/// A service that claims it can end logins but still accepts a stolen credential.
fn liar() -> Router {
    Router::new()
        .route("/about", get(about))
        .route("/register", post(register))
        .route("/login", post(login))
        .route("/mine", get(mine))
        .route("/logout", post(logout))
        .route("/password", post(|| async { StatusCode::NO_CONTENT }))
        .route("/logins", get(|| async { problem(StatusCode::NOT_IMPLEMENTED, "mechanism-cannot") }))
        .route("/items", get(items))
        .route("/items/{key}", put(put_item).get(item))
        .with_state(Liar::default())
}

async fn about() -> Json<Value> {
    Json(json!({
        "mechanism": "liar", "version": "1", "state_lives": "server", "store": "memory", "carriers": ["cookie"],
        "lifetime": 60, "login_lifetime": 60, "logins_at_most": null, "staleness": 0, "can": {
            "list_logins": false, "revoke_login": true, "revoke_all": false, "anonymous_items": false,
            "cookieless_clients": false, "concurrent_item_writes": true
        }
    }))
}

async fn register(Json(body): Json<Value>) -> impl IntoResponse {
    (StatusCode::CREATED, Json(json!({"username": body["username"]})))
}

async fn login(Json(body): Json<Value>) -> impl IntoResponse {
    let cookie = format!("login={}.this-is-never-shown; Path=/", body["username"].as_str().unwrap_or_default());
    let login = Json(card(&body["username"]));
    ([(header::SET_COOKIE, cookie), (header::CACHE_CONTROL, "no-store".to_owned())], login)
}

fn card(username: &Value) -> Value {
    let (from, until) = ("2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z");
    json!({"username": username, "mechanism": "liar", "issued_at": from, "expires_at": until})
}

async fn mine(State(liar): State<Liar>, headers: HeaderMap) -> Response {
    let cookie = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(username) = cookie.strip_prefix("login=").and_then(|value| value.split('.').next()) else {
        return problem(StatusCode::UNAUTHORIZED, "not-logged-in");
    };
    let mut mine = card(&username.into());
    mine["items"] = json!(*liar.0.lock().unwrap());
    ([(header::CACHE_CONTROL, "no-store")], Json(mine)).into_response()
}

async fn logout() -> impl IntoResponse {
    ([(header::SET_COOKIE, "login=; Path=/; Max-Age=0")], StatusCode::NO_CONTENT)
}

async fn items(State(liar): State<Liar>) -> Json<Value> {
    Json(json!({"items": *liar.0.lock().unwrap()}))
}

async fn item(State(liar): State<Liar>, Path(key): Path<String>) -> Json<Value> {
    let value = liar.0.lock().unwrap().get(&key).cloned();
    Json(json!({"key": key, "value": value, "expires_at": null}))
}

async fn put_item(State(liar): State<Liar>, Path(key): Path<String>, Json(body): Json<Value>) -> Response {
    let value = body["value"].as_str().unwrap_or_default().to_owned();
    if value.len() > 10_000 {
        return problem(StatusCode::PAYLOAD_TOO_LARGE, "too-large");
    }
    liar.0.lock().unwrap().insert(key, value);
    StatusCode::NO_CONTENT.into_response()
}

fn problem(status: StatusCode, slug: &str) -> Response {
    let body = json!({
        "type": format!("/problems/{slug}"), "title": slug, "status": status.as_u16(), "detail": "the limit is 10000"
    });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_breaks_the_contract_is_found_out() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let targets = [Target::at("liar", listener.local_addr().unwrap())];
    tokio::spawn(async move { axum::serve(listener, liar()).await });
    let steps = run(&targets, |_| {}).await.unwrap();
    assert!(has_breach(&steps));
    let breached: Vec<&str> = steps
        .iter()
        .filter(|step| matches!(step.outcomes[0].verdict, StepVerdict::Breach(_)))
        .map(|step| step.id)
        .collect();
    assert_eq!(breached, ["replay"], "{steps:#?}");
    for text in every_rendering(Comparison { targets: &targets, steps: &steps }) {
        assert!(text.contains("BREAKS THE CONTRACT") || text.contains("\"breach\""), "{text}");
    }
    let [_, _, markdown, json] = every_rendering(Comparison { targets: &targets, steps: &steps });
    assert!(SECRETS.iter().all(|secret| !markdown.contains(secret) && !json.contains(secret)), "{json}");
}
