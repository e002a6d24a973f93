//! Asks every instance about every credential that was handed out.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use authlab_client::{request::Request, visitor::refresh};
use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::{
    cluster::Group,
    history::{Expected, History, Login},
    place::Place,
};
use crate::support::{handed::Handed, instance::Instance};

/// After a pause an instance answers 503 until it has read the endings again.
const READY_TIMEOUT: Duration = Duration::from_secs(5);
const RETRY_INTERVAL: Duration = Duration::from_millis(20);
/// How many requests wait at a paused instance.
const WAITING: usize = 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Round {
    /// One instance is still paused.
    AfterASecond,
    /// Right after the pause: 503 is allowed until the instance has read the endings.
    OnWaking,
    AtLast,
}

/// The status that one credential got at one instance.
struct Observed {
    history: usize,
    login: usize,
    place: Place,
    /// Whether the clock of this instance has reached the time at which the credential was stamped.
    had_begun: bool,
    status: u16,
}

/// Asks everything that applies in this round and checks the answers. Returns the number of answers.
pub(super) async fn ask(histories: &Arc<Vec<History>>, round: Round) -> usize {
    let cluster = Arc::clone(&histories[0].cluster);
    let tasks = cluster.instances.iter().map(|(group, place, instance)| {
        let (histories, group, place, instance) = (Arc::clone(histories), *group, *place, Arc::clone(instance));
        tokio::spawn(async move { ask_one(&histories, (group, place), &instance, round).await })
    });
    let observed: Vec<Observed> = join_all(tasks).await.into_iter().flat_map(|observed| observed.unwrap()).collect();
    for observed in &observed {
        check(histories, observed, round);
    }
    agree(histories, &observed, round);
    observed.len()
}

async fn ask_one(
    histories: &[History],
    (group, place): (Group, Place),
    instance: &Arc<Instance>,
    round: Round,
) -> Vec<Observed> {
    let mut observed = Vec::new();
    for (history, of_history) in histories.iter().enumerate() {
        for (login, of) in of_history.logins.iter().enumerate() {
            if of.is_known_at(group, place) && is_asked(of, place, round) {
                let had_begun = of.has_begun_at(place);
                let status = match round {
                    Round::OnWaking => of_history.account.status_at_once(instance, &of.handed).await,
                    Round::AfterASecond | Round::AtLast => of_history.account.status(instance, &of.handed).await,
                };
                observed.push(Observed { history, login, place, had_begun, status });
            }
        }
    }
    observed
}

fn is_asked(login: &Login, place: Place, round: Round) -> bool {
    match round {
        Round::AfterASecond if place == Place::Paused => false,
        Round::AfterASecond => {
            login.expected == Expected::Ended || matches!(place, Place::Right) || place == login.place
        }
        Round::OnWaking => place == Place::Paused && login.expected == Expected::Ended,
        Round::AtLast => true,
    }
}

fn check(histories: &[History], observed: &Observed, round: Round) {
    let (history, Observed { place, status, .. }) = (&histories[observed.history], observed);
    let Login { expected, what, place: from, .. } = &history.logins[observed.login];
    let is_right = match expected {
        Expected::Ended => *status == 401 || (round == Round::OnWaking && *status == 503),
        Expected::Active => *status == 200 || (*status == 401 && !observed.had_begun),
        Expected::Either => matches!(status, 200 | 401),
    };
    if !is_right {
        let cell = &history.cell;
        let complaint = format!("{cell}: `{what}` should be {expected:?}, but got {status} {round:?}");
        let particulars = format!("{}, handed out at {from:?}, shown at {place:?}", history.cluster.name);
        history.complaints.add(complaint, particulars);
    }
}

/// A login that may be active or ended must have the same status everywhere.
fn agree(histories: &[History], observed: &[Observed], round: Round) {
    for (number, history) in histories.iter().enumerate() {
        let of_history: Vec<&Observed> = observed.iter().filter(|observed| observed.history == number).collect();
        let either = history.logins.iter().enumerate().filter(|(_, login)| login.expected == Expected::Either);
        for (number, login) in either {
            let answers = of_history.iter().filter(|observed| observed.login == number && observed.had_begun);
            let answers: BTreeSet<u16> = answers.map(|observed| observed.status).collect();
            if answers.len() > 1 {
                let complaint = format!("{}: `{}` got {answers:?} {round:?}", history.cell, login.what);
                history.complaints.add(complaint, history.cluster.name.clone());
            }
        }
    }
}

/// Continues the paused instances while requests wait there, asks again at once, and waits until they accept active
/// logins.
pub(super) async fn wake(histories: &Arc<Vec<History>>) {
    let cluster = Arc::clone(&histories[0].cluster);
    let woken: Vec<(Group, Arc<Instance>)> = cluster
        .instances
        .iter()
        .filter(|(_, place, _)| *place == Place::Paused)
        .map(|(group, _, instance)| (*group, Arc::clone(instance)))
        .collect();
    let waiting = join_all(woken.iter().map(|(group, instance)| {
        let (histories, group, instance) = (Arc::clone(histories), *group, Arc::clone(instance));
        tokio::spawn(async move { ask_while_paused(&histories, group, &instance).await })
    }));
    // The requests must be in the socket before the instances continue: only real time brings them there.
    let go_on = async {
        sleep(Duration::from_millis(500)).await;
        for (_, instance) in &woken {
            instance.go_on();
        }
    };
    let (observed, ()) = tokio::join!(waiting, go_on);
    for observed in observed.into_iter().flat_map(|observed| observed.unwrap()) {
        check(histories, &observed, Round::OnWaking);
    }
    ask(histories, Round::OnWaking).await;
    join_all(woken.iter().map(|(group, instance)| wait_until_ready(histories, *group, instance))).await;
}

async fn ask_while_paused(histories: &[History], group: Group, instance: &Arc<Instance>) -> Vec<Observed> {
    let mut ended = Vec::new();
    for (history, of_history) in histories.iter().enumerate() {
        for (login, of) in of_history.logins.iter().enumerate() {
            if of.expected == Expected::Ended && of.is_known_at(group, Place::Paused) {
                ended.push((history, login, &of.handed));
            }
        }
    }
    // A sample of the ended credentials of every cell.
    let apart = (ended.len() / WAITING).max(1);
    join_all(ended.into_iter().step_by(apart).map(|(history, login, handed)| async move {
        let account = &histories[history].account;
        let request = account.as_sent(handed.shown_in(Request::get("/mine")));
        // A connection that was closed meanwhile is no answer, so it cannot be a wrong one.
        let answer = instance.try_to_ask(&request).await.ok()?;
        Some(Observed { history, login, place: Place::Paused, had_begun: false, status: answer.status })
    }))
    .await
    .into_iter()
    .flatten()
    .collect()
}

/// Waits until the instance accepts the active logins. If it never does, the next round reports it.
async fn wait_until_ready(histories: &[History], group: Group, instance: &Instance) {
    let began = Instant::now();
    for history in histories {
        for login in history.logins.iter().filter(|login| login.expected == Expected::Active) {
            let asks = login.is_known_at(group, Place::Paused) && login.has_begun_at(Place::Paused);
            while asks
                && began.elapsed() < READY_TIMEOUT
                && history.account.status_at_once(instance, &login.handed).await == 503
            {
                sleep(RETRY_INTERVAL).await;
            }
        }
    }
}

/// The refresh token of an ended login must fail; that of an active login must give an access token that works.
pub(super) async fn spend(histories: &Arc<Vec<History>>) -> usize {
    let tasks = (0..histories.len()).map(|number| {
        let histories = Arc::clone(histories);
        tokio::spawn(async move {
            let history = &histories[number];
            let mut spent = 0;
            for login in &history.logins {
                if let Some(token) = &login.handed.refresh {
                    spend_one(history, login, token).await;
                    spent += 1;
                }
            }
            spent
        })
    });
    join_all(tasks).await.into_iter().map(|spent| spent.unwrap()).sum()
}

async fn spend_one(history: &History, login: &Login, token: &str) {
    let complain = |answered: String| {
        let complaint =
            format!("{}: the refresh token of `{}`, {:?}: {answered}", history.cell, login.what, login.expected);
        history.complaints.add(complaint, format!("{}, handed out at {:?}", history.cluster.name, login.place));
    };
    let places = if login.expected == Expected::Ended { vec![Place::Right, Place::Paused] } else { vec![login.place] };
    for place in places {
        let instance = history.cluster.at(login.group, place);
        let answer = history.account.answered(instance, refresh(token)).await;
        match (login.expected, Handed::by(&answer)) {
            (Expected::Ended, Some(_)) => complain("it gave new tokens".to_owned()),
            (Expected::Active, None) => complain(format!("it was refused, {}", answer.text())),
            (_, Some(handed)) => {
                let status = history.account.status(instance, &handed).await;
                let is_right =
                    if login.expected == Expected::Active { status == 200 } else { matches!(status, 200 | 401) };
                if !is_right {
                    complain(format!("its access token got {status}"));
                }
            }
            (_, None) => {}
        }
    }
}
