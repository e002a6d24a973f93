//! The matrix: every mechanism, store and ending, combined with the logins that can exist when the ending happens.
//!
//! Each cell has its own account, and all cells run in parallel: they share one second of waiting and one pause.
//!
//! * [`field`], [`place`]: the processes
//! * [`cell`]: the cells; [`acts`]: the steps of a cell
//! * [`story`]: the credentials of an account and their expected fate
//! * [`asking`]: requests and checks the actual fate

mod acts;
mod asking;
mod cell;
mod field;
mod place;
mod story;

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, future::join_all, stream};
use tokio::time::{Instant, sleep, sleep_until};

use self::{asking::Round, field::Field, story::Story};
use crate::support::{
    account::too_busy,
    complaints::Complaints,
    deployment::{Database, Deployment, Reach, Server, Store, folder},
    say, wall_clock,
};

/// The contract allows an ending one second to reach every instance.
const ONE_SECOND: Duration = Duration::from_secs(1);
/// Earlier logins must be at least one whole second older, since stamps have a resolution of a second.
const EARLIER: Duration = Duration::from_millis(1_100);
/// A paused process must miss many reads of the feed and a purge, which happens about once a minute.
const PAUSE: Duration = Duration::from_secs(70);
/// Cells of one field that run in parallel.
const AT_ONCE: usize = 3;
/// On a busy machine one of this many may stay undecided, because a service answers 503.
const MAX_UNDECIDED: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn exactly_the_logins_that_should_live_do_live() {
    if !wall_clock::can_be_faked() {
        return;
    }
    let began = Instant::now();
    let (files, server, store) = (folder(), Server::start().await, Store::start().await);
    let mut starting = Vec::new();
    for (number, reach) in [Reach::Feed, Reach::Read].into_iter().enumerate() {
        starting.push(Field::start(Deployment::new(Database::sqlite(&files), reach), None));
        if let Some(server) = &server {
            let redis = store.as_ref().map(|store| store.url(number));
            starting.push(Field::start(Deployment::new(server.database(), reach), redis));
        }
    }
    let fields: Vec<Arc<Field>> = join_all(starting).await.into_iter().map(Arc::new).collect();
    let instances: usize = fields.iter().map(|field| field.instances.len()).sum();
    say(&format!("the matrix: {instances} instances after {:.0?}", began.elapsed()));
    let complaints = Arc::new(Complaints::default());
    play(&fields, &complaints).await;
    let took = began.elapsed();
    say(&format!("the matrix: asked for everything after {took:.0?}; {} answers were 503 at first", too_busy()));
    complaints.none();
}

async fn play(fields: &[Arc<Field>], complaints: &Arc<Complaints>) {
    let stories = each(fields.iter().map(|field| prepared(field, complaints))).await;
    sleep(EARLIER).await;
    let go_on_at = Instant::now() + PAUSE;
    fields.iter().flat_map(|field| field.paused()).for_each(|instance| instance.pause());
    let stories = each(stories.into_iter().map(acted)).await;
    let stories: Vec<Arc<Vec<Story>>> = stories.into_iter().map(Arc::new).collect();
    sleep(ONE_SECOND).await;
    let first: usize = each(stories.iter().map(|stories| asking::ask(stories, Round::AfterASecond))).await.iter().sum();
    sleep_until(go_on_at).await;
    each(stories.iter().map(asking::wake)).await;
    let last: usize = each(stories.iter().map(|stories| asking::ask(stories, Round::AtLast))).await.iter().sum();
    let spent: usize = each(stories.iter().map(asking::spend)).await.iter().sum();
    let cells: usize = stories.iter().map(|stories| stories.len()).sum();
    let credentials: usize = stories.iter().flat_map(|stories| stories.iter()).map(|story| story.logins.len()).sum();
    say(&format!(
        "the matrix: {cells} cells, {credentials} credentials, asked for {first} times after a second and {last} times at \
         last, {spent} refresh tokens spent"
    ));
    let all = stories.iter().flat_map(|stories| stories.iter());
    let undecided = all.filter(|story| story.logins.is_empty()).count();
    assert!(undecided * MAX_UNDECIDED <= cells, "{undecided} of {cells} cells were not decided");
}

async fn prepared(field: &Arc<Field>, complaints: &Arc<Complaints>) -> Vec<Story> {
    let cells = stream::iter(cell::cells(&field.groups()));
    let told = cells.map(|cell| async move {
        let mut story = Story::new(cell, field, complaints);
        acts::prepare(&mut story).await;
        story
    });
    told.buffer_unordered(AT_ONCE).collect().await
}

async fn acted(stories: Vec<Story>) -> Vec<Story> {
    let acting = stream::iter(stories).map(|mut story| async move {
        // A cell whose ending was refused has no logins left to check.
        let _ = acts::act(&mut story).await;
        story
    });
    acting.buffer_unordered(AT_ONCE).collect().await
}

async fn each<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    join_all(futures).await
}
