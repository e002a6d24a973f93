//! Accounts in memory. Passwords are compared in plain text, because hashing is measured separately.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The number of accounts that the benches use.
const ACCOUNTS: u32 = 2_000;
const PASSWORD: &str = "correct horse battery staple";

/// Passwords by username.
#[derive(Debug)]
pub struct Accounts(Mutex<HashMap<String, String>>);

impl Default for Accounts {
    fn default() -> Self {
        Self(Mutex::new((0..ACCOUNTS).map(|number| (format!("u{number:05}"), PASSWORD.to_owned())).collect()))
    }
}

impl Accounts {
    /// Registers an account. Returns whether the name was free.
    pub fn register(&self, username: &str, password: String) -> bool {
        let mut accounts = self.locked();
        let free = !accounts.contains_key(username);
        if free {
            accounts.insert(username.to_owned(), password);
        }
        free
    }

    pub fn fits(&self, username: &str, password: &str) -> bool {
        self.locked().get(username).is_some_and(|known| known == password)
    }

    /// Changes the password. Returns whether the current one was right.
    pub fn change(&self, username: &str, current: &str, new: String) -> bool {
        let fits = self.fits(username, current);
        if fits {
            self.locked().insert(username.to_owned(), new);
        }
        fits
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
