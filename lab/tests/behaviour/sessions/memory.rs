//! Sessions in the memory of one process.

use session_svc::Store;

use super::{
    Kept, a_crowd_writes_at_once, a_write_never_brings_a_session_back, logins_end_as_they_should,
    parallel_writes_survive, speaks_the_contract, the_cache_hides_no_ending,
    visitors::visitors_get_little_room_and_time,
};

fn in_memory() -> Kept {
    Kept::beside_sqlite(Store::Memory, "memory")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_in_memory() {
    speaks_the_contract(&in_memory()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_at_once_is_not_lost_in_memory() {
    let kept = in_memory();
    parallel_writes_survive(&kept).await;
    a_write_never_brings_a_session_back(&kept).await;
    a_crowd_writes_at_once(&kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_end_as_they_should_in_memory() {
    logins_end_as_they_should(&in_memory()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_get_little_room_and_time_in_memory() {
    visitors_get_little_room_and_time(&in_memory()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cache_hides_no_ending_in_memory() {
    the_cache_hides_no_ending(in_memory()).await;
}
