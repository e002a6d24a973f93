//! What the trait of the stores promises, asked of the database and, if it is installed, of Redis.

use std::sync::Arc;

use authlab_mechanism::{
    items::{NewItem, Sealing, Which},
    login::Device,
    refusal::{Denied, Refusal},
};
use authlab_test_support::Redis;
use tokio::task::JoinSet;

use super::{
    NewOpaqueLogin, OpaqueEnd,
    store::MAX_ITEM_BYTES,
    tests::{Kept, LIFETIME, STEP, alice, in_redis},
};
use crate::settings::TokenStore;

impl Kept {
    /// Both stores; only the database if Redis is not installed.
    async fn both(redis: Option<&Redis>) -> Vec<Arc<Self>> {
        let mut kept = vec![Arc::new(Self::open(TokenStore::Sql, 0).await)];
        if let Some(redis) = redis {
            kept.push(Arc::new(Self::open(in_redis(redis), 0).await));
        }
        kept
    }

    async fn put(&self, login: &NewOpaqueLogin, name: &str, value: &str) -> Result<(), Refusal> {
        let (key, value) = (name.parse().unwrap(), value.to_owned());
        let item = NewItem { key, value, max_age: None, sealing: Sealing::default() };
        self.tokens.put_item(login.token.expose(), item).await
    }

    async fn items(&self, login: &NewOpaqueLogin) -> Vec<(String, String)> {
        let found = self.tokens.find_unused(login.token.expose()).await.unwrap().unwrap();
        found.items.live(self.ground.clock.seconds()).into_iter().collect()
    }
}

#[tokio::test]
async fn what_has_ended_is_never_written_again() {
    let redis = Redis::start().await;
    for kept in Kept::both(redis.as_ref()).await {
        let login = kept.log_in(0).await;
        kept.put(&login, "note", "kept").await.unwrap();
        for _ in 0..2 {
            kept.end(OpaqueEnd::Token(login.key())).await;
            let late = kept.put(&login, "note", "late").await;
            assert!(matches!(late, Err(Refusal::NotLoggedIn(Denied::Ended))), "{late:?}");
            kept.ground.clock.advance(STEP);
            assert!(kept.tokens.find(login.token.expose()).await.unwrap().is_err());
            assert!(!kept.lives(&login).await);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_changes_of_one_login_all_survive() {
    let redis = Redis::start().await;
    for kept in Kept::both(redis.as_ref()).await {
        let login = Arc::new(kept.log_in(0).await);
        let mut changes = JoinSet::new();
        for number in 0..12 {
            let (kept, login) = (Arc::clone(&kept), Arc::clone(&login));
            changes.spawn(async move { kept.put(&login, &format!("item{number}"), "kept").await.unwrap() });
        }
        changes.join_all().await;
        assert_eq!(kept.items(&login).await.len(), 12, "in {:?}", kept.tokens.store.place());
    }
}

#[tokio::test]
async fn a_refused_change_changes_nothing_and_what_is_removed_makes_room() {
    let redis = Redis::start().await;
    for kept in Kept::both(redis.as_ref()).await {
        let login = kept.log_in(0).await;
        kept.put(&login, "note", "kept").await.unwrap();
        let large = "x".repeat(MAX_ITEM_BYTES - 10);
        let refused = kept.put(&login, "large", &large).await;
        assert!(matches!(refused, Err(Refusal::TooLarge { limit: MAX_ITEM_BYTES, .. })), "{refused:?}");
        assert_eq!(kept.items(&login).await, [("note".to_owned(), "kept".to_owned())]);
        kept.tokens.remove_items(login.token.expose(), Which::One(&"note".parse().unwrap())).await.unwrap();
        kept.put(&login, "large", &large).await.unwrap();
        kept.tokens.remove_items(login.token.expose(), Which::All).await.unwrap();
        assert_eq!(kept.items(&login).await, []);
    }
}

/// A use does not prolong a login, and neither does a raised setting.
#[tokio::test]
async fn a_login_ends_when_it_was_to_end_however_often_it_is_used() {
    let redis = Redis::start().await;
    for kept in Kept::both(redis.as_ref()).await {
        let login = kept.log_in(0).await;
        for _ in 0..24 {
            assert!(kept.lives(&login).await);
            kept.ground.clock.advance(LIFETIME / 24);
            let found = kept.tokens.find(login.token.expose()).await.unwrap();
            assert!(found.is_err() || found.is_ok_and(|found| found.row.expires_at == login.row.expires_at));
        }
        assert!(!kept.lives(&login).await, "in {:?}", kept.tokens.store.place());
        let late = kept.put(&login, "note", "late").await;
        assert!(matches!(late, Err(Refusal::NotLoggedIn(Denied::Ended))), "{late:?}");
    }
}

/// More logins than a store ends in one step.
#[tokio::test]
async fn any_number_of_logins_ends() {
    const MANY: usize = 1_300;
    let redis = Redis::start().await;
    for kept in Kept::both(redis.as_ref()).await {
        let mut logins = Vec::new();
        for _ in 0..MANY {
            logins.push(kept.log_in(0).await);
        }
        let but = &logins[MANY / 2];
        kept.end(OpaqueEnd::Others(alice(1), but.row.login_id())).await;
        let listed = kept.tokens.list(&alice(1), &but.row.login_id()).await.unwrap();
        assert!(listed.len() == 1 && listed[0].current, "in {:?}", kept.tokens.store.place());
    }
}

#[tokio::test]
async fn items_with_an_expiry_pass_on_to_the_next_login() {
    let redis = Redis::start().await;
    for kept in Kept::both(redis.as_ref()).await {
        let login = kept.log_in(0).await;
        let (key, value, sealing) = ("note".parse().unwrap(), "a|b".to_owned(), Sealing::default());
        let item = NewItem { key, value, max_age: Some(STEP), sealing };
        kept.tokens.put_item(login.token.expose(), item).await.unwrap();
        let items = kept.tokens.find_unused(login.token.expose()).await.unwrap().unwrap().items;
        let device = Device { user_agent: Some("test".to_owned()) };
        let next = kept.begin(kept.tokens.new_login(&alice(0), &device, items.clone())).await;
        let found = kept.tokens.find_unused(next.token.expose()).await.unwrap().unwrap();
        assert_eq!((&found.items, &found.row), (&items, &next.row));
        kept.ground.clock.advance(STEP);
        assert_eq!(kept.items(&next).await, []);
    }
}
