//! Compares the stores with a model, in random histories of one account's logins.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use authlab_clock::{Clock, after};
use authlab_mechanism::login::{Account, Device};
use authlab_service::{
    Ground,
    settings::{LoginsAtMost, Settings},
};
use jiff::Timestamp;
use proptest::{option, prelude::*};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::{BeginLogin, SessionStore, Spared, fourth::FourthStore, memory::MemoryStore, sql::SqlStore};
use crate::{id::SessionId, lifetime::Lifetimes, session::SessionLogin};

pub(super) const LIFETIMES: Lifetimes = Lifetimes {
    idle: Duration::from_hours(24),
    absolute: Duration::from_hours(30 * 24),
    anonymous: Duration::from_hours(1),
    save_every_request: false,
};
pub(super) const MEBIBYTE: usize = 1024 * 1024;
const AT_MOST: usize = 3;
const ACCOUNT: i64 = 7;
/// Stores record the last use to the minute.
const STEP: Duration = Duration::from_mins(1);

#[derive(Clone, Debug)]
enum Step {
    /// Begins a login with this generation. The client's former login ends, if `former` is an existing one.
    LogIn {
        generation: i64,
        former: usize,
    },
    Use(usize),
    End(usize),
    /// Ends all logins, except those since a generation and one of the client's.
    EndLogins {
        since: Option<i64>,
        but: Option<usize>,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let (generation, choice) = (0_i64..3, 0_usize..6);
    prop_oneof![
        6 => (generation.clone(), choice.clone()).prop_map(|(generation, former)| Step::LogIn { generation, former }),
        4 => choice.clone().prop_map(Step::Use),
        1 => choice.clone().prop_map(Step::End),
        3 => (option::of(generation), option::of(choice)).prop_map(|(since, but)| Step::EndLogins { since, but }),
    ]
}

struct ModelLogin {
    id: SessionId,
    generation: i64,
    used: usize,
}

fn at_most() -> LoginsAtMost {
    LoginsAtMost(NonZeroU32::new(u32::try_from(AT_MOST).unwrap()))
}

pub(super) async fn log_in(
    store: &dyn SessionStore,
    former: Option<&SessionId>,
    generation: i64,
    now: Timestamp,
) -> SessionId {
    let account = Account { id: ACCOUNT, username: "alice".to_owned(), generation };
    let id = store.id_for(ACCOUNT);
    let login = SessionLogin::begin(&id, &account, &Device::default(), now);
    store.log_in(BeginLogin { former, id: &id, login }, now).await.unwrap();
    id
}

/// Runs the steps on the store and on the model, and compares both after each.
async fn play(store: &dyn SessionStore, steps: Vec<Step>) {
    let mut now = Timestamp::from_second(1_790_000_000).unwrap();
    let mut model: Vec<ModelLogin> = Vec::new();
    let mut ever: Vec<SessionId> = Vec::new();
    for (turn, step) in steps.into_iter().enumerate() {
        now = after(now, STEP);
        match step.clone() {
            Step::LogIn { generation, former } => {
                let former = (former < model.len()).then(|| model.remove(former).id);
                let id = log_in(store, former.as_ref(), generation, now).await;
                ever.push(id.clone());
                model.sort_by_key(|kept| kept.used);
                let surplus = (model.len() + 1).saturating_sub(AT_MOST);
                model.drain(..surplus);
                model.push(ModelLogin { id, generation, used: turn });
            }
            Step::Use(choice) => {
                if let Some(kept) = model.get_mut(choice) {
                    assert!(store.recall(&kept.id, now).await.unwrap().is_some());
                    kept.used = turn;
                }
            }
            Step::End(choice) if choice < model.len() => {
                let gone = model.remove(choice);
                store.end_login(ACCOUNT + 1, &gone.id.digest().login_id()).await.unwrap();
                assert!(store.find(&gone.id, now).await.unwrap().is_some(), "it is not a login of that account");
                store.end_login(ACCOUNT, &gone.id.digest().login_id()).await.unwrap();
            }
            Step::End(_) => store.end_login(ACCOUNT, &SessionId::random().digest().login_id()).await.unwrap(),
            Step::EndLogins { since, but } => {
                let own = but.and_then(|but| model.get(but)).map(|kept| kept.id.clone());
                store.end_logins(ACCOUNT, Spared { session: own.as_ref(), since }).await.unwrap();
                let is_own = |kept: &ModelLogin| own.as_ref().is_some_and(|own| own.digest() == kept.id.digest());
                model.retain(|kept| since.is_some_and(|since| kept.generation >= since) || is_own(kept));
            }
        }
        for id in &ever {
            let found = store.find(id, now).await.unwrap();
            let expected = model.iter().find(|kept| kept.id.digest() == id.digest());
            let generation = found.and_then(|session| session.login).map(|login| login.account.generation);
            assert_eq!(generation, expected.map(|kept| kept.generation), "after step {turn}, {step:?}");
        }
        assert_eq!(store.logins(ACCOUNT, now).await.unwrap().len(), model.len(), "after step {turn}, {step:?}");
    }
}

async fn sql(at_most: LoginsAtMost) -> (SqlStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let ground = Ground::open(&Settings::embedded(folder.path()), Clock::manual(0)).await.unwrap();
    (SqlStore::open(ground.database, &ground.keys, LIFETIMES, at_most).await.unwrap(), folder)
}

/// Every store that needs no server, and the folder of its data.
pub(crate) async fn every(at_most: LoginsAtMost) -> ([Arc<dyn SessionStore>; 3], TempDir) {
    let (sql, folder) = sql(at_most).await;
    let memory = MemoryStore::new(LIFETIMES, at_most, MEBIBYTE);
    ([Arc::new(memory), Arc::new(sql), Arc::new(FourthStore::new(LIFETIMES, at_most))], folder)
}

proptest! {
    #[test]
    fn an_accounts_logins_in_a_fourth_store_are_those_of_the_model(steps in prop::collection::vec(step(), 0..40)) {
        Runtime::new().unwrap().block_on(play(&FourthStore::new(LIFETIMES, at_most()), steps));
    }

    #[test]
    fn an_accounts_logins_in_memory_are_those_of_the_model(steps in prop::collection::vec(step(), 0..40)) {
        Runtime::new().unwrap().block_on(play(&MemoryStore::new(LIFETIMES, at_most(), MEBIBYTE), steps));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_accounts_logins_in_sql_are_those_of_the_model(steps in prop::collection::vec(step(), 0..40)) {
        Runtime::new().unwrap().block_on(async {
            let (store, _folder) = sql(at_most()).await;
            play(&store, steps).await;
        });
    }
}

/// More logins than a store ends in one step.
#[tokio::test]
async fn any_number_of_logins_ends() {
    const MANY: usize = 2_300;
    let (stores, _folder) = every(LoginsAtMost(None)).await;
    for store in stores {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let mut ids = Vec::new();
        for _ in 0..MANY {
            ids.push(log_in(&*store, None, 0, now).await);
        }
        let of_now = log_in(&*store, None, 1, now).await;
        assert_eq!(store.logins(ACCOUNT, now).await.unwrap().len(), super::MAX_LISTED);
        let spared = Spared { session: Some(&ids[MANY / 2]), since: Some(1) };
        store.end_logins(ACCOUNT, spared).await.unwrap();
        let mut left: Vec<_> =
            store.logins(ACCOUNT, now).await.unwrap().into_iter().map(|session| session.login.unwrap().id).collect();
        left.sort();
        let mut expected = vec![ids[MANY / 2].digest().login_id(), of_now.digest().login_id()];
        expected.sort();
        assert_eq!(left, expected, "in {:?}", store.place());
    }
}

/// An instance with a limit ends the surplus logins that one without a limit allowed.
#[tokio::test]
async fn a_lowered_limit_reaches_all_logins() {
    const MANY: usize = 1_500;
    let (unlimited, folder) = sql(LoginsAtMost(None)).await;
    let now = Timestamp::from_second(1_790_000_000).unwrap();
    for _ in 0..MANY {
        log_in(&unlimited, None, 0, now).await;
    }
    let ground = Ground::open(&Settings::embedded(folder.path()), Clock::manual(0)).await.unwrap();
    let limited = SqlStore::open(ground.database, &ground.keys, LIFETIMES, at_most()).await.unwrap();
    let own = log_in(&limited, None, 0, now).await;
    assert_eq!(limited.logins(ACCOUNT, now).await.unwrap().len(), AT_MOST);
    assert!(limited.find(&own, now).await.unwrap().is_some());
}
