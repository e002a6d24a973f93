//! Logins with opaque tokens that end together, also at another service, and logins that began meanwhile. token-svc runs without HTTP, on
//! a clock that the test sets.

use std::{convert::identity, net::Ipv4Addr, sync::Arc, time::Duration};

use authlab_accounts::Accounts;
use authlab_client::visitor::{NEW_PASSWORD, PASSWORD};
use authlab_clock::Clock;
use authlab_endings::Reach;
use authlab_mechanism::{
    Mechanism,
    handover::{Handover, TokenChange},
    items::{ItemKey, NewItem, Opening, Sealing},
    login::{Account, Device, NewLogin},
    presented::Presented,
    refusal::{Denied, Refusal},
    tokens::TokenKind,
};
use authlab_secrets::Secret;
use authlab_service::{
    Ground, Service as _,
    settings::{LoginsAtMost, Settings, defaults},
};
use authlab_test_support::{Cluster, Redis};
use tempfile::TempDir;
use token_svc::TokenSettings;

use super::Kept;

/// The contract allows one second; the rest is for a busy machine.
const REACHED: Duration = Duration::from_secs(3);
const A_MINUTE: Duration = Duration::from_mins(1);

struct Service {
    mechanism: Arc<dyn Mechanism>,
    clock: Clock,
    accounts: Accounts,
    _folder: TempDir,
}

/// `at_most` is `LOGINS_AT_MOST`; 0 means no limit.
async fn service(kept: &Kept, at_most: u32, revocation: Reach) -> Service {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::embedded(folder.path());
    settings.database_url = Some(kept.engine.url());
    settings.revocation = revocation;
    settings.logins_at_most = LoginsAtMost(at_most.try_into().ok());
    // The clock starts at the real time, since Redis expires keys by its own clock.
    let clock = Clock::manual(Clock::system().seconds());
    let ground = Ground::open(&settings, clock.clone()).await.unwrap();
    let tokens = TokenSettings { token_store: kept.store(), token_kind: TokenKind::Opaque, ..defaults(identity) };
    let accounts = Accounts::new(ground.database.clone(), clock.clone(), &settings.policy());
    Service { mechanism: tokens.mechanism(&ground).await.unwrap(), clock, accounts, _folder: folder }
}

/// A request with this token in its header.
fn holding(token: &str) -> Presented {
    Presented::new(Vec::new(), Some(Secret::new(token)), None)
}

fn told(handover: &Handover) -> String {
    let Some(TokenChange::Take(token)) = &handover.token else { panic!("no token in {handover:?}") };
    token.access_token.expose().to_owned()
}

fn note() -> ItemKey {
    "note".parse().unwrap()
}

impl Service {
    async fn register(&self, username: &str) -> Account {
        self.accounts.register(username, Secret::new(PASSWORD), Ipv4Addr::LOCALHOST.into()).await.unwrap()
    }

    /// Changes the password at another service, which knows no tokens.
    async fn change_password(&self, account: &Account) -> Account {
        let passwords = (Secret::new(PASSWORD), Secret::new(NEW_PASSWORD));
        self.accounts.change_password(&account.username, passwords, Ipv4Addr::LOCALHOST.into()).await.unwrap()
    }

    async fn log_in(&self, account: &Account) -> Result<String, Refusal> {
        let (presented, device) = (Presented::default(), Device::default());
        Ok(told(&self.mechanism.login(NewLogin::new(&presented, account, &device)).await?.handover))
    }

    async fn replace_login(&self, token: &str, account: &Account) -> String {
        let (presented, device) = (holding(token), Device::default());
        told(&self.mechanism.replace_login(NewLogin::new(&presented, account, &device)).await.unwrap().handover)
    }

    /// Whether the login is active. This counts as a use.
    async fn lives(&self, token: &str) -> bool {
        match self.mechanism.recall(&holding(token)).await.unwrap().login {
            Ok(_) => true,
            Err(denied) => {
                assert_eq!(denied, Denied::Ended);
                false
            }
        }
    }

    async fn that_live(&self, tokens: &[String]) -> Vec<usize> {
        let mut live = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            if self.lives(token).await {
                live.push(at);
            }
        }
        live
    }

    async fn put(&self, token: &str, value: &str) -> Result<(), Refusal> {
        let item = NewItem { key: note(), value: value.to_owned(), max_age: None, sealing: Sealing::default() };
        self.mechanism.put_item(&holding(token), item).await.map(drop)
    }
}

fn is_refused<T>(answer: Result<T, Refusal>) {
    assert!(matches!(answer.map(drop), Err(Refusal::NotLoggedIn(Denied::Ended))));
}

async fn a_login_with_a_replaced_password_never_lives(kept: &Kept) {
    let service = service(kept, 0, Reach::Off).await;
    let before = service.register("erin").await;
    let after = service.change_password(&before).await;
    assert!(matches!(service.log_in(&before).await, Err(Refusal::PasswordReplaced)), "the account is out of date");
    service.log_in(&after).await.unwrap();
}

/// Also without the feed: a password change at this service ends its own logins.
async fn a_password_change_ends_what_began_before_it(kept: &Kept) {
    let service = service(kept, 0, Reach::Off).await;
    let before = service.register("frank").await;
    let (own, other) = (service.log_in(&before).await.unwrap(), service.log_in(&before).await.unwrap());
    service.put(&own, "kept").await.unwrap();
    let after = service.change_password(&before).await;
    let with_the_new_password = service.log_in(&after).await.unwrap();
    let renewed = service.replace_login(&own, &after).await;
    assert_eq!(service.that_live(&[own, other, with_the_new_password, renewed.clone()]).await, [2, 3]);
    let item = service.mechanism.item(&holding(&renewed), &note(), &Opening::default()).await.unwrap();
    assert_eq!(item.unwrap().value, "kept");
}

async fn what_ended_elsewhere_is_no_login_for_any_verb(kept: &Kept) {
    let here = service(kept, 0, Reach::Read).await;
    let before = here.register("ivan").await;
    let mut tokens = Vec::new();
    for _ in 0..7 {
        tokens.push(here.log_in(&before).await.unwrap());
        here.put(tokens.last().unwrap(), "private").await.unwrap();
    }
    let after = here.change_password(&before).await;
    let current = here.log_in(&after).await.unwrap();
    let logins = here.mechanism.logins().unwrap().list(&holding(&current)).await.unwrap();
    assert_eq!(logins.len(), 1, "the list contains only active logins");
    let recalled = here.mechanism.recall(&holding(&tokens[0])).await.unwrap();
    assert!(recalled.login == Err(Denied::Ended) && recalled.items.is_empty());
    is_refused(here.mechanism.item(&holding(&tokens[1]), &note(), &Opening::default()).await);
    is_refused(here.put(&tokens[2], "new").await);
    is_refused(here.put(&tokens[3], &"x".repeat(65_536)).await);
    is_refused(here.mechanism.record(&holding(&tokens[4])).await);
    is_refused(here.mechanism.logins().unwrap().list(&holding(&tokens[5])).await);
    is_refused(here.mechanism.revocation().unwrap().end_others(&holding(&tokens[6])).await);
    // What was refused once is deleted: no later setting revives it.
    let deaf = service(kept, 0, Reach::Off).await;
    assert_eq!(deaf.that_live(&tokens).await, Vec::<usize>::new());
    assert!(deaf.lives(&current).await);
}

async fn the_feed_tells_what_ended_elsewhere_unless_it_is_off(kept: &Kept) {
    let fed = service(kept, 0, Reach::Feed).await;
    let judy = fed.register("judy").await;
    let token = fed.log_in(&judy).await.unwrap();
    fed.change_password(&judy).await;
    let reached = async {
        while fed.lives(&token).await {
            // The service reads the feed in real time.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(REACHED, reached).await.expect("the feed delivers the ending");
    let deaf = service(kept, 0, Reach::Off).await;
    let ken = deaf.register("ken").await;
    let token = deaf.log_in(&ken).await.unwrap();
    deaf.change_password(&ken).await;
    assert!(deaf.lives(&token).await, "without the feed, other services' endings do not matter");
}

async fn a_login_beyond_the_limit_ends_the_least_recently_used(kept: &Kept) {
    let service = service(kept, 3, Reach::default()).await;
    let (alice, bob) = (service.register("alice").await, service.register("bob").await);
    let mut tokens = Vec::new();
    for _ in 0..3 {
        service.clock.advance(A_MINUTE);
        tokens.push(service.log_in(&alice).await.unwrap());
    }
    service.clock.advance(A_MINUTE);
    assert!(service.lives(&tokens[0]).await, "the first login is active and now used");
    service.clock.advance(A_MINUTE);
    tokens.push(service.log_in(&alice).await.unwrap());
    tokens.push(service.log_in(&bob).await.unwrap());
    assert_eq!(service.that_live(&tokens).await, [0, 2, 3, 4], "each account has its own limit");
}

async fn logins_end_as_they_should(url: String) {
    let kept = Kept::at(url);
    a_login_with_a_replaced_password_never_lives(&kept).await;
    a_password_change_ends_what_began_before_it(&kept).await;
    what_ended_elsewhere_is_no_login_for_any_verb(&kept).await;
    the_feed_tells_what_ended_elsewhere_unless_it_is_off(&kept).await;
    a_login_beyond_the_limit_ends_the_least_recently_used(&kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_with_opaque_tokens_end_as_they_should_on_redis() {
    let Some(redis) = Redis::start().await else { return };
    logins_end_as_they_should(redis.url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_with_opaque_tokens_end_as_they_should_on_a_cluster() {
    let Some(cluster) = Cluster::start().await else { return };
    logins_end_as_they_should(cluster.url()).await;
}
