//! The conformance suite, run on each mechanism and on a service that breaks the contract.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::collections::HashSet;

use authlab_client::target::Target;
use authlab_conformance::{clause::ClauseOutcome, json, report::ConformanceReport, terminal};
use authlab_fleet::Fleet;
use authlab_terminal::Look;
use axum::{Json, Router, http::StatusCode};
use serde_json::Value;
use token_svc::Algorithm;

async fn holds(mechanism: &str) {
    conforms(&Fleet::start().await.unwrap(), mechanism).await;
}

async fn conforms(fleet: &Fleet, mechanism: &str) {
    let target = fleet.targets().into_iter().find(|target| target.name.starts_with(mechanism)).unwrap();
    let report = authlab_conformance::run(&target, |_| {}).await.unwrap();
    let failures: Vec<String> =
        report.failures().map(|failed| format!("{}: {:?}", failed.id, failed.outcome)).collect();
    assert!(report.holds(), "{target} breaks the contract:\n{}", failures.join("\n"));
    assert!(report.passed() > 90, "only {} clauses applied", report.passed());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_service_speaks_the_contract() {
    holds("cookie").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_service_speaks_the_contract() {
    holds("session").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_service_speaks_the_contract() {
    holds("token").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_service_speaks_the_contract_with_every_algorithm() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256] {
        let fleet = Fleet::start_with(|_, mechanisms| mechanisms.token.jwt_alg = algorithm).await.unwrap();
        conforms(&fleet, "token").await;
    }
}

/// Runs the suite on a service that gives the same wrong answer to every request.
async fn report_on_a_liar() -> ConformanceReport {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = Target::at("liar", listener.local_addr().unwrap());
    let app = Router::new().fallback(|| async { (StatusCode::OK, Json(Value::Null)) });
    tokio::spawn(async move { axum::serve(listener, app).await });
    authlab_conformance::run(&target, |_| {}).await.unwrap()
}

#[tokio::test]
async fn a_service_that_answers_anything_does_not_pass() {
    let report = report_on_a_liar().await;
    assert!(!report.holds());
    // Some clauses can pass: those that only ask for any answer, or check that nothing is revealed.
    assert!(report.failed() > 100, "{} clauses found nothing wrong", report.passed());
    let why = report.failures().all(|failed| match &failed.outcome {
        ClauseOutcome::Failed { expected, came } => !expected.is_empty() && !came.is_empty(),
        _ => false,
    });
    assert!(why, "every failure must say what was expected and received");
}

#[tokio::test]
async fn a_report_can_be_read_by_people_and_by_programs() {
    let report = report_on_a_liar().await;
    let text = terminal::render(&report, Look::PLAIN);
    assert!(text.contains("✗") && text.contains("expected") && !text.contains('\u{1b}'), "{text}");
    let parsed: Value = serde_json::from_str(&json::render(std::slice::from_ref(&report)).unwrap()).unwrap();
    assert_eq!(parsed["schema_version"], 1);
    assert_eq!(parsed["reports"][0]["failed"], report.failed());
    let ids: HashSet<&str> = report.results.iter().map(|result| result.id).collect();
    assert_eq!(ids.len(), report.results.len(), "clause ids must be unique");
}

#[tokio::test]
async fn a_service_that_is_not_there_is_named() {
    let target: Target = "nobody=http://127.0.0.1:1".parse().unwrap();
    let error = authlab_conformance::run(&target, |_| {}).await.unwrap_err();
    assert!(format!("{error:#}").contains("nobody at http://127.0.0.1:1 cannot be reached"), "{error:#}");
}
