//! Accounts: usernames, passwords and rate limits, the same for all three services.
//!
//! * [`username`]: which spellings are the same name
//! * [`password`] and [`common_passwords`]: which spellings are the same password, and which passwords are refused
//! * [`hashing`]: argon2id on the threads of [`pool`], shared fairly by [`turns`]
//! * [`phc`]: the format of stored hashes
//! * [`throttle`]: rate limits for failed logins and registrations
//! * [`store`]: the SQL table

mod common_passwords;
pub mod hashing;
pub mod password;
mod phc;
mod pool;
mod store;
#[cfg(test)]
mod tests;
pub mod throttle;
mod turns;
pub mod username;

use std::net::IpAddr;

use authlab_client_network::ClientNetwork;
use authlab_clock::Clock;
use authlab_database::Database;
use authlab_mechanism::{login::Account, refusal::Unavailable};
use authlab_secrets::Secret;
use authlab_telemetry::Collector;

pub use self::pool::Share;
use self::{
    hashing::{Busy, Fit, PasswordHasher},
    password::Password,
    store::{AccountStore, Stored},
    throttle::{Throttle, TooManyAttempts},
    username::{BadUsername, Username},
};

/// Longer passwords, in characters, are refused before any work is done on them.
pub const MAX_PASSWORD_LENGTH: usize = 1_024;

/// The settings of accounts.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Code points, not bytes (NIST SP 800-63B-4 §3.1.1.2).
    pub password_min_length: usize,
    /// Threads that hash passwords; each takes 19 MiB.
    pub hash_concurrency: usize,
    /// Password checks that may wait; further ones are refused.
    pub hash_queue: usize,
    /// Failed logins allowed per network and account; one is forgotten every 30 seconds.
    pub login_failures: u32,
    /// Registrations allowed per network; one is forgotten every 30 seconds.
    pub registrations: u32,
    pub registration: Registration,
}

/// `REGISTRATION`: whether clients may create accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Registration {
    #[default]
    Open,
    /// Only existing accounts can log in.
    Closed,
}

/// Registers accounts, verifies passwords and changes them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Accounts {
    store: AccountStore,
    hasher: PasswordHasher,
    throttle: Throttle,
    clock: Clock,
    /// The settings that it was made with.
    pub policy: Policy,
}

/// Why an account was not created or not verified.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("username: {0}")]
    BadUsername(#[from] BadUsername),
    #[error("password: {0}")]
    BadPassword(String),
    #[error("this username is taken; choose another")]
    Taken,
    #[error("registration is closed; existing accounts can still log in")]
    RegistrationClosed,
    #[error("wrong username or password")]
    InvalidCredentials,
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// How often a password change is tried if the stored hash keeps changing.
const MAX_REPLACEMENTS: u32 = 5;

impl Accounts {
    pub fn new(database: Database, clock: Clock, policy: &Policy) -> Self {
        Self {
            store: AccountStore::new(database),
            hasher: PasswordHasher::new(policy.hash_concurrency, policy.hash_queue),
            throttle: Throttle::new(clock.clone(), *policy),
            clock,
            policy: *policy,
        }
    }

    /// The metrics of accounts.
    pub fn collectors(&self) -> Vec<Collector> {
        self.hasher.collectors()
    }

    /// An error if registration is closed.
    pub fn require_open_registration(&self) -> Result<(), AccountError> {
        match self.policy.registration {
            Registration::Open => Ok(()),
            Registration::Closed => Err(AccountError::RegistrationClosed),
        }
    }

    pub async fn register(&self, username: &str, password: Secret, from: IpAddr) -> Result<Account, AccountError> {
        self.require_open_registration()?;
        let username: Username = username.parse()?;
        let password = Password::new(password);
        password.accept(self.policy.password_min_length, &username)?;
        self.throttle.registration(from)?;
        // Checked first, so that a taken name costs no hash. The insert decides between concurrent requests.
        if self.store.find(&username).await?.is_some() {
            return Err(AccountError::Taken);
        }
        let hash = self.hasher.hash(Share::Network(ClientNetwork::new(from)), password.nfc.clone()).await?;
        self.store.insert(&username, &hash, self.clock.seconds()).await?.ok_or(AccountError::Taken)
    }

    /// The account, if the password is correct. An unknown name and a wrong password give the same answer after the same time.
    pub async fn verify(&self, username: &str, password: Secret, from: IpAddr) -> Result<Account, AccountError> {
        let password = Password::new(password);
        let (stored, fit) = self.verified(username, &password, from).await?;
        if fit == Fit::Outdated {
            self.replace_outdated_hash(&stored, &password).await;
        }
        Ok(stored.account)
    }

    /// The stored account of this name, and how its hash was made.
    async fn verified(&self, username: &str, password: &Password, from: IpAddr) -> Result<(Stored, Fit), AccountError> {
        // An invalid name is treated as an unknown one.
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
        let fit = self.hasher.verify(Share::Network(ClientNetwork::new(from)), password.clone(), hash).await?;
        if let (Some(stored), Some(fit)) = (found, fit) {
            attempt.succeeded();
            return Ok((stored, fit));
        }
        attempt.failed();
        Err(AccountError::InvalidCredentials)
    }

    /// Replaces an outdated hash of the same password. A failure does not stop the login; the next login tries again.
    async fn replace_outdated_hash(&self, stored: &Stored, password: &Password) {
        let Ok(hash) = self.hasher.hash(Share::Account(stored.account.id), password.nfc.clone()).await else {
            return;
        };
        if let Err(error) = self.store.replace_hash(stored, &hash).await {
            tracing::warn!(account = stored.account.id, %error, "cannot replace an outdated password hash; the next login tries again");
        }
    }

    /// Replaces the password if the current one is correct, and ends the account's logins at every service, in one transaction. Returns
    /// the account with its new generation, which new logins carry.
    pub async fn change_password(
        &self,
        username: &str,
        (current, new): (Secret, Secret),
        from: IpAddr,
    ) -> Result<Account, AccountError> {
        let new = Password::new(new);
        new.accept(self.policy.password_min_length, &Username::typed(username)?)?;
        let current = Password::new(current);
        let (mut stored, _) = self.verified(username, &current, from).await?;
        let hash = self.hasher.hash(Share::Account(stored.account.id), new.nfc.clone()).await?;
        for _ in 0..MAX_REPLACEMENTS {
            if let Some(renewed) = self.store.replace_password(&stored, &hash, self.clock.seconds()).await? {
                return Ok(renewed);
            }
            // The stored hash changed meanwhile: another request changed the password, or logins replaced an outdated hash. The latter can
            // happen several times while instances with other parameters of the hash run side by side.
            (stored, _) = self.verified(username, &current, from).await?;
        }
        Err(Busy.into())
    }
}
