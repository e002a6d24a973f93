//! The endings in the memory of this instance.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use super::{Scope, Shown, former::FormerNames, generations::Raised, logins::Found};

/// Ended logins kept in memory. Beyond this, the table is read, so that memory stays bounded and no ending is lost.
pub(super) const MAX_LOGINS: usize = 500_000;
/// Seconds for which an ended login is kept after its credential has expired. JWTs are accepted for some seconds after their expiry.
const KEPT_AFTER_EXPIRY: i64 = 60;

#[derive(Debug)]
pub(super) struct Known {
    scope: Scope,
    /// Ended logins, and when their credentials expire, in seconds since the epoch.
    logins: HashMap<Box<str>, i64>,
    accounts: HashMap<i64, EndedAccount>,
    /// Accounts by username, for cookies that carry only the username.
    names: HashMap<Box<str>, i64>,
    /// The endings of version 0.1, under its names.
    former_logins: HashMap<Box<str>, i64>,
    former_accounts: HashMap<Box<str>, i64>,
    /// More logins have ended than memory holds.
    overflowed: bool,
}

/// The generations below which the logins of an account have ended.
#[derive(Debug, Default)]
struct EndedAccount {
    everywhere: i64,
    here: i64,
    spared: Option<Box<str>>,
    recorded_at: i64,
}

/// Whether a login has ended, according to memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Ended,
    Lives,
    /// More logins have ended than memory holds: read the table.
    Unknown,
}

impl Known {
    pub(super) fn new(scope: Scope) -> Self {
        Self {
            scope,
            logins: HashMap::new(),
            accounts: HashMap::new(),
            names: HashMap::new(),
            former_logins: HashMap::new(),
            former_accounts: HashMap::new(),
            overflowed: false,
        }
    }

    pub(super) fn answer(&self, shown: Shown<'_>) -> Answer {
        let account = shown.account.or_else(|| self.names.get(shown.username).copied());
        let account = account.and_then(|account| self.accounts.get(&account));
        if account.is_some_and(|account| account.has_ended(shown))
            || self.logins.contains_key(shown.login)
            || self.ended_formerly(shown)
        {
            return Answer::Ended;
        }
        if self.overflowed { Answer::Unknown } else { Answer::Lives }
    }

    fn ended_formerly(&self, shown: Shown<'_>) -> bool {
        if self.former_logins.is_empty() && self.former_accounts.is_empty() {
            return false;
        }
        FormerNames::new(self.scope, shown).is_some_and(|names| {
            let until = self.former_accounts.get(names.account.as_str());
            until.is_some_and(|until| shown.issued_at <= *until)
                || self.former_logins.contains_key(names.login.as_str())
        })
    }

    pub(super) fn learn(&mut self, found: Found) {
        for (login, expires_at) in found.logins {
            self.learn_login(login, expires_at);
        }
        for generation in found.generations {
            self.learn_generation(generation);
        }
        for (login, expires_at) in found.former.logins {
            self.former_logins.insert(login.into(), expires_at);
        }
        for (account, until) in found.former.accounts {
            let known = self.former_accounts.entry(account.into()).or_insert(until);
            *known = until.max(*known);
        }
    }

    pub(super) fn learn_login(&mut self, login: String, expires_at: i64) {
        let full = self.logins.len() >= MAX_LOGINS;
        match self.logins.entry(login.into()) {
            Entry::Vacant(_) if full => self.overflowed = true,
            entry => {
                entry.insert_entry(expires_at);
            }
        }
    }

    pub(super) fn learn_generation(&mut self, learned: Raised) {
        if self.scope == Scope::Cookie {
            self.names.insert(learned.username.into(), learned.account);
        }
        let known = self.accounts.entry(learned.account).or_default();
        known.recorded_at = known.recorded_at.max(learned.recorded_at);
        if learned.everywhere {
            known.everywhere = known.everywhere.max(learned.generation);
        } else if learned.generation >= known.here {
            known.here = learned.generation;
            known.spared = learned.spared.map(Into::into);
        }
    }

    /// Forgets logins whose credentials have expired, and accounts none of whose ended logins can be alive. `now` and `recorded_from` are
    /// in seconds since the epoch.
    pub(super) fn forget(&mut self, now: i64, recorded_from: i64) {
        let expired_before = now.saturating_sub(KEPT_AFTER_EXPIRY);
        self.logins.retain(|_, expires_at| *expires_at >= expired_before);
        self.former_logins.retain(|_, expires_at| *expires_at >= expired_before);
        self.former_accounts.retain(|_, until| *until >= recorded_from);
        self.accounts.retain(|_, account| account.recorded_at >= recorded_from);
        if !self.names.is_empty() {
            let left: HashSet<i64> = self.accounts.keys().copied().collect();
            self.names.retain(|_, account| left.contains(account));
        }
    }

    pub(super) fn has_overflowed(&self) -> bool {
        self.overflowed
    }

    /// Learns all current endings. Afterwards memory is complete, if they fit.
    pub(super) fn learn_everything(&mut self, found: Found) {
        self.overflowed = false;
        self.learn(found);
    }
}

impl EndedAccount {
    fn has_ended(&self, shown: Shown<'_>) -> bool {
        self.everywhere > shown.generation
            || (self.here > shown.generation && self.spared.as_deref() != Some(shown.login))
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Found, Known, MAX_LOGINS, Raised, Scope, Shown};
    use crate::former;

    const NOW: i64 = 1_800_000_000;

    fn shown(login: &str, generation: i64) -> Shown<'_> {
        Shown { account: Some(1), generation, login, username: "alice", issued_at: NOW }
    }

    fn generation(generation: i64, everywhere: bool, spared: Option<&str>) -> Raised {
        let (username, spared) = ("alice".to_owned(), spared.map(str::to_owned));
        Raised { account: 1, username, everywhere, generation, spared, recorded_at: NOW }
    }

    #[test]
    fn a_login_has_ended_that_began_with_a_lower_generation() {
        let mut known = Known::new(Scope::Token);
        known.learn_generation(generation(3, false, None));
        assert_eq!(known.answer(shown("a", 2)), Answer::Ended);
        assert_eq!(known.answer(shown("a", 3)), Answer::Lives, "it began after the ending");
        assert_eq!(known.answer(Shown { account: Some(2), ..shown("a", 0) }), Answer::Lives, "another account");
    }

    #[test]
    fn the_spared_login_lives_until_the_next_ending() {
        let mut known = Known::new(Scope::Token);
        known.learn_generation(generation(1, false, Some("a")));
        assert_eq!((known.answer(shown("a", 0)), known.answer(shown("b", 0))), (Answer::Lives, Answer::Ended));
        known.learn_generation(generation(2, true, None));
        assert_eq!(known.answer(shown("a", 0)), Answer::Ended, "a password change spares none that began before");
        known.learn_generation(generation(3, false, Some("c")));
        assert_eq!((known.answer(shown("a", 2)), known.answer(shown("c", 2))), (Answer::Ended, Answer::Lives));
    }

    #[test]
    fn an_older_ending_that_is_learned_later_changes_nothing() {
        let mut known = Known::new(Scope::Token);
        known.learn_generation(generation(2, false, Some("b")));
        known.learn_generation(generation(1, false, Some("a")));
        assert_eq!((known.answer(shown("a", 0)), known.answer(shown("b", 1))), (Answer::Ended, Answer::Lives));
    }

    #[test]
    fn a_cookie_that_names_its_account_by_username_is_the_oldest_generation() {
        let mut known = Known::new(Scope::Cookie);
        let first_edition = Shown { account: None, ..shown("0 alice", 0) };
        assert_eq!(known.answer(first_edition), Answer::Lives);
        known.learn_generation(generation(1, true, None));
        assert_eq!(known.answer(first_edition), Answer::Ended);
        assert_eq!(known.answer(Shown { username: "bob", ..first_edition }), Answer::Lives);
    }

    #[test]
    fn memory_is_bounded_and_nothing_is_forgotten_by_it() {
        let mut known = Known::new(Scope::Token);
        for number in 0..=MAX_LOGINS {
            known.learn_login(number.to_string(), NOW + 10);
        }
        assert_eq!(known.answer(shown("0", 0)), Answer::Ended);
        assert_eq!(known.answer(shown("unheard of", 0)), Answer::Unknown, "the table is asked");
        known.learn_login("0".to_owned(), NOW + 10);
        known.forget(NOW + 1_000, NOW);
        assert!(known.has_overflowed(), "until everything has been loaded anew");
        let everything = Found {
            logins: vec![("a".to_owned(), NOW + 2_000)],
            generations: Vec::new(),
            former: former::Found::default(),
            next_sequence: 0,
        };
        known.learn_everything(everything);
        let answers = (known.answer(shown("a", 0)), known.answer(shown("unheard of", 0)));
        assert_eq!(answers, (Answer::Ended, Answer::Lives), "memory knows everything again");
    }

    #[test]
    fn what_has_expired_is_forgotten() {
        let mut known = Known::new(Scope::Cookie);
        known.learn_login("a".to_owned(), NOW);
        known.learn_generation(generation(1, true, None));
        known.forget(NOW + 60, NOW);
        assert_eq!((known.logins.len(), known.accounts.len(), known.names.len()), (1, 1, 1));
        known.forget(NOW + 61, NOW + 1);
        assert_eq!((known.logins.len(), known.accounts.len(), known.names.len()), (0, 0, 0));
    }
}
