//! Compares the stores with a model, in random histories of one account's logins.

use std::{convert::identity, num::NonZeroU32, time::Duration};

use authlab_clock::Clock;
use authlab_database::answer;
use authlab_endings::Scope;
use authlab_mechanism::{
    login::{Account, Device, LoginId},
    refusal::Denied,
};
use authlab_secrets::Secret;
use authlab_service::{
    Ground,
    settings::{LoginsAtMost, Settings, defaults},
};
use authlab_test_support::Redis;
use proptest::{option, prelude::*};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::{NewOpaqueLogin, OpaqueEnd, OpaqueTokens, TokenKey};
use crate::{
    items::Items,
    settings::{TokenSettings, TokenStore},
};

const AT_MOST: usize = 3;
pub(super) const LIFETIME: Duration = Duration::from_hours(24);
/// Stores record the last use to the minute.
pub(super) const STEP: Duration = Duration::from_mins(1);

/// A store with its deployment. Each has one account, whose id is 7.
pub(super) struct Kept {
    pub(super) tokens: OpaqueTokens,
    pub(super) ground: Ground,
    _folder: TempDir,
}

impl Kept {
    pub(super) async fn open(store: TokenStore, at_most: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::embedded(folder.path());
        settings.logins_at_most = LoginsAtMost(u32::try_from(at_most).ok().and_then(NonZeroU32::new));
        // Redis expires keys by its own clock.
        let ground = Ground::open(&settings, Clock::manual(Clock::system().seconds())).await.unwrap();
        let insert = "INSERT INTO account (id, username, username_key, password_hash, created_at) \
                      VALUES (7, 'alice', 'alice', '', 0)";
        sqlx::query(insert).execute(ground.database.pool()).await.unwrap();
        let settings = TokenSettings { token_store: store, opaque_token_lifetime: LIFETIME, ..defaults(identity) };
        let endings = ground.endings(Scope::Token, LIFETIME).await.unwrap();
        let tokens = OpaqueTokens::open(&settings, &ground, endings).await.unwrap();
        Self { tokens, ground, _folder: folder }
    }

    pub(super) async fn log_in(&self, generation: i64) -> NewOpaqueLogin {
        self.begin(self.tokens.new_login(&alice(generation), &Device::default(), Items::default())).await
    }

    pub(super) async fn begin(&self, login: NewOpaqueLogin) -> NewOpaqueLogin {
        self.tokens.store.begin(&login).await.unwrap();
        let inserted = answer(async {
            let mut transaction = self.ground.database.begin_to_write().await?;
            self.tokens.store.begin_within(&mut transaction, &login).await?;
            transaction.commit().await
        });
        inserted.await.unwrap();
        login
    }

    pub(super) async fn lives(&self, login: &NewOpaqueLogin) -> bool {
        match self.tokens.find_unused(login.token.expose()).await.unwrap() {
            Ok(found) => {
                assert_eq!(
                    (found.row.id.as_str(), found.row.account.id),
                    (login.row.id.as_str(), login.row.account.id)
                );
                true
            }
            Err(denied) => {
                assert_eq!(denied, Denied::Ended);
                false
            }
        }
    }

    pub(super) async fn end(&self, end: OpaqueEnd<'_>) {
        self.tokens.store.end(vec![end]).await.unwrap();
    }
}

pub(super) fn alice(generation: i64) -> Account {
    Account { id: 7, username: "alice".to_owned(), generation }
}

pub(super) fn in_redis(redis: &Redis) -> TokenStore {
    TokenStore::Redis(Secret::new(redis.url()))
}

#[derive(Clone, Debug)]
enum Step {
    LogIn,
    Use(usize),
    /// By the token, or by the id.
    End(usize, bool),
    EndOthers(Option<usize>),
}

fn step() -> impl Strategy<Value = Step> {
    let choice = 0_usize..6;
    prop_oneof![
        6 => Just(Step::LogIn),
        4 => choice.clone().prop_map(Step::Use),
        2 => (choice.clone(), any::<bool>()).prop_map(|(choice, by_token)| Step::End(choice, by_token)),
        2 => option::of(choice).prop_map(Step::EndOthers),
    ]
}

/// Runs the steps on the store and on the model, and compares both after each. The model has the live logins, the last used one last.
async fn play(store: TokenStore, steps: Vec<Step>) {
    let kept = Kept::open(store, AT_MOST).await;
    let (mut model, mut ever, mut generation): (Vec<usize>, Vec<NewOpaqueLogin>, i64) = (Vec::new(), Vec::new(), 0);
    for step in steps {
        kept.ground.clock.advance(STEP);
        match step.clone() {
            Step::LogIn => {
                model.push(ever.len());
                model.drain(..model.len().saturating_sub(AT_MOST));
                ever.push(kept.log_in(generation).await);
            }
            Step::Use(choice) if choice < model.len() => {
                let used = model.remove(choice);
                assert!(kept.tokens.find(ever[used].token.expose()).await.unwrap().is_ok());
                model.push(used);
            }
            Step::End(choice, by_token) if choice < model.len() => {
                let gone = &ever[model.remove(choice)];
                let stranger = Account { id: 8, ..alice(0) };
                kept.end(OpaqueEnd::Login(stranger, gone.row.login_id())).await;
                assert!(kept.lives(gone).await, "it is not a login of that account");
                let by_id = OpaqueEnd::Login(alice(generation), gone.row.login_id());
                kept.end(if by_token { OpaqueEnd::Token(gone.key()) } else { by_id }).await;
            }
            Step::Use(_) => {}
            Step::End(..) => kept.end(OpaqueEnd::Login(alice(0), LoginId("0".repeat(32)))).await,
            Step::EndOthers(but) => {
                generation += 1;
                let but = but.and_then(|but| model.get(but)).copied();
                let id = but.map_or_else(|| LoginId(String::new()), |but| ever[but].row.login_id());
                kept.end(OpaqueEnd::Others(alice(generation), id)).await;
                model.retain(|login| Some(*login) == but);
            }
        }
        for (at, login) in ever.iter().enumerate() {
            let token = TokenKey::parse(login.token.expose()).unwrap();
            let found = kept.tokens.store.find(token, kept.ground.clock.seconds()).await.unwrap();
            assert_eq!(found.map(|found| found.row.id), model.contains(&at).then(|| login.row.id.clone()), "{step:?}");
        }
        let listed = kept.tokens.list(&alice(0), &LoginId(String::new())).await.unwrap();
        assert_eq!(listed.len(), model.len(), "{step:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn an_accounts_logins_in_sql_are_those_of_the_model(steps in prop::collection::vec(step(), 0..40)) {
        Runtime::new().unwrap().block_on(play(TokenStore::Sql, steps));
    }

    #[test]
    fn an_accounts_logins_in_redis_are_those_of_the_model(steps in prop::collection::vec(step(), 0..40)) {
        Runtime::new().unwrap().block_on(async {
            if let Some(redis) = Redis::start().await {
                play(in_redis(&redis), steps).await;
            }
        });
    }
}
