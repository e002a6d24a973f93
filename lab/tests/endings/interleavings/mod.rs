//! Random interleavings of logins, endings, password changes and refreshes over two instances of each service, compared
//! with a model. At the end exactly the logins of the model must be active. Many run in parallel, each on its own
//! account.
//!
//! * [`model`]: the expected states
//! * [`plan`]: chooses the next calls; [`random`]: a seeded generator
//! * [`worker`]: makes the calls, reads the answers, and checks which logins are active at the end

mod model;
mod plan;
mod random;
mod worker;

use std::{env, sync::Arc};

use futures_util::{StreamExt as _, future::join_all, stream};
use tokio::time::Instant;

use self::worker::{Outcome, Worker};
use crate::support::{
    deployment::{Database, Deployment, Reach, Server, Sessions, Store, folder},
    handed::Kind,
    instance::Instance,
    say,
};

/// How many run if `AUTHLAB_INTERLEAVINGS` is not set.
const INTERLEAVINGS: u64 = 100;
const AT_ONCE: usize = 8;
/// On a busy machine one of this many may stay undecided, because a service answers 503.
const MAX_UNDECIDED: u64 = 20;
const SERVICES: [&str; 3] = ["cookie-svc", "session-svc", "token-svc"];

pub(crate) struct Services(Vec<[Instance; 2]>);

impl Services {
    async fn start(deployment: &Deployment) -> Arc<Self> {
        let pairs = SERVICES.map(|service| async move {
            let launch = deployment.launch(service);
            [launch.start().await, launch.with_costly_passwords().start().await]
        });
        Arc::new(Self(join_all(pairs).await))
    }

    fn at(&self, kind: Kind, number: usize) -> &Instance {
        let service = SERVICES.iter().position(|service| *service == kind.service()).expect("each service is started");
        &self.0[service][number]
    }
}

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

async fn run(deployment: &Deployment, interleavings: u64) {
    let began = Instant::now();
    let seed =
        number("AUTHLAB_SEED").unwrap_or_else(|| u64::from(u32::from_be_bytes(authlab_secrets::random::bytes::<4>())));
    say(&format!("{interleavings} interleavings on {deployment}: AUTHLAB_SEED={seed}"));
    let services = Services::start(deployment).await;
    let running = stream::iter(0..interleavings).map(|number| {
        let (services, seed) = (Arc::clone(&services), seed.wrapping_add(number));
        let worked = tokio::spawn(async move { Worker::new(&services, seed).run().await });
        async move { (seed, worked.await.unwrap()) }
    });
    let outcomes: Vec<(u64, Outcome)> = running.buffer_unordered(AT_ONCE).collect().await;
    let (mut wrong, mut undecided) = (Vec::new(), 0);
    for (seed, outcome) in outcomes {
        match outcome {
            Outcome::Right => {}
            Outcome::Undecided => undecided += 1,
            Outcome::Wrong(why) => {
                wrong.push(format!("AUTHLAB_SEED={seed} AUTHLAB_INTERLEAVINGS=1 on {deployment}: {why}"));
            }
        }
    }
    say(&format!("{interleavings} interleavings on {deployment}: {undecided} undecided, {:.0?}", began.elapsed()));
    let some = wrong.iter().take(5).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {interleavings} interleavings went wrong:\n{some}", wrong.len());
    assert!(undecided * MAX_UNDECIDED <= interleavings, "{undecided} of {interleavings} were not decided");
}

fn interleavings() -> u64 {
    number("AUTHLAB_INTERLEAVINGS").unwrap_or(INTERLEAVINGS)
}

#[tokio::test(flavor = "multi_thread")]
async fn interleavings_on_sqlite_end_as_in_the_model() {
    let files = folder();
    // Most run with the feed: it is the default, and only the feed can be late.
    let by_read = interleavings() / 4;
    let feed = Deployment::new(Database::sqlite(&files), Reach::Feed);
    let read = Deployment::new(Database::sqlite(&files), Reach::Read);
    tokio::join!(run(&feed, interleavings() - by_read), run(&read, by_read));
}

#[tokio::test(flavor = "multi_thread")]
async fn interleavings_on_postgresql_and_redis_end_as_in_the_model() {
    let Some(server) = Server::start().await else { return };
    let store = Store::start().await;
    let sessions = store.as_ref().map_or(Sessions::Sql, |store| Sessions::Redis(store.url(0)));
    let deployment = Deployment::new(server.database(), Reach::Feed).with_sessions(sessions);
    run(&deployment, interleavings().div_ceil(4)).await;
}
