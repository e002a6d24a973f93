//! `LOGINS_AT_MOST` limits the logins of an account: a login beyond the limit ends the least recently used one, on
//! every instance.

use std::time::Duration;

use authlab_client::visitor::refresh;
use futures_util::future::join_all;
use tokio::time::sleep;

use crate::support::{
    account::Account,
    deployment::{Database, Deployment, Reach, Server, Sessions, Store, folder},
    handed::{Handed, Kind},
    instance::Instance,
    launch::Launch,
    password::Password,
    wall_clock::{self, WallClock, step},
};

/// The contract allows an ending one second to reach every instance.
const ONE_SECOND: Duration = Duration::from_secs(1);
const AT_MOST: usize = 5;
/// The last use of a login is stored with a resolution of one minute. More than a minute apart, the order of two uses
/// is known.
const LATER: i64 = 90;
/// After a step of its clock, an instance may answer 503 until it has read the endings again.
const LOOKS: Duration = Duration::from_secs(1);

fn at_most(deployment: &Deployment, kind: Kind) -> Launch {
    let launch = deployment.launch(kind.service()).with("LOGINS_AT_MOST", AT_MOST.to_string());
    // A login attempt counts as failed until it is done, so parallel logins would hit the limit of failures.
    launch.with("LOGIN_FAILURES", "100")
}

/// Tells which logins are active. Both instances must agree, and a refresh token of an ended login must not work.
async fn who_lives(account: &Account, logins: &[Handed], at: &[Instance]) -> Vec<bool> {
    let mut alive = Vec::new();
    for login in logins {
        let mut answers = Vec::new();
        for instance in at {
            answers.push(account.status(instance, login).await);
        }
        assert!(answers.iter().all(|status| *status == answers[0]), "the instances disagree: {answers:?}");
        let lives = answers[0] == 200;
        assert!(lives || answers[0] == 401, "answered {answers:?}");
        if let (Some(token), false) = (&login.refresh, lives) {
            let bought = account.ask(at.last().unwrap(), refresh(token)).await;
            assert_eq!(bought.status, 400, "the refresh token of an ended login: {}", bought.text());
        }
        alive.push(lives);
    }
    alive
}

async fn one_after_the_other(kind: Kind, account: &Account, at: &[Instance]) {
    account.register(&at[0]).await;
    let mut logins = Vec::new();
    for number in 0..AT_MOST + 3 {
        logins.push(account.log_in(kind, &at[number % at.len()]).await);
        let living = account.status(&at[number % at.len()], logins.last().unwrap()).await;
        assert_eq!(living, 200, "the new login must be active");
    }
    sleep(ONE_SECOND).await;
    let alive = who_lives(account, &logins, at).await;
    assert_eq!(alive.iter().filter(|lives| **lives).count(), AT_MOST, "{kind:?}: {alive:?}");
    assert_eq!(alive.last(), Some(&true), "{kind:?}: the last login must be active: {alive:?}");
}

async fn all_at_once(kind: Kind, account: &Account, at: &[Instance]) {
    account.register(&at[0]).await;
    let many =
        join_all((0..20).map(|number| account.ask(&at[number % at.len()], account.login(kind, Password::FIRST)))).await;
    let refused: Vec<u16> = many.iter().map(|answer| answer.status).filter(|status| *status != 200).collect();
    // A login beyond the limit may already be ended when the service answers: then the answer is 401.
    assert!(refused.iter().all(|status| matches!(status, 401 | 503)), "{kind:?}: {refused:?}");
    let logins: Vec<Handed> = many.iter().filter_map(Handed::by).collect();
    sleep(ONE_SECOND).await;
    let alive = who_lives(account, &logins, at).await;
    assert_eq!(alive.iter().filter(|lives| **lives).count(), AT_MOST, "{kind:?}: {alive:?}");
}

async fn at_these(kind: Kind, at: &[Instance]) {
    one_after_the_other(kind, &Account::new("many"), at).await;
    all_at_once(kind, &Account::new("parallel"), at).await;
    // JWT and opaque logins are counted separately.
    if kind == Kind::Opaque {
        let account = Account::new("both");
        account.register(&at[0]).await;
        let mut logins = Vec::new();
        for number in 0..2 * AT_MOST {
            let kind = if number % 2 == 0 { Kind::Jwt } else { Kind::Opaque };
            logins.push(account.log_in(kind, &at[0]).await);
        }
        sleep(ONE_SECOND).await;
        assert!(who_lives(&account, &logins, at).await.iter().all(|lives| *lives));
    }
}

async fn on(deployment: &Deployment) {
    for kind in [Kind::Session, Kind::Jwt, Kind::Opaque] {
        let launch = at_most(deployment, kind);
        let at = [launch.start().await, launch.start().await];
        at_these(kind, &at).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_an_account_has_at_most_so_many_logins() {
    let files = folder();
    on(&Deployment::new(Database::sqlite(&files), Reach::Feed)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_an_account_has_at_most_so_many_logins() {
    let Some(server) = Server::start().await else { return };
    on(&Deployment::new(server.database(), Reach::Feed)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_redis_an_account_has_at_most_so_many_sessions() {
    let Some(store) = Store::start().await else { return };
    let files = folder();
    let deployment =
        Deployment::new(Database::sqlite(&files), Reach::Feed).with_sessions(Sessions::Redis(store.url(0)));
    let launch = at_most(&deployment, Kind::Session);
    at_these(Kind::Session, &[launch.start().await, launch.start().await]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_memory_an_account_has_at_most_so_many_sessions() {
    let files = folder();
    let deployment = Deployment::new(Database::sqlite(&files), Reach::Feed).with_sessions(Sessions::Memory);
    at_these(Kind::Session, &[at_most(&deployment, Kind::Session).start().await]).await;
}

/// Uses a login; retries while the instance answers 503 after a step of its clock.
async fn used(account: &Account, login: &Handed, at: &Instance) {
    let mut waited = Duration::ZERO;
    loop {
        match account.status_at_once(at, login).await {
            200 => return,
            503 if waited < LOOKS => {}
            status => panic!("an active login got {status}"),
        }
        sleep(Duration::from_millis(20)).await;
        waited += Duration::from_millis(20);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_login_least_recently_used_is_the_one_that_ends() {
    if !wall_clock::can_be_faked() {
        return;
    }
    let files = folder();
    let deployment = Deployment::new(Database::sqlite(&files), Reach::Feed);
    for kind in [Kind::Session, Kind::Jwt, Kind::Opaque] {
        let clock = WallClock::stepped(files.path());
        let WallClock::Stepped(file) = &clock else { unreachable!("the clock is a stepped one") };
        let at = at_most(&deployment, kind).at(clock.clone()).start().await;
        let account = Account::new("used");
        account.register(&at).await;
        let mut logins = Vec::new();
        for number in 0..AT_MOST {
            step(file, LATER * i64::try_from(number).unwrap());
            logins.push(account.log_in(kind, &at).await);
        }
        // The first login is used again. The server sees the use of a JWT only when it is refreshed.
        step(file, LATER * 6);
        used(&account, &logins[0], &at).await;
        if let Some(token) = logins[0].refresh.clone() {
            logins[0] = Handed::by(&account.answered(&at, refresh(&token)).await).expect("the token can be refreshed");
        }
        for beyond in 0..3 {
            step(file, LATER * (7 + beyond));
            logins.push(account.log_in(kind, &at).await);
        }
        used(&account, &logins[0], &at).await;
        let alive = who_lives(&account, &logins, &[at]).await;
        assert_eq!(alive, [true, false, false, false, true, true, true, true], "{kind:?}");
    }
}
