//! A wall clock is wrong for some time and is then corrected: ended logins stay ended, and no account is locked out.

use std::{path::PathBuf, time::Duration};

use authlab_client::{request::Request, visitor::refresh};
use futures_util::future::join_all;
use tokio::time::sleep;

use crate::support::{
    account::Account,
    complaints::Complaints,
    deployment::{Database, Deployment, Reach, Server, folder},
    ending,
    handed::{Handed, Kind},
    instance::Instance,
    password::Password,
    wall_clock::{self, WallClock, step},
};

const TWO_HOURS: i64 = 2 * 60 * 60;
const TWO_WEEKS: i64 = 14 * 24 * 60 * 60;
/// The services purge records that seem expired about once a minute, in real time.
const PURGED: Duration = Duration::from_secs(65);
/// The contract allows an ending one second to reach every instance.
const ONE_SECOND: Duration = Duration::from_secs(1);
/// After a step an instance answers 503 until it has read the endings again.
const READY_TIMEOUT: Duration = Duration::from_secs(5);
const FAILURES: usize = 9;

/// One instance whose clock the test steps, and one whose clock is right.
struct Pair {
    kind: Kind,
    stepped: Instance,
    clock: PathBuf,
    right: Instance,
    account: Account,
    ended: Vec<(Handed, &'static str)>,
    living: Handed,
    name: String,
}

impl Pair {
    async fn start(deployment: &Deployment, kind: Kind) -> Self {
        let files = folder();
        let clock = WallClock::stepped(files.path());
        let WallClock::Stepped(file) = &clock else { unreachable!("the clock is a stepped one") };
        let file = file.clone();
        let launch = deployment.launch(kind.service());
        let stepped = launch.clone().at(clock).start_in(files).await;
        let (right, account) = (launch.start().await, Account::new("stepped"));
        account.register(&right).await;
        let living = account.log_in(kind, &right).await;
        let name = format!("{kind:?}, {deployment}");
        Self { kind, stepped, clock: file, right, account, ended: Vec::new(), living, name }
    }

    /// Each instance ends a login that it began itself: the clocks differ, so a login of one may be in the other's
    /// future.
    async fn end_some(&mut self, what: &'static str) {
        for (begins, ends) in [(&self.right, &self.right), (&self.stepped, &self.stepped)] {
            let login = self.account.log_in(self.kind, begins).await;
            let left = self.account.answered(ends, login.shown_in(ending::logout())).await;
            assert_eq!(left.status, 204, "{}", left.text());
            self.ended.push((login, what));
        }
    }

    /// No instance accepts an ended login, whatever its clock says.
    async fn nobody_comes_back(&self, when: &str, complaints: &Complaints) {
        for (login, what) in &self.ended {
            for at in [&self.right, &self.stepped] {
                let status = self.account.status_at_once(at, login).await;
                if !matches!(status, 401 | 503) {
                    let text = format!("{}: a login that ended {what} got {status} {when}", self.name);
                    complaints.add(text, at.target.to_string());
                }
            }
            if let Some(token) = &login.refresh
                && Handed::by(&self.account.ask(&self.stepped, refresh(token)).await).is_some()
            {
                complaints.add(format!("{}: a login that ended {what} was refreshed {when}", self.name), "");
            }
        }
    }

    /// After the correction both instances accept the active login.
    async fn lives(&self, complaints: &Complaints) {
        for at in [&self.right, &self.stepped] {
            let mut waited = Duration::ZERO;
            let mut status = self.account.status_at_once(at, &self.living).await;
            while status == 503 && waited < READY_TIMEOUT {
                sleep(Duration::from_millis(50)).await;
                waited += Duration::from_millis(50);
                status = self.account.status_at_once(at, &self.living).await;
            }
            if status != 200 {
                let text = format!("{}: an active login got {status} after the correction", self.name);
                complaints.add(text, at.target.to_string());
            }
        }
    }

    /// Steps the clock by `off` seconds, waits, and corrects it.
    async fn run(mut self, off: i64, stays: Duration, complaints: &Complaints) {
        self.end_some("before the step").await;
        sleep(ONE_SECOND).await;
        step(&self.clock, off);
        self.nobody_comes_back("right after the step", complaints).await;
        self.end_some("while the clock was wrong").await;
        sleep(stays).await;
        self.nobody_comes_back("while the clock is wrong", complaints).await;
        step(&self.clock, 0);
        self.nobody_comes_back("right after the correction", complaints).await;
        self.end_some("after the correction").await;
        sleep(ONE_SECOND).await;
        self.nobody_comes_back("after the correction", complaints).await;
        // A store may have purged records that seemed expired.
        if off < 0 || self.kind.is_stamped() {
            self.lives(complaints).await;
        }
    }
}

async fn step_on(deployments: &[Deployment], off: i64, stays: Duration) {
    let complaints = Complaints::default();
    let pairs = deployments.iter().flat_map(|deployment| Kind::ALL.map(|kind| (deployment, kind)));
    join_all(pairs.map(|(deployment, kind)| {
        let complaints = &complaints;
        async move { Pair::start(deployment, kind).await.run(off, stays, complaints).await }
    }))
    .await;
    complaints.none();
}

/// Runs on both databases and with both ways to learn of endings, as far as they are installed.
async fn everywhere(off: i64, stays: Duration) {
    if !wall_clock::can_be_faked() {
        return;
    }
    let (files, server) = (folder(), Server::start().await);
    let mut deployments = Vec::new();
    for reach in [Reach::Feed, Reach::Read] {
        deployments.push(Deployment::new(Database::sqlite(&files), reach));
        deployments.extend(server.as_ref().map(|server| Deployment::new(server.database(), reach)));
    }
    step_on(&deployments, off, stays).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_ended_stays_so_though_a_clock_goes_back_two_hours() {
    everywhere(-TWO_HOURS, ONE_SECOND).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_ended_stays_so_though_a_clock_goes_forward_two_weeks() {
    everywhere(TWO_WEEKS, PURGED).await;
}

/// Failed logins under a wrong clock must not lock the account under the right clock.
async fn throttled(off: i64) {
    let files = folder();
    let clock = WallClock::stepped(files.path());
    let WallClock::Stepped(file) = &clock else { unreachable!("the clock is a stepped one") };
    let file = file.clone();
    let deployment = Deployment::new(Database::sqlite(&files), Reach::Feed);
    let at = deployment.launch("cookie-svc").at(clock).start().await;
    let account = Account::new("throttled");
    account.register(&at).await;
    let fail = async || {
        for _ in 0..FAILURES {
            assert_eq!(account.ask(&at, account.login(Kind::Cookie, Password::WRONG)).await.status, 401);
        }
    };
    fail().await;
    step(&file, off);
    let login = account.ask(&at, account.login(Kind::Cookie, Password::FIRST)).await;
    assert_eq!(login.status, 200, "with the clock {off} seconds off: {}", login.text());
    fail().await;
    step(&file, 0);
    let login = account.ask(&at, account.login(Kind::Cookie, Password::FIRST)).await;
    assert_eq!(login.status, 200, "with the clock corrected: {}", login.text());
    let mine = account.answered(&at, Handed::by(&login).unwrap().shown_in(Request::get("/mine"))).await;
    assert_eq!(mine.status, 200, "{}", mine.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stepped_clock_locks_nobody_out() {
    if !wall_clock::can_be_faked() {
        return;
    }
    for off in [-TWO_HOURS, TWO_WEEKS] {
        throttled(off).await;
    }
}
