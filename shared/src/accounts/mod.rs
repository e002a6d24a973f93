//! Accounts: names, passwords, and the door they guard. The same for all three services.
//!
//! * [`username`]: which names are one name
//! * [`hashing`]: argon2id on a bounded pool of threads, for which clients take [`turns`]
//! * [`phc`]: the hash itself
//! * [`throttle`]: how often a client may fail, or register
//! * [`store`]: the table

pub mod hashing;
mod phc;
mod store;
pub mod throttle;
mod turns;
pub mod username;

use std::net::IpAddr;

use self::{
    hashing::{Busy, PasswordHasher, Share},
    store::{AccountStore, Stored},
    throttle::{Throttle, ThrottleLimits, TooManyAttempts},
    username::{BadUsername, Username},
};
use crate::{
    client_network::ClientNetwork, clock::Clock, database::Database, login::Account, refusal::Unavailable,
    secret::Secret, telemetry::Collector,
};

/// Over this many characters a password is refused before any work is done on it.
pub const PASSWORD_MAX_LENGTH: usize = 1_024;

/// What may be set about accounts.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Code points, not bytes (NIST SP 800-63B-4 §3.1.1.2).
    pub password_min_length: usize,
    /// Threads that hash passwords; each takes 19 MiB.
    pub hash_concurrency: usize,
    /// Password checks that may wait for their turn; more are turned away.
    pub hash_queue: usize,
    /// Failures in a row before one account is closed to one address for a while.
    pub login_failures: u32,
    /// Accounts that one network may register in a row.
    pub registrations: u32,
}

/// Registers, verifies and changes. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Accounts {
    store: AccountStore,
    hasher: PasswordHasher,
    throttle: Throttle,
    clock: Clock,
    password_min_length: usize,
}

/// Why an account was not made or not found.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("username: {0}")]
    BadUsername(#[from] BadUsername),
    #[error("password: {0}")]
    BadPassword(String),
    #[error("this username is taken")]
    Taken,
    #[error("username and password do not fit together")]
    InvalidCredentials,
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Accounts {
    pub fn new(database: Database, clock: Clock, policy: &Policy) -> Self {
        Self {
            store: AccountStore::new(database),
            hasher: PasswordHasher::new(policy.hash_concurrency, policy.hash_queue),
            throttle: Throttle::new(
                clock.clone(),
                ThrottleLimits { per_pair: policy.login_failures, registrations: policy.registrations },
            ),
            clock,
            password_min_length: policy.password_min_length,
        }
    }

    /// What is measured of them.
    pub fn collectors(&self) -> Vec<Collector> {
        self.hasher.collectors()
    }

    pub fn password_min_length(&self) -> usize {
        self.password_min_length
    }

    pub async fn register(&self, username: &str, password: Secret, from: IpAddr) -> Result<Account, AccountError> {
        let username: Username = username.parse()?;
        self.accept(&password)?;
        self.throttle.registration(from)?;
        // Whether the name is taken is asked first, so that a taken one costs no hash; the table decides in the end.
        if self.store.find(username.key()).await?.is_some() {
            return Err(AccountError::Taken);
        }
        let hash = self.hasher.hash(Share::Network(ClientNetwork::of(from)), password).await?;
        self.store.insert(&username, &hash, self.clock.seconds()).await?.ok_or(AccountError::Taken)
    }

    /// The account, if the password is right. Unknown names and wrong passwords are told apart by nothing: not by
    /// the answer, and not by the time it takes.
    pub async fn verify(&self, username: &str, password: Secret, from: IpAddr) -> Result<Account, AccountError> {
        Ok(self.verified(username, password, from).await?.account)
    }

    async fn verified(&self, username: &str, password: Secret, from: IpAddr) -> Result<Stored, AccountError> {
        // A name that could never be registered is just an unknown one.
        let key = username.parse::<Username>().ok().map(|name| name.key().to_owned());
        let attempt = self.throttle.attempt(key.as_deref().unwrap_or_default(), from)?;
        let found = match &key {
            Some(key) => self.store.find(key).await?,
            None => None,
        };
        if password.expose().chars().count() > PASSWORD_MAX_LENGTH {
            attempt.failed();
            return Err(AccountError::InvalidCredentials);
        }
        let hash = found.as_ref().map(|stored| stored.password_hash.clone());
        let right = self.hasher.verify(Share::Network(ClientNetwork::of(from)), password, hash).await?;
        match found {
            Some(stored) if right => {
                attempt.succeeded();
                Ok(stored)
            }
            _ => {
                attempt.failed();
                Err(AccountError::InvalidCredentials)
            }
        }
    }

    /// Replaces the password if the current one is right, and ends the account's logins at every service, in one step. Returns the
    /// account as a login that begins now has to carry it.
    pub async fn change_password(
        &self,
        username: &str,
        (current, new): (Secret, Secret),
        from: IpAddr,
    ) -> Result<Account, AccountError> {
        self.accept(&new)?;
        let stored = self.verified(username, current, from).await?;
        let hash = self.hasher.hash(Share::Account(stored.account.id), new).await?;
        let replaced = self.store.replace_password(&stored, &hash, self.clock.seconds()).await?;
        // Another change was first: what was checked is not the password any more.
        replaced.ok_or(AccountError::InvalidCredentials)
    }

    /// Whether the password could be set, before any other work is done.
    pub fn accept(&self, password: &Secret) -> Result<(), AccountError> {
        let length = password.expose().chars().count();
        if length < self.password_min_length {
            return Err(AccountError::BadPassword(format!("at least {} characters", self.password_min_length)));
        }
        if length > PASSWORD_MAX_LENGTH {
            return Err(AccountError::BadPassword(format!("at most {PASSWORD_MAX_LENGTH} characters")));
        }
        Ok(())
    }
}
