//! The journey and the attacks, step by step: they can pause, and they handle a target that becomes unreachable.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use authlab_client::target::Target;
use authlab_endings::Reach;
use authlab_fleet::Fleet;
use lab::{
    compare::has_breach,
    journey::{
        Journey, run,
        scenarios::{JOURNEY_STEPS, find},
        transcript::StepVerdict,
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_is_played_step_by_step_and_waits_in_between() {
    let fleet = Fleet::start().await.unwrap();
    let mut journey = Journey::start(&fleet.targets()).await.unwrap();
    let mut played = Vec::new();
    // Between two requests of the page a journey is stored in a map, and any thread may continue it.
    while let (waited, Some(step)) = tokio::spawn(async move {
        let step = journey.next().await;
        (journey, step)
    })
    .await
    .unwrap()
    {
        journey = waited;
        played.push(step.id);
        assert_eq!(step.outcomes.len(), 3);
    }
    assert_eq!(played, JOURNEY_STEPS.iter().map(|step| step.id).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_target_that_is_not_there_is_named() {
    let targets = ["nobody=http://127.0.0.1:1".parse::<Target>().unwrap()];
    let error = run(&targets, |_| {}).await.unwrap_err();
    assert!(format!("{error:#}").contains("nobody at http://127.0.0.1:1 cannot be reached"), "{error:#}");
}

#[tokio::test]
async fn a_target_that_goes_away_breaches_and_the_rest_is_not_played() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = Target::at("gone", listener.local_addr().unwrap());
    let hang_up = tokio::spawn(async move { drop(listener.accept().await) });
    let mut journey = Journey::start(&[target]).await.unwrap();
    hang_up.await.unwrap();
    let mut steps = Vec::new();
    while let Some(step) = journey.next().await {
        steps.push(step);
    }
    assert!(has_breach(&steps));
    assert!(
        matches!(&steps[0].outcomes[0].verdict, StepVerdict::Breach(what) if what.contains("gone at http://")),
        "{:?}",
        steps[0]
    );
    assert!(matches!(steps[2].outcomes[0].verdict, StepVerdict::Skipped(_)), "{:?}", steps[2]);
}

/// The verdicts of an attack's last step at each service.
async fn ends(fleet: &Fleet, id: &str) -> Vec<StepVerdict> {
    let mut attack = Journey::start_with(find(id).unwrap(), &fleet.targets()).await.unwrap();
    let mut last = Vec::new();
    while let Some(step) = attack.next().await {
        last = step.outcomes.into_iter().map(|outcome| outcome.verdict).collect();
    }
    last
}

#[tokio::test]
async fn what_a_thief_gets_depends_on_what_the_server_knows() {
    let differs = |verdicts: Vec<StepVerdict>| -> Vec<bool> {
        verdicts.iter().map(|verdict| matches!(verdict, StepVerdict::AllowedDifference(_))).collect()
    };
    let feed = Fleet::start().await.unwrap();
    let off = Fleet::start_with(|settings, _| settings.revocation = Reach::Off).await.unwrap();
    for id in ["stolen", "stolen-password"] {
        assert_eq!(differs(ends(&feed, id).await), [false, false, false], "{id}");
        assert_eq!(differs(ends(&off, id).await), [true, false, true], "{id} without revocation");
    }
    assert_eq!(differs(ends(&feed, "rollback").await), [true, false, true]);
    assert_eq!(
        ends(&feed, "other-site").await,
        [StepVerdict::AsContract, StepVerdict::AsContract, StepVerdict::AsContract]
    );
}
