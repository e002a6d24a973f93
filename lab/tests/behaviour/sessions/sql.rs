//! Sessions in the same database as the accounts.

use std::time::Duration;

use authlab_test_support::Postgres;
use session_svc::Store;

use super::{
    Kept, a_crowd_writes_at_once, a_write_never_brings_a_session_back, instance, instances_agree_at_once, logged_in,
    logins_end_as_they_should,
    outage::{comes_back_by_itself, nobody_is_told_that_they_are_logged_out},
    parallel_writes_survive, put, speaks_the_contract, the_cache_hides_no_ending,
    visitors::visitors_get_little_room_and_time,
};
/// A request must be answered within this time while the database is unreachable.
const SOON: Duration = Duration::from_millis(1_500);

fn on_sqlite() -> Kept {
    Kept::beside_sqlite(Store::Sql, "sql")
}

fn on(postgres: &Postgres) -> Kept {
    Kept::beside(postgres.url(), Store::Sql, "sql")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_on_sqlite() {
    speaks_the_contract(&on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_on_postgresql() {
    let Some(postgres) = Postgres::start().await else { return };
    speaks_the_contract(&on(&postgres)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_their_sessions_on_sqlite() {
    let database = on_sqlite();
    instances_agree_at_once(&database).await;
    parallel_writes_survive(&database).await;
    a_write_never_brings_a_session_back(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_their_sessions_on_postgresql() {
    let Some(postgres) = Postgres::start().await else { return };
    instances_agree_at_once(&on(&postgres)).await;
    parallel_writes_survive(&on(&postgres)).await;
    a_write_never_brings_a_session_back(&on(&postgres)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_database_logs_nobody_out() {
    let Some(mut postgres) = Postgres::start().await else { return };
    let (_fleet, target) = instance(&on(&postgres)).await;
    let mut client = logged_in(&target, "dave").await;
    assert_eq!(put(&mut client, "note", "kept").await.status, 204);
    postgres.stop();
    nobody_is_told_that_they_are_logged_out(&client, SOON).await;
    postgres.start_again().await.unwrap();
    comes_back_by_itself(&mut client).await;
    postgres.freeze();
    nobody_is_told_that_they_are_logged_out(&client, SOON).await;
    postgres.thaw();
    comes_back_by_itself(&mut client).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_served_on_sqlite() {
    a_crowd_writes_at_once(&on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_served_on_postgresql() {
    let Some(postgres) = Postgres::start().await else { return };
    a_crowd_writes_at_once(&on(&postgres)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_end_as_they_should_on_sqlite() {
    logins_end_as_they_should(&on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_end_as_they_should_on_postgresql() {
    let Some(postgres) = Postgres::start().await else { return };
    logins_end_as_they_should(&on(&postgres)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_get_little_room_and_time_on_sqlite() {
    visitors_get_little_room_and_time(&on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_get_little_room_and_time_on_postgresql() {
    let Some(postgres) = Postgres::start().await else { return };
    visitors_get_little_room_and_time(&on(&postgres)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cache_hides_no_ending_on_sqlite() {
    the_cache_hides_no_ending(on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cache_hides_no_ending_on_postgresql() {
    let Some(postgres) = Postgres::start().await else { return };
    the_cache_hides_no_ending(on(&postgres)).await;
}
