//! Accounts that another version of the services made.

use std::net::{IpAddr, Ipv4Addr};

use authlab_clock::Clock;
use authlab_database::{Access, Database};
use authlab_secrets::Secret;
use tempfile::TempDir;

use super::{AccountError, Accounts, Policy, Registration, hashing::PasswordHasher, pool::Share};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

pub(super) const POLICY: Policy = Policy {
    password_min_length: 15,
    hash_concurrency: 2,
    hash_queue: 10,
    login_failures: 10,
    registrations: 10,
    registration: Registration::Open,
};

fn password() -> Secret {
    Secret::new("correct horse battery staple")
}

async fn accounts() -> (Accounts, Database, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("accounts.sqlite3").display());
    let database = Database::open(&Access::new(&url)).await.unwrap();
    (Accounts::new(database.clone(), Clock::manual(1_790_000_000), &POLICY), database, folder)
}

/// Writes into the table as another version would have done.
async fn change(database: &Database, statement: &'static str, values: [&str; 2]) {
    let query = sqlx::query(statement).bind(values[0]).bind(values[1]);
    assert_eq!(query.execute(database.pool()).await.unwrap().rows_affected(), 1);
}

async fn hash_of(database: &Database, key: &str) -> String {
    let query = sqlx::query_scalar("SELECT password_hash FROM account WHERE username_key = $1").bind(key);
    query.fetch_one(database.pool()).await.unwrap()
}

/// A hash of another cost is replaced when its owner logs in. A failed login changes nothing.
#[tokio::test]
async fn an_outdated_hash_is_replaced_at_login() {
    /// `password` at a lower cost, from the tests of argon2's reference implementation.
    const CHEAPER: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    let (accounts, database, _folder) = accounts().await;
    let registered = accounts.register("dora", password(), HERE).await.unwrap();
    change(&database, "UPDATE account SET password_hash = $1 WHERE username_key = $2", [CHEAPER, "dora"]).await;
    assert!(accounts.verify("dora", password(), HERE).await.is_err());
    assert_eq!(hash_of(&database, "dora").await, CHEAPER);

    assert_eq!(accounts.verify("dora", Secret::new("password"), HERE).await.unwrap(), registered, "no login has ended");
    let anew = hash_of(&database, "dora").await;
    assert!(anew.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{anew}");
    accounts.verify("dora", Secret::new("password"), HERE).await.unwrap();
    assert_eq!(hash_of(&database, "dora").await, anew, "once is enough");

    // A password change accepts an outdated hash too.
    change(&database, "UPDATE account SET password_hash = $1 WHERE username_key = $2", [CHEAPER, "dora"]).await;
    accounts.change_password("dora", (Secret::new("password"), password()), HERE).await.unwrap();
    accounts.verify("dora", password(), HERE).await.unwrap();
}

/// A former version hashed passwords without normalization, and kept invisible characters in names.
#[tokio::test]
async fn accounts_of_a_former_version_can_log_in() {
    let (accounts, database, _folder) = accounts().await;
    let hasher = PasswordHasher::new(1, 1);
    let hash = hasher.hash(Share::Account(1), Secret::new("cafe\u{301} au lait")).await.unwrap();
    for (name, former_key) in [("love \u{2764}\u{fe0f}", "love \u{2764}\u{fe0f}"), ("\u{3164}", "\u{1160}")] {
        let insert = "INSERT INTO account (id, username, username_key, password_hash, created_at) VALUES \
            ((SELECT COUNT(*) + 1 FROM account), $1, $2, '', 0)";
        change(&database, insert, [name, former_key]).await;
        change(&database, "UPDATE account SET password_hash = $1 WHERE username_key = $2", [&hash, former_key]).await;
        for typed in ["cafe\u{301} au lait", "cafe\u{301} au lait", "caf\u{e9} au lait"] {
            let found = accounts.verify(name, Secret::new(typed), HERE).await;
            assert_eq!(found.unwrap_or_else(|error| panic!("{name:?}, {typed}: {error}")).username, name);
        }
        let taken = accounts.register(name, password(), HERE).await;
        assert!(matches!(taken, Err(AccountError::Taken | AccountError::BadUsername(_))), "{taken:?}");
    }
}
