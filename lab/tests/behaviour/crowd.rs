//! A crowd of clients runs the whole journey in parallel, and none gets a server error.
//!
//! The crowd is small enough for unoptimised services on a slow machine: with 200 clients, the password changes of one step took longer
//! than the 5 seconds that a service waits for its database. For the same reason password hashes are cheap here. `flood` tests how
//! services behave when hashing cannot keep up.

use futures_util::future::join_all;
use lab::journey::{
    self,
    transcript::{StepResult, StepVerdict},
};

use super::support::service::{NAMES, Service};

const CLIENTS: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_plays_the_journey_without_a_server_error() {
    let services = NAMES.map(|name| {
        let query: &[&str] = if name == "token-svc" { &["--token-query", "on"] } else { &[] };
        Service::with_cheap_passwords(name, query)
    });
    let targets = services.each_ref().map(|service| service.target.clone());
    let journeys = join_all((0..CLIENTS).map(|_| journey::run(&targets, |_| {}))).await;
    let (mut answers, mut wrong) = (0, Vec::new());
    for steps in journeys {
        for step in steps.expect("every request is answered") {
            answers += step.outcomes.iter().map(|outcome| outcome.exchanges.len()).sum::<usize>();
            wrong.extend(what_is_wrong(&step));
        }
    }
    let complaints = || services.iter().flat_map(complaints).take(20).collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{}\n{}", wrong[0], complaints());
    assert!(answers > CLIENTS * 3 * 10, "only {answers} answers: too few for a journey");
}

fn what_is_wrong(step: &StepResult) -> Vec<String> {
    let mut wrong = Vec::new();
    for outcome in &step.outcomes {
        for exchange in &outcome.exchanges {
            // 501 is the answer of a mechanism that lacks a feature, not a failure.
            if exchange.status >= 500 && exchange.status != 501 {
                wrong.push(format!("{}: {exchange:?}", step.id));
            }
        }
        if !matches!(outcome.verdict, StepVerdict::AsContract | StepVerdict::AllowedDifference(_)) {
            wrong.push(format!("{}: {:?} after {:?}", step.id, outcome.verdict, outcome.exchanges));
        }
    }
    wrong
}

/// What a service logged as an error or a warning.
fn complaints(service: &Service) -> Vec<String> {
    let is_complaint = |line: &&str| line.contains("\"ERROR\"") || line.contains("\"WARN\"");
    service.said().lines().filter(is_complaint).map(str::to_owned).collect()
}
