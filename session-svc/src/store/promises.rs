//! What the trait promises, asked of every store that needs no server.
//!
//! `lab/tests/behaviour/sessions` asks the running service the same, on all stores.

use std::{collections::BTreeMap, convert::identity, sync::Arc, time::Duration};

use authlab_clock::after;
use authlab_mechanism::{
    items::{NewItem, Sealing},
    login::{Account, Device},
    refusal::Refusal,
};
use authlab_service::settings::LoginsAtMost;
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::{
    BeginLogin, Change, SessionStore,
    tests::{LIFETIMES, every, log_in},
};
use crate::{
    id::SessionId,
    room::{AnonymousRoom, MAX_SESSION_BYTES},
    session::{Session, SessionLogin},
};

const NO_LIMIT: LoginsAtMost = LoginsAtMost(None);
const ROOM: AnonymousRoom = AnonymousRoom(4_096);
const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

async fn put(store: &dyn SessionStore, id: &SessionId, name: &str, value: &str) -> Result<bool, Refusal> {
    let (key, value) = (name.parse().unwrap(), value.to_owned());
    let item = NewItem { key, value, max_age: None, sealing: Sealing::default() };
    Ok(store.change(id, Change::Put(item, ROOM), NOW).await?.is_some())
}

async fn items(store: &dyn SessionStore, id: &SessionId) -> BTreeMap<String, String> {
    store.find(id, NOW).await.unwrap().map(|session| session.live_items(NOW)).unwrap_or_default()
}

#[tokio::test]
async fn what_has_ended_is_never_written_again() {
    let (stores, _folder) = every(NO_LIMIT).await;
    for store in stores {
        let id = log_in(&*store, None, 0, NOW).await;
        assert!(put(&*store, &id, "note", "kept").await.unwrap());
        for _ in 0..2 {
            store.end(&id).await.unwrap();
            assert!(!put(&*store, &id, "note", "late").await.unwrap());
            assert!(store.recall(&id, NOW).await.unwrap().is_none());
            assert!(store.find(&id, NOW).await.unwrap().is_none());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_changes_of_one_session_all_survive() {
    let (stores, _folder) = every(NO_LIMIT).await;
    for store in stores {
        let id = log_in(&*store, None, 0, NOW).await;
        let mut changes = JoinSet::new();
        for number in 0..12 {
            let (store, id) = (Arc::clone(&store), id.clone());
            changes.spawn(async move { put(&*store, &id, &format!("item{number}"), "kept").await.unwrap() });
        }
        assert!(changes.join_all().await.into_iter().all(identity));
        assert_eq!(items(&*store, &id).await.len(), 12, "in {:?}", store.place());
    }
}

#[tokio::test]
async fn a_refused_change_changes_nothing() {
    let (stores, _folder) = every(NO_LIMIT).await;
    for store in stores {
        let id = log_in(&*store, None, 0, NOW).await;
        assert!(put(&*store, &id, "note", "kept").await.unwrap());
        let refused = put(&*store, &id, "note", &"x".repeat(MAX_SESSION_BYTES)).await;
        assert!(matches!(refused, Err(Refusal::TooLarge { .. })));
        assert_eq!(items(&*store, &id).await["note"], "kept");
    }
}

#[tokio::test]
async fn an_expired_session_is_never_found_and_a_purge_deletes_it() {
    let (stores, _folder) = every(NO_LIMIT).await;
    for store in stores {
        let (expires, stays) = (SessionId::random(), log_in(&*store, None, 0, NOW).await);
        store.begin(&expires, Session::new(NOW, LIFETIMES.end(NOW, None)), NOW).await.unwrap();
        assert!(store.find(&expires, NOW).await.unwrap().is_some());
        let later = after(NOW, LIFETIMES.anonymous + Duration::from_secs(1));
        assert!(store.find(&expires, later).await.unwrap().is_none());
        assert!(store.recall(&expires, later).await.unwrap().is_none());
        assert_eq!([store.purge(later).await.unwrap(), store.purge(later).await.unwrap()], [1, 0]);
        assert!(store.find(&stays, later).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn items_pass_on_to_the_next_login_of_the_same_account_only() {
    let (stores, _folder) = every(NO_LIMIT).await;
    for store in stores {
        let first = log_in(&*store, None, 0, NOW).await;
        assert!(put(&*store, &first, "note", "of the first account").await.unwrap());
        let again = log_in(&*store, Some(&first), 0, NOW).await;
        assert!(store.find(&first, NOW).await.unwrap().is_none());
        assert_eq!(items(&*store, &again).await["note"], "of the first account");

        let (id, other) = (SessionId::random(), Account { id: 8, username: "bob".to_owned(), generation: 0 });
        let login = SessionLogin::begin(&id, &other, &Device::default(), NOW);
        store.log_in(BeginLogin { former: Some(&again), id: &id, login }, NOW).await.unwrap();
        assert!(store.find(&again, NOW).await.unwrap().is_none());
        assert!(items(&*store, &id).await.is_empty(), "in {:?}", store.place());
    }
}
