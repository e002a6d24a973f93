//! `/metrics`, checked with Prometheus' own tools; alert rules and the dashboard use only metrics that exist.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use authlab_client::{Client, request::Request, target::Target};
use authlab_fleet::Fleet;
use authlab_secrets::Secret;
use authlab_test_support::missing;
use lab::journey;
use serde_json::Value;
use session_svc::Store;

use super::support::visitor::logged_in;

async fn metrics(target: &Target) -> String {
    Client::new(target.clone(), "test").send(Request::get("/metrics")).await.unwrap().text()
}

/// A fleet that has answered the whole journey and its attacks.
async fn used_fleet() -> Fleet {
    let fleet = Fleet::start().await.unwrap();
    journey::run(&fleet.targets(), |_| {}).await.unwrap();
    fleet
}

fn deploy(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(path)
}

/// Runs promtool on this input. Returns `None` and reports a skipped test if promtool is not installed.
fn promtool(arguments: &[&str], input: &str) -> Option<Output> {
    let child = Command::new("promtool")
        .current_dir(deploy("prometheus"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        missing("prometheus");
        return None;
    };
    // promtool may exit before it has read all input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Some(child.wait_with_output().unwrap())
}

fn is_well(output: &Output) {
    let said = [&output.stdout[..], &output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[tokio::test(flavor = "multi_thread")]
async fn promtool_finds_nothing_wrong_with_what_the_services_show() {
    for target in used_fleet().await.targets() {
        let Some(output) = promtool(&["check", "metrics"], &metrics(&target).await) else { return };
        is_well(&output);
        assert!(output.stderr.is_empty(), "{target}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn promtool_takes_the_configuration_and_the_alerts_do_what_their_tests_say() {
    for arguments in [&["check", "config", "prometheus.yml"][..], &["test", "rules", "alerts.test.yml"]] {
        let Some(output) = promtool(arguments, "") else { return };
        is_well(&output);
    }
}

/// The names of the series in an expression: each is followed by a `{`.
fn series(expression: &str) -> impl Iterator<Item = &str> {
    let is_of_a_name = |character: char| character.is_ascii_alphanumeric() || "_:".contains(character);
    let before_braces = expression.match_indices('{').map(|(at, _)| &expression[..at]);
    before_braces.filter_map(move |text| text.rsplit(|character| !is_of_a_name(character)).next())
}

/// All string values of this key in a JSON document.
fn all<'v>(key: &str, value: &'v Value) -> Vec<&'v str> {
    match value {
        Value::Object(members) => {
            let own = members.get(key).and_then(Value::as_str);
            own.into_iter().chain(members.values().flat_map(|value| all(key, value))).collect()
        }
        Value::Array(values) => values.iter().flat_map(|value| all(key, value)).collect(),
        _ => Vec::new(),
    }
}

/// The expressions of the rules, and the names of the recorded series.
fn rules() -> (Vec<String>, BTreeSet<String>) {
    let (mut expressions, mut recorded) = (Vec::new(), BTreeSet::new());
    for file in ["prometheus/rules/recording.yml", "prometheus/rules/alerts.yml"] {
        let text = fs::read_to_string(deploy(file)).unwrap();
        recorded.extend(text.lines().filter_map(|line| line.trim().strip_prefix("- record: ")).map(str::to_owned));
        // An expression ends at the next member or rule.
        let rules = text.split("expr:").skip(1).map(|rest| {
            let end = ["\n        for:", "\n      - ", "\n  - "].iter().filter_map(|end| rest.find(end)).min();
            rest[..end.unwrap_or(rest.len())].to_owned()
        });
        expressions.extend(rules);
    }
    (expressions, recorded)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_and_the_dashboard_speak_of_metrics_that_are_there() {
    let mut shown = String::new();
    for target in used_fleet().await.targets() {
        shown += &metrics(&target).await;
    }
    let exists = |name: &str| shown.lines().any(|line| line.split(['{', ' ']).next() == Some(name));
    let dashboard = fs::read_to_string(deploy("grafana/dashboards/authlab.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let (mut expressions, recorded) = rules();
    assert_eq!((expressions.len(), recorded.len()), (11, 4));
    expressions.extend(all("expr", &dashboard).into_iter().map(str::to_owned));
    assert!(expressions.len() > 25, "{expressions:?}");
    for expression in &expressions {
        let names: Vec<&str> = series(expression).collect();
        assert!(!names.is_empty(), "{expression} names no series before braces");
        for name in names {
            // Prometheus itself produces `up`.
            assert!(name == "up" || recorded.contains(name) || exists(name), "no metric named {name}: {expression}");
        }
    }
}

/// The values of the series with this name and all these labels.
fn values(metrics: &str, name: &str, labels: &[&str]) -> Vec<f64> {
    let series = metrics.lines().filter(|line| line.split(['{', ' ']).next() == Some(name));
    let chosen = series.filter(|line| labels.iter().all(|label| line.contains(label)));
    chosen.map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_counted_by_route_and_reason_and_by_nothing_that_a_client_chose() {
    for target in Fleet::start().await.unwrap().targets() {
        // The services share their accounts, so each uses its own username.
        let mut client = logged_in(&target, &format!("guest of {target}")).await;
        for key in ["colour", "size", "weight"] {
            client.send(Request::get(format!("/items/{key}?salt={key}"))).await.unwrap();
        }
        client.send(Request::new(http::Method::from_bytes(b"BREW").unwrap(), "/mine")).await.unwrap();
        client.send(Request::get("/mine")).await.unwrap();
        client.send(Request::get("/mine").without_credential()).await.unwrap();
        let shown = metrics(&target).await;
        let requests = |labels| values(&shown, "http_server_request_duration_seconds_count", labels);
        assert_eq!(requests(&["http_route=\"/items/{key}\"", "http_response_status_code=\"404\""]), [3.0], "{shown}");
        assert_eq!(requests(&["http_request_method=\"_OTHER\"", "http_response_status_code=\"405\""]), [1.0]);
        assert_eq!(values(&shown, "auth_events_total", &["event=\"login\"", "result=\"ok\""]), [1.0]);
        assert_eq!(values(&shown, "auth_refusals_total", &["reason=\"missing\""]), [1.0]);
        assert_eq!(values(&shown, "auth_verify_duration_seconds_count", &["result=\"ok\""]), [1.0]);
        assert_eq!(values(&shown, "http_server_active_requests", &[]), [1.0], "only this request is active");
        assert_eq!(values(&shown, "password_hash_queue_seconds_count", &[]), [2.0]);
        let accounts = values(
            &shown,
            "db_client_operation_duration_seconds_count",
            &["db_collection_name=\"account\"", "db_operation_name=\"SELECT\"", "db_system_name=\"sqlite\""],
        );
        assert!(accounts.iter().sum::<f64>() >= 2.0, "{shown}");
        let feed = values(&shown, "revocation_feed_age_seconds", &[]);
        assert_eq!(feed.len(), 1, "{target}");
        assert!(feed.iter().all(|age| (0.0..5.0).contains(age)), "{feed:?}");
        assert!(!shown.contains("colour") && !shown.contains("guest") && !shown.contains("BREW"), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_asked_is_counted_as_such() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let fleet = Fleet::start_with(|_, mechanisms| {
        mechanisms.session.session_store = Some(Store::Redis(Secret::new(format!("redis://{nobody}"))));
    });
    let fleet = fleet.await.unwrap();
    let target = fleet.targets().into_iter().find(|target| target.name == "session-svc").unwrap();
    let shown = Request::get("/mine").cookie("sessionid", "abcdefghijklmnopqrstuvwxyz012345");
    assert_eq!(Client::new(target.clone(), "test").deliver(&shown).await.unwrap().status, 503);
    let shown = metrics(&target).await;
    let failed = values(
        &shown,
        "db_client_operation_duration_seconds_count",
        &["db_system_name=\"redis\"", "error_type=\"unavailable\""],
    );
    assert_eq!(failed, [1.0], "{shown}");
    assert_eq!(values(&shown, "auth_verify_duration_seconds_count", &["result=\"error\""]), [1.0]);
    assert_eq!(values(&shown, "auth_refusals_total", &["problem=\"store-unavailable\""]), [1.0]);
}
