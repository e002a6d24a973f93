//! Asks every instance about every credential that was handed out.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use authlab_client::request::Request;
use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::{
    field::Group,
    place::Place,
    story::{Fate, Login, Story},
};
use crate::support::{
    handed::{Handed, refresh},
    instance::Instance,
};

/// After a pause an instance answers 503 until it has read the endings again.
const PATIENCE: Duration = Duration::from_secs(5);
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
struct Heard {
    story: usize,
    login: usize,
    place: Place,
    /// Whether the clock of this instance has reached the time at which the credential was stamped.
    had_begun: bool,
    status: u16,
}

/// Asks everything that applies in this round and judges the answers. Returns the number of answers.
pub(super) async fn ask(stories: &Arc<Vec<Story>>, round: Round) -> usize {
    let field = Arc::clone(&stories[0].field);
    let tasks = field.instances.iter().map(|(group, place, instance)| {
        let (stories, group, place, instance) = (Arc::clone(stories), *group, *place, Arc::clone(instance));
        tokio::spawn(async move { ask_one(&stories, (group, place), &instance, round).await })
    });
    let heard: Vec<Heard> = join_all(tasks).await.into_iter().flat_map(|heard| heard.unwrap()).collect();
    for heard in &heard {
        judge(stories, heard, round);
    }
    agree(stories, &heard, round);
    heard.len()
}

async fn ask_one(
    stories: &[Story],
    (group, place): (Group, Place),
    instance: &Arc<Instance>,
    round: Round,
) -> Vec<Heard> {
    let mut heard = Vec::new();
    for (story, told) in stories.iter().enumerate() {
        for (login, of) in told.logins.iter().enumerate() {
            if of.is_known_at(group, place) && is_asked(of, place, round) {
                let had_begun = of.has_begun_at(place);
                let status = match round {
                    Round::OnWaking => told.account.status_at_once(instance, &of.handed).await,
                    Round::AfterASecond | Round::AtLast => told.account.status(instance, &of.handed).await,
                };
                heard.push(Heard { story, login, place, had_begun, status });
            }
        }
    }
    heard
}

fn is_asked(login: &Login, place: Place, round: Round) -> bool {
    match round {
        Round::AfterASecond if place == Place::Paused => false,
        Round::AfterASecond => login.fate == Fate::Ended || matches!(place, Place::Right) || place == login.place,
        Round::OnWaking => place == Place::Paused && login.fate == Fate::Ended,
        Round::AtLast => true,
    }
}

fn judge(stories: &[Story], heard: &Heard, round: Round) {
    let (story, Heard { place, status, .. }) = (&stories[heard.story], heard);
    let Login { fate, what, place: from, .. } = &story.logins[heard.login];
    let is_right = match fate {
        Fate::Ended => *status == 401 || (round == Round::OnWaking && *status == 503),
        Fate::Lives => *status == 200 || (*status == 401 && !heard.had_begun),
        Fate::Either => matches!(status, 200 | 401),
    };
    if !is_right {
        let cell = &story.cell;
        let complaint = format!("{cell}: `{what}` {fate:?}, but got {status} {round:?}");
        let particulars = format!("{}, handed out at {from:?}, shown at {place:?}", story.field.name);
        story.complaints.add(complaint, particulars);
    }
}

/// A login that may be active or ended must have the same status everywhere.
fn agree(stories: &[Story], heard: &[Heard], round: Round) {
    for (number, story) in stories.iter().enumerate() {
        let of_story: Vec<&Heard> = heard.iter().filter(|heard| heard.story == number).collect();
        let either = story.logins.iter().enumerate().filter(|(_, login)| login.fate == Fate::Either);
        for (number, login) in either {
            let answers = of_story.iter().filter(|heard| heard.login == number && heard.had_begun);
            let answers: BTreeSet<u16> = answers.map(|heard| heard.status).collect();
            if answers.len() > 1 {
                let complaint = format!("{}: `{}` got {answers:?} {round:?}", story.cell, login.what);
                story.complaints.add(complaint, story.field.name.clone());
            }
        }
    }
}

/// Continues the paused instances while requests wait there, asks again at once, and waits until they accept active
/// logins.
pub(super) async fn wake(stories: &Arc<Vec<Story>>) {
    let field = Arc::clone(&stories[0].field);
    let woken: Vec<(Group, Arc<Instance>)> = field
        .instances
        .iter()
        .filter(|(_, place, _)| *place == Place::Paused)
        .map(|(group, _, instance)| (*group, Arc::clone(instance)))
        .collect();
    let waiting = join_all(woken.iter().map(|(group, instance)| {
        let (stories, group, instance) = (Arc::clone(stories), *group, Arc::clone(instance));
        tokio::spawn(async move { knock(&stories, group, &instance).await })
    }));
    // The requests must be in the socket before the instances continue: only real time brings them there.
    let go_on = async {
        sleep(Duration::from_millis(500)).await;
        for (_, instance) in &woken {
            instance.go_on();
        }
    };
    let (heard, ()) = tokio::join!(waiting, go_on);
    for heard in heard.into_iter().flat_map(|heard| heard.unwrap()) {
        judge(stories, &heard, Round::OnWaking);
    }
    ask(stories, Round::OnWaking).await;
    join_all(woken.iter().map(|(group, instance)| lets_in_again(stories, *group, instance))).await;
}

async fn knock(stories: &[Story], group: Group, instance: &Arc<Instance>) -> Vec<Heard> {
    let mut ended = Vec::new();
    for (story, told) in stories.iter().enumerate() {
        for (login, of) in told.logins.iter().enumerate() {
            if of.fate == Fate::Ended && of.is_known_at(group, Place::Paused) {
                ended.push((story, login, &of.handed));
            }
        }
    }
    // A sample of the ended credentials of every cell.
    let apart = (ended.len() / WAITING).max(1);
    join_all(ended.into_iter().step_by(apart).map(|(story, login, handed)| async move {
        let account = &stories[story].account;
        let request = account.as_sent(handed.shown_in(Request::get("/mine")));
        // A connection that was closed meanwhile is no answer, so it cannot be a wrong one.
        let answer = instance.try_to_ask(&request).await.ok()?;
        Some(Heard { story, login, place: Place::Paused, had_begun: false, status: answer.status })
    }))
    .await
    .into_iter()
    .flatten()
    .collect()
}

/// Waits until the instance accepts the active logins. If it never does, the next round reports it.
async fn lets_in_again(stories: &[Story], group: Group, instance: &Instance) {
    let began = Instant::now();
    for story in stories {
        for login in story.logins.iter().filter(|login| login.fate == Fate::Lives) {
            let asks = login.is_known_at(group, Place::Paused) && login.has_begun_at(Place::Paused);
            while asks
                && began.elapsed() < PATIENCE
                && story.account.status_at_once(instance, &login.handed).await == 503
            {
                sleep(RETRY_INTERVAL).await;
            }
        }
    }
}

/// The refresh token of an ended login must fail; that of an active login must give an access token that works.
pub(super) async fn spend(stories: &Arc<Vec<Story>>) -> usize {
    let tasks = (0..stories.len()).map(|number| {
        let stories = Arc::clone(stories);
        tokio::spawn(async move {
            let story = &stories[number];
            let mut spent = 0;
            for login in &story.logins {
                if let Some(token) = &login.handed.refresh {
                    spend_one(story, login, token).await;
                    spent += 1;
                }
            }
            spent
        })
    });
    join_all(tasks).await.into_iter().map(|spent| spent.unwrap()).sum()
}

async fn spend_one(story: &Story, login: &Login, token: &str) {
    let complain = |answered: String| {
        let complaint = format!("{}: the refresh token of `{}` {:?}: {answered}", story.cell, login.what, login.fate);
        story.complaints.add(complaint, format!("{}, handed out at {:?}", story.field.name, login.place));
    };
    let places = if login.fate == Fate::Ended { vec![Place::Right, Place::Paused] } else { vec![login.place] };
    for place in places {
        let instance = story.field.at(login.group, place);
        let answer = story.account.answered(instance, refresh(token)).await;
        match (login.fate, Handed::by(&answer)) {
            (Fate::Ended, Some(_)) => complain("it gave new tokens".to_owned()),
            (Fate::Lives, None) => complain(format!("it was refused, {}", answer.text())),
            (_, Some(handed)) => {
                let status = story.account.status(instance, &handed).await;
                let is_right = if login.fate == Fate::Lives { status == 200 } else { matches!(status, 200 | 401) };
                if !is_right {
                    complain(format!("its access token got {status}"));
                }
            }
            (_, None) => {}
        }
    }
}
