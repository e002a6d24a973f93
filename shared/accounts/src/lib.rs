//! Accounts: names, passwords, and the door they guard. The same for all three services.
//!
//! * [`username`]: which names are one name
//! * [`password`] and [`common_passwords`]: which texts are one password, and which may be one
//! * [`hashing`]: argon2id on a bounded pool of threads, for which clients take [`turns`]
//! * [`phc`]: the hash itself
//! * [`throttle`]: how often a client may fail, or register
//! * [`store`]: the table

mod common_passwords;
pub mod hashing;
pub mod password;
mod phc;
mod store;
#[cfg(test)]
mod tests;
pub mod throttle;
mod turns;
pub mod username;

use std::net::IpAddr;

use self::{
    hashing::{Busy, Fit, PasswordHasher, Share},
    password::Password,
    store::{AccountStore, Stored},
    throttle::{Throttle, ThrottleLimits, TooManyAttempts},
    username::{BadUsername, Username},
};
use authlab_client_network::ClientNetwork;
use authlab_clock::Clock;
use authlab_database::Database;
use authlab_mechanism::{login::Account, refusal::Unavailable};
use authlab_secrets::Secret;
use authlab_telemetry::Collector;

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
    pub registration: Registration,
}

/// `REGISTRATION`: whether anybody may make an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Registration {
    #[default]
    Open,
    /// The accounts that there are can log in.
    Closed,
}

/// Registers, verifies and changes. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Accounts {
    store: AccountStore,
    hasher: PasswordHasher,
    throttle: Throttle,
    clock: Clock,
    password_min_length: usize,
    registration: Registration,
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
    #[error("nobody can register here")]
    RegistrationClosed,
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
            registration: policy.registration,
        }
    }

    /// What is measured of them.
    pub fn collectors(&self) -> Vec<Collector> {
        self.hasher.collectors()
    }

    pub fn password_min_length(&self) -> usize {
        self.password_min_length
    }

    /// Whether anybody may make an account.
    pub fn registration(&self) -> Registration {
        self.registration
    }

    /// Refuses whoever would register where nobody can.
    pub fn let_register(&self) -> Result<(), AccountError> {
        match self.registration {
            Registration::Open => Ok(()),
            Registration::Closed => Err(AccountError::RegistrationClosed),
        }
    }

    pub async fn register(&self, username: &str, password: Secret, from: IpAddr) -> Result<Account, AccountError> {
        self.let_register()?;
        let username: Username = username.parse()?;
        let password = Password::new(password);
        password.accept(self.password_min_length, &username)?;
        self.throttle.registration(from)?;
        // Whether the name is taken is asked first, so that a taken one costs no hash; the table decides in the end.
        if self.store.find(&username).await?.is_some() {
            return Err(AccountError::Taken);
        }
        let hash = self.hasher.hash(Share::Network(ClientNetwork::of(from)), password.nfc().clone()).await?;
        self.store.insert(&username, &hash, self.clock.seconds()).await?.ok_or(AccountError::Taken)
    }

    /// The account, if the password is right. Unknown names and wrong passwords are told apart by nothing: not by
    /// the answer, and not by the time it takes.
    pub async fn verify(&self, username: &str, password: Secret, from: IpAddr) -> Result<Account, AccountError> {
        let password = Password::new(password);
        let (stored, fit) = self.verified(username, &password, from).await?;
        if fit == Fit::Outdated {
            self.hash_anew(&stored, &password).await;
        }
        Ok(stored.account)
    }

    /// How the password fits the account of this name.
    async fn verified(&self, username: &str, password: &Password, from: IpAddr) -> Result<(Stored, Fit), AccountError> {
        // What is no name is just an unknown one.
        let username = Username::typed(username).ok();
        let attempt = self.throttle.attempt(username.as_ref().map(Username::key).unwrap_or_default(), from)?;
        let found = match &username {
            Some(username) => self.store.find(username).await?,
            None => None,
        };
        if password.is_too_long() {
            attempt.failed();
            return Err(AccountError::InvalidCredentials);
        }
        let hash = found.as_ref().map(|stored| stored.password_hash.clone());
        let fit = self.hasher.verify(Share::Network(ClientNetwork::of(from)), password.clone(), hash).await?;
        if let (Some(stored), Some(fit)) = (found, fit) {
            attempt.succeeded();
            return Ok((stored, fit));
        }
        attempt.failed();
        Err(AccountError::InvalidCredentials)
    }

    /// Keeps the right password as it would be hashed today. The login goes on in any case; the next one tries again.
    async fn hash_anew(&self, stored: &Stored, password: &Password) {
        let Ok(hash) = self.hasher.hash(Share::Account(stored.account.id), password.nfc().clone()).await else {
            return;
        };
        if let Err(error) = self.store.replace_hash(stored, &hash).await {
            tracing::warn!(account = stored.account.id, %error, "the password could not be hashed anew");
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
        let new = Password::new(new);
        new.accept(self.password_min_length, &Username::typed(username)?)?;
        let current = Password::new(current);
        let (stored, _) = self.verified(username, &current, from).await?;
        let hash = self.hasher.hash(Share::Account(stored.account.id), new.nfc().clone()).await?;
        if let Some(renewed) = self.store.replace_password(&stored, &hash, self.clock.seconds()).await? {
            return Ok(renewed);
        }
        // Another change was first, and what was checked is not the password any more; or a login only hashed it anew.
        let (stored, _) = self.verified(username, &current, from).await?;
        let replaced = self.store.replace_password(&stored, &hash, self.clock.seconds()).await?;
        replaced.ok_or(AccountError::InvalidCredentials)
    }
}
