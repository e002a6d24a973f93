//! Accounts behave the same on SQLite and on PostgreSQL.

use std::sync::Arc;

use authlab_accounts::{AccountError, Accounts, Policy, Registration};
use authlab_client::visitor::{NEW_PASSWORD, PASSWORD};
use authlab_clock::Clock;
use authlab_database::{Access, Database};
use authlab_fleet::Fleet;
use authlab_secrets::Secret;
use authlab_test_support::Postgres;

use super::support::contract;

const HERE: std::net::IpAddr = std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

fn password() -> Secret {
    Secret::new(PASSWORD)
}

async fn accounts(url: &str) -> Arc<Accounts> {
    let policy = Policy {
        password_min_length: 15,
        hash_concurrency: 2,
        hash_queue: 200,
        login_failures: 10,
        registrations: 200,
        registration: Registration::Open,
    };
    Arc::new(Accounts::new(Database::open(&Access::new(url)).await.unwrap(), Clock::manual(1_790_000_000), &policy))
}

/// Fifty parallel registrations use spellings of one name. One succeeds, and the account can log in.
async fn one_of_many_wins(url: &str) {
    let accounts = accounts(url).await;
    let spellings = ["bob", "BOB", "ｂｏｂ", "Bob", "bOB"];
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let accounts = Arc::clone(&accounts);
            tokio::spawn(async move { accounts.register(spellings[n % spellings.len()], password(), HERE).await })
        })
        .collect();
    let mut registered = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(account) => registered.push(account),
            Err(error) => assert!(matches!(error, AccountError::Taken), "{error}"),
        }
    }
    assert_eq!(registered.len(), 1);
    let found = accounts.verify("bob", password(), HERE).await.unwrap();
    assert_eq!(found, registered[0], "the name keeps its registered spelling");
}

/// Several instances that start at once on a new database all find their tables.
async fn many_migrate_at_once(url: &str) {
    let access = Access::new(url);
    let opened = futures_util::future::join_all((0..8).map(|_| Database::open(&access))).await;
    for database in opened {
        database.unwrap().ping().await.unwrap();
    }
}

async fn a_password_can_be_changed(url: &str) {
    let accounts = accounts(url).await;
    let account = accounts.register("carol", password(), HERE).await.unwrap();
    let passwords = || (password(), Secret::new(NEW_PASSWORD));
    let changed = accounts.change_password("carol", passwords(), HERE).await.unwrap();
    assert_eq!((changed.id, changed.generation), (account.id, 1), "all earlier logins have ended");
    let again = accounts.change_password("carol", passwords(), HERE).await;
    assert!(matches!(again, Err(AccountError::InvalidCredentials)), "a repeated change is refused");
    assert!(matches!(accounts.verify("carol", password(), HERE).await, Err(AccountError::InvalidCredentials)));
    let found = accounts.verify("carol", Secret::new(NEW_PASSWORD), HERE).await.unwrap();
    assert_eq!(found, changed);
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_hold_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("accounts.sqlite3").display());
    many_migrate_at_once(&url).await;
    one_of_many_wins(&url).await;
    a_password_can_be_changed(&url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_hold_on_postgresql() {
    let Some(postgres) = Postgres::start().await else { return };
    many_migrate_at_once(&postgres.url()).await;
    one_of_many_wins(&postgres.url()).await;
    a_password_can_be_changed(&postgres.url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_holds_on_postgresql() {
    let Some(postgres) = Postgres::start().await else { return };
    let fleet = Fleet::start_with(|settings, _| settings.database_url = Some(postgres.url())).await.unwrap();
    for target in fleet.targets() {
        contract::holds_at(&target).await;
    }
}
