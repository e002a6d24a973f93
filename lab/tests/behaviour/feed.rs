//! An instance learns of endings at other instances, even if clocks differ or step, or transactions commit out of
//! order.

use std::time::Duration;

use authlab_clock::Clock;
use authlab_database::{Access, Database};
use authlab_endings::{Endings, Reach, Scope, Shown};
use authlab_mechanism::{login::Account, refusal::Unavailable};
use authlab_test_support::Postgres;
use tokio::time::{Instant, sleep};

const NOW: i64 = 1_790_000_000;
const TWO_WEEKS: Duration = Duration::from_hours(14 * 24);
/// The contract allows one second; the rest is for a busy machine.
const PATIENCE: Duration = Duration::from_secs(3);

async fn instance(url: &str, clock: &Clock) -> Endings {
    let database = Database::open(&Access::new(url)).await.unwrap();
    Endings::open(Reach::Feed, database, clock.clone(), Scope::Token, TWO_WEEKS).await.unwrap()
}

fn login(id: &str, generation: i64) -> Shown<'_> {
    Shown { account: Some(1), generation, login: id, username: "alice", issued_at: NOW }
}

fn alice() -> Account {
    Account { id: 1, username: "alice".to_owned(), generation: 0 }
}

/// Asks until the answer is `expected`. An instance that is not sure returns an error and is asked again.
async fn says(endings: &Endings, clock: &Clock, shown: Shown<'_>, expected: bool) {
    let begun = Instant::now();
    loop {
        let answer: Result<bool, Unavailable> = endings.has_ended(shown, clock.seconds()).await;
        if matches!(answer, Ok(ended) if ended == expected) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "expected {expected} for {shown:?}, got {answer:?}");
        // The feed reads the database in real time.
        sleep(Duration::from_millis(20)).await;
    }
}

async fn instances_learn_whatever_their_clocks_say(url: &str) {
    for (here, there) in [(0, -7_200), (-7_200, 0), (0, 90), (20, 0)] {
        let (clock, other_clock) = (Clock::manual(NOW + here), Clock::manual(NOW + there));
        let (asked, other) = (instance(url, &clock).await, instance(url, &other_clock).await);
        let id = format!("{here} {there}");
        asked.end_login(login(&id, 0), NOW + 300 + here).await.unwrap();
        says(&asked, &clock, login(&id, 0), true).await;
        says(&other, &other_clock, login(&id, 0), true).await;
        let ended = asked.end_account(&alice(), Some("spared")).await.unwrap();
        says(&other, &other_clock, login("any other", ended.generation - 1), true).await;
        says(&other, &other_clock, login("spared", ended.generation - 1), false).await;
        says(&other, &other_clock, login("begun afterwards", ended.generation), false).await;
    }
}

async fn a_clock_that_is_set_brings_nothing_back(url: &str) {
    let clock = Clock::manual(NOW);
    let endings = instance(url, &clock).await;
    endings.end_login(login("ended", 0), NOW + 300).await.unwrap();
    for by in [1_209_600, -1_209_600, -7_200, 7_200] {
        clock.correct(by);
        let unsure = endings.has_ended(login("alive", i64::MAX), clock.seconds()).await;
        assert!(unsure.is_err(), "a clock step of {by} s counts as a pause: {unsure:?}");
        says(&endings, &clock, login("alive", i64::MAX), false).await;
    }
    says(&endings, &clock, login("ended", i64::MAX), true).await;
}

async fn an_ended_login_is_not_spared(url: &str) {
    let clock = Clock::manual(NOW);
    let endings = instance(url, &clock).await;
    let ended = endings.end_account(&alice(), None).await.unwrap();
    let caller = login("ended meanwhile", ended.generation - 1);
    assert!(endings.end_others(&alice(), caller).await.is_err());
    says(&endings, &clock, caller, true).await;
    let alive = login("alive", ended.generation);
    let next = endings.end_others(&alice(), alive).await.unwrap();
    assert!(next.generation > ended.generation);
    says(&endings, &clock, alive, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_misses_nothing_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("shared.sqlite3").display());
    instances_learn_whatever_their_clocks_say(&url).await;
    a_clock_that_is_set_brings_nothing_back(&url).await;
    an_ended_login_is_not_spared(&url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_misses_nothing_on_postgresql() {
    let Some(postgres) = Postgres::start().await else { return };
    instances_learn_whatever_their_clocks_say(&postgres.url()).await;
    a_clock_that_is_set_brings_nothing_back(&postgres.url()).await;
    an_ended_login_is_not_spared(&postgres.url()).await;
}

/// A transaction that began first and commits last has the lower number: reads in between must not skip it.
#[tokio::test(flavor = "multi_thread")]
async fn an_ending_that_is_committed_late_is_not_passed_by() {
    let Some(postgres) = Postgres::start().await else { return };
    let clock = Clock::manual(NOW);
    let (writer, reader) =
        (Database::open(&Access::new(&postgres.url())).await.unwrap(), instance(&postgres.url(), &clock).await);
    let asked = instance(&postgres.url(), &clock).await;
    let mut late = writer.begin_to_write().await.unwrap();
    asked.write_login(&mut late, login("late", 0), NOW + 300).await.unwrap();
    asked.end_login(login("prompt", 0), NOW + 300).await.unwrap();
    says(&reader, &clock, login("prompt", 0), true).await;
    // Real time must pass: the reader polls the database several times meanwhile.
    sleep(Duration::from_secs(1)).await;
    says(&reader, &clock, login("late", 0), false).await;
    late.commit().await.unwrap();
    says(&reader, &clock, login("late", 0), true).await;
}
