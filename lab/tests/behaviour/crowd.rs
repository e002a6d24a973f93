//! Two hundred clients run the whole journey in parallel, and none gets a server error.

use authlab_fleet::Fleet;
use futures_util::future::join_all;
use lab::journey::{
    self,
    transcript::{StepResult, StepVerdict},
};

const CLIENTS: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_clients_play_the_journey_without_a_server_error() {
    let fleet = Fleet::start().await.unwrap();
    let targets = fleet.targets();
    let journeys = join_all((0..CLIENTS).map(|_| journey::run(&targets, |_| {}))).await;
    let mut answers = 0;
    for steps in journeys {
        for step in steps.expect("every request is answered") {
            answers += step.outcomes.iter().map(|outcome| outcome.exchanges.len()).sum::<usize>();
            refuse_server_errors(&step);
        }
    }
    assert!(answers > CLIENTS * 3 * 10, "only {answers} answers: too few for a journey");
}

fn refuse_server_errors(step: &StepResult) {
    for outcome in &step.outcomes {
        for exchange in &outcome.exchanges {
            // 501 is the answer of a mechanism that lacks a feature, not a failure.
            assert!(exchange.status < 500 || exchange.status == 501, "{}: {exchange:?}", step.id);
        }
        let held = matches!(outcome.verdict, StepVerdict::AsContract | StepVerdict::AllowedDifference(_));
        assert!(held, "{}: {:?}", step.id, outcome.verdict);
    }
}
