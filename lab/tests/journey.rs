//! The journey, step by step: it can wait, and it survives a target that goes away.

use lab::{
    compare::has_breach,
    fleet::Fleet,
    journey::{Journey, play, script::SCRIPT, transcript::Verdict},
    target::Target,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_is_played_step_by_step_and_waits_in_between() {
    let fleet = Fleet::start().await.unwrap();
    let mut journey = Journey::start(&fleet.targets()).await.unwrap();
    let mut played = Vec::new();
    // Between two requests of the page, a journey lies in a map and is taken up by whichever thread comes by.
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
    assert_eq!(played, SCRIPT.iter().map(|step| step.id).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_target_that_is_not_there_is_named() {
    let targets = ["nobody=http://127.0.0.1:1".parse::<Target>().unwrap()];
    let error = play(&targets, |_| {}).await.unwrap_err();
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
        matches!(&steps[0].outcomes[0].verdict, Verdict::Breach(what) if what.contains("gone at http://")),
        "{:?}",
        steps[0]
    );
    assert!(matches!(steps[2].outcomes[0].verdict, Verdict::Skipped(_)), "{:?}", steps[2]);
}
