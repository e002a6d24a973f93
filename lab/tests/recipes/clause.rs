//! The recipe "a clause of the contract" of `CONTRIBUTING.md`, followed literally: a function and a line in a list.

use authlab_client::{request::Request, target::Target};
use authlab_conformance::{
    clause::{Checked, Clause, ClauseOutcome, ContractSection},
    context::Context,
    report::ConformanceReport,
    run_these,
};
use authlab_fleet::Fleet;
use axum::{Json, Router, routing::get};
use serde_json::json;
use tokio::net::TcpListener;

/// The function: it asks over HTTP, and says what it expected and what it got.
async fn the_service_says_which_mechanism_it_has(context: &Context) -> Checked {
    let about = context.ask(Request::get("/about")).await?;
    about.ensure(about.is_json(200)?["mechanism"].is_string(), "the name of a mechanism")
}

/// The list, as `clauses/mod.rs` makes it from one line per clause.
const CLAUSES: &[Clause] = &[
    Clause {
        id: "recipe::the_service_says_which_mechanism_it_has",
        section: ContractSection::About,
        sentence: "/about names the mechanism.",
        check: |context| {
            Box::pin(async { the_service_says_which_mechanism_it_has(context).await.map(ClauseOutcome::from) })
        },
    },
    Clause {
        id: "recipe::only_for_sessions",
        section: ContractSection::OnlySession,
        sentence: "The same, for services with sessions.",
        check: |context| {
            Box::pin(async { the_service_says_which_mechanism_it_has(context).await.map(ClauseOutcome::from) })
        },
    },
];

async fn report(target: &Target) -> ConformanceReport {
    run_these(CLAUSES, target, |_| {}).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clause_made_by_the_recipe_passes_at_every_service() {
    let fleet = Fleet::start().await.unwrap();
    for target in fleet.targets() {
        let report = report(&target).await;
        let applies = if target.name == "session-svc" { 2 } else { 1 };
        assert_eq!((report.passed(), report.failed()), (applies, 0), "at {target}");
        assert_eq!(report.not_applicable(), 2 - applies, "at {target}");
    }
}

#[tokio::test]
async fn a_clause_made_by_the_recipe_fails_at_a_service_that_breaks_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = Target::at("silent", listener.local_addr().unwrap());
    let app = Router::new().route("/about", get(async || Json(json!({"mechanism": null}))));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let report = report(&target).await;
    let ClauseOutcome::Failed { expected, came } = &report.results[0].outcome else {
        panic!("the clause found nothing wrong")
    };
    assert_eq!(expected, "the name of a mechanism");
    assert!(came.contains("GET /about") && came.contains("null"), "{came}");
}
