//! Accounts in memory. A password is compared as it is: what hashing costs is measured by itself.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// As many as the benches log in with.
const ACCOUNTS: u32 = 2_000;
const PASSWORD: &str = "correct horse battery staple";

/// Passwords by name.
#[derive(Debug)]
pub struct Accounts(Mutex<HashMap<String, String>>);

impl Default for Accounts {
    fn default() -> Self {
        Self(Mutex::new((0..ACCOUNTS).map(|number| (format!("u{number:05}"), PASSWORD.to_owned())).collect()))
    }
}

impl Accounts {
    /// Whether the name was free.
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

    /// Whether the current one was right.
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
