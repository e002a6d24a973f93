//! The memory budget of sessions without a login.

use authlab_mechanism::items::{NewItem, Sealing};
use authlab_service::settings::LoginsAtMost;
use jiff::Timestamp;

use super::MemoryStore;
use crate::{
    id::SessionId,
    room::AnonymousRoom,
    session::Session,
    store::{
        Change, SessionStore,
        tests::{LIFETIMES, MEBIBYTE, log_in},
    },
};

fn note(length: usize) -> NewItem {
    let value = "x".repeat(length);
    NewItem { key: "note".parse().unwrap(), value, max_age: None, sealing: Sealing::default() }
}

/// A client without a login that fills its session to the limit.
async fn visit(store: &dyn SessionStore, now: Timestamp) -> SessionId {
    let (id, mut session) = (SessionId::random(), Session::new(now, LIFETIMES.end(now, None)));
    session.put(note(4_000), AnonymousRoom(4_096), now).unwrap();
    store.begin(&id, session, now).await.unwrap();
    id
}

/// One client can begin thousands of sessions a second, and needs no login for them.
#[tokio::test]
async fn visitors_have_a_share_of_the_memory_and_end_no_login() {
    const VISITORS: usize = 5_000;
    let store = MemoryStore::new(LIFETIMES, LoginsAtMost(None), MEBIBYTE);
    let now = Timestamp::from_second(1_790_000_000).unwrap();
    let login = log_in(&store, None, 0, now).await;
    let regular = visit(&store, now).await;
    let mut visitors = Vec::new();
    for _ in 0..VISITORS {
        visitors.push(visit(&store, now).await);
        assert!(store.recall(&regular, now).await.unwrap().is_some(), "a visitor who is still there stays");
    }
    assert!(store.find(&login, now).await.unwrap().is_some());
    let mut kept = Vec::new();
    for visitor in &visitors {
        kept.push(store.find(visitor, now).await.unwrap().is_some());
    }
    let last = kept.iter().filter(|kept| **kept).count();
    assert!((150..=250).contains(&last), "4,000 bytes each, and the overhead of each session: {last}");
    assert!(kept[VISITORS - last..].iter().all(|kept| *kept), "those who came last");
}

/// A session whose login was deleted counts against the budget: an account could leave any number of them.
#[tokio::test]
async fn sessions_whose_login_was_deleted_have_the_same_share() {
    let store = MemoryStore::new(LIFETIMES, LoginsAtMost(None), MEBIBYTE);
    let now = Timestamp::from_second(1_790_000_000).unwrap();
    let mut left = Vec::new();
    for _ in 0..100 {
        let id = log_in(&store, None, 0, now).await;
        store.change(&id, Change::Put(note(60_000), AnonymousRoom(4_096)), now).await.unwrap().unwrap();
        store.change(&id, Change::DeleteLogin, now).await.unwrap().unwrap();
        left.push(id);
    }
    let mut kept = 0;
    for id in &left {
        kept += usize::from(store.find(id, now).await.unwrap().is_some());
    }
    assert!((14..=17).contains(&kept), "{kept}");
}
