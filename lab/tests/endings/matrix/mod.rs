//! The matrix: every mechanism, store and ending, combined with the logins that can exist when the ending happens.
//!
//! Each cell has its own account, and all cells run in parallel: they share one second of waiting and one pause.
//!
//! * [`cluster`], [`place`]: the processes
//! * [`cell`]: the cells; [`steps`]: the steps of a cell
//! * [`history`]: the credentials of an account and their expected state
//! * [`checks`]: asks for the actual state, and compares

mod cell;
mod checks;
mod cluster;
mod history;
mod place;
mod steps;

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, future::join_all, stream};
use tokio::time::{Instant, sleep, sleep_until};

use self::{checks::Round, cluster::Cluster, history::History};
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
/// Cells of one cluster that run in parallel.
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
        starting.push(Cluster::start(Deployment::new(Database::sqlite(&files), reach), None));
        if let Some(server) = &server {
            let redis = store.as_ref().map(|store| store.url(number));
            starting.push(Cluster::start(Deployment::new(server.database(), reach), redis));
        }
    }
    let clusters: Vec<Arc<Cluster>> = join_all(starting).await.into_iter().map(Arc::new).collect();
    let instances: usize = clusters.iter().map(|cluster| cluster.instances.len()).sum();
    say(&format!("the matrix: {instances} instances after {:.0?}", began.elapsed()));
    let complaints = Arc::new(Complaints::default());
    run(&clusters, &complaints).await;
    let took = began.elapsed();
    say(&format!("the matrix: asked for everything after {took:.0?}; {} answers were 503 at first", too_busy()));
    complaints.none();
}

async fn run(clusters: &[Arc<Cluster>], complaints: &Arc<Complaints>) {
    let histories = each(clusters.iter().map(|cluster| with_logins(cluster, complaints))).await;
    sleep(EARLIER).await;
    let go_on_at = Instant::now() + PAUSE;
    clusters.iter().flat_map(|cluster| cluster.paused()).for_each(|instance| instance.pause());
    let histories = each(histories.into_iter().map(with_endings)).await;
    let histories: Vec<Arc<Vec<History>>> = histories.into_iter().map(Arc::new).collect();
    sleep(ONE_SECOND).await;
    let first: usize =
        each(histories.iter().map(|histories| checks::ask(histories, Round::AfterASecond))).await.iter().sum();
    sleep_until(go_on_at).await;
    each(histories.iter().map(checks::wake)).await;
    let last: usize = each(histories.iter().map(|histories| checks::ask(histories, Round::AtLast))).await.iter().sum();
    let spent: usize = each(histories.iter().map(checks::spend)).await.iter().sum();
    let cells: usize = histories.iter().map(|histories| histories.len()).sum();
    let credentials: usize =
        histories.iter().flat_map(|histories| histories.iter()).map(|history| history.logins.len()).sum();
    say(&format!(
        "the matrix: {cells} cells, {credentials} credentials, asked for {first} times after a second and {last} times at \
         last, {spent} refresh tokens spent"
    ));
    let all = histories.iter().flat_map(|histories| histories.iter());
    let undecided = all.filter(|history| history.logins.is_empty()).count();
    assert!(undecided * MAX_UNDECIDED <= cells, "{undecided} of {cells} cells were not decided");
}

async fn with_logins(cluster: &Arc<Cluster>, complaints: &Arc<Complaints>) -> Vec<History> {
    let cells = stream::iter(cell::cells(&cluster.groups()));
    let prepared = cells.map(|cell| async move {
        let mut history = History::new(cell, cluster, complaints);
        steps::prepare(&mut history).await;
        history
    });
    prepared.buffer_unordered(AT_ONCE).collect().await
}

async fn with_endings(histories: Vec<History>) -> Vec<History> {
    let ending = stream::iter(histories).map(|mut history| async move {
        // A cell whose ending was refused has no logins left to check.
        let _ = steps::end(&mut history).await;
        history
    });
    ending.buffer_unordered(AT_ONCE).collect().await
}

async fn each<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    join_all(futures).await
}
