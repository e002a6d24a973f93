//! How long sessions live: idle timeout and absolute timeout.

use std::time::Duration;

use authlab_clock::{after, whole_seconds};
use jiff::Timestamp;

/// A session and its cookie are prolonged once a twentieth of the lifetime has passed, not on every request.
const PROLONG_AFTER: u32 = 20;

/// Seconds between two writes of a session's last use to a store outside of this process.
pub(crate) const SEEN_INTERVAL: i64 = 60;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetimes {
    /// Idle timeout: since the session was last used.
    pub(crate) idle: Duration,
    /// Absolute timeout: since its login began.
    pub(crate) absolute: Duration,
    /// Idle timeout of a session without a login, if shorter than `idle`: any client can begin such a session.
    pub(crate) anonymous: Duration,
    /// Whether every request prolongs the session.
    pub(crate) save_every_request: bool,
}

impl Lifetimes {
    /// When a session ends that is used now. `login_began` is the beginning of its login, if it has one.
    pub(crate) fn end(&self, now: Timestamp, login_began: Option<Timestamp>) -> Timestamp {
        match login_began {
            Some(began) => after(now, self.idle).min(after(began, self.absolute)),
            None => after(now, self.idle_without_login()),
        }
    }

    /// The lifetime of a login that is not used again.
    pub(crate) fn unused_login_lifetime(&self) -> Duration {
        self.idle.min(self.absolute)
    }

    pub(crate) fn idle_seconds(&self) -> i64 {
        whole_seconds(self.idle)
    }

    pub(crate) fn idle_seconds_without_login(&self) -> i64 {
        whole_seconds(self.idle_without_login())
    }

    pub(crate) fn absolute_seconds(&self) -> i64 {
        whole_seconds(self.absolute)
    }

    /// How soon after a use the next one may have to be written to the store: to record it, or to prolong the login.
    pub(crate) fn use_interval(&self) -> Duration {
        (self.idle / PROLONG_AFTER).min(Duration::from_secs(SEEN_INTERVAL.unsigned_abs()))
    }

    /// Minimum gain in seconds for which a session is prolonged. Negative if every request prolongs it, since its end may also move nearer.
    pub(crate) fn worth_prolonging(&self, has_login: bool) -> i64 {
        let idle = if has_login { self.idle } else { self.idle_without_login() };
        if self.save_every_request { i64::from(i32::MIN) } else { whole_seconds(idle / PROLONG_AFTER).max(1) }
    }

    fn idle_without_login(&self) -> Duration {
        self.idle.min(self.anonymous)
    }

    /// The new end of a session that is used now, if it is worth writing to the store and to the cookie.
    pub(crate) fn prolonged(
        &self,
        expires_at: Timestamp,
        now: Timestamp,
        login_began: Option<Timestamp>,
    ) -> Option<Timestamp> {
        let end = self.end(now, login_began);
        let gained = end.as_second() - expires_at.as_second();
        (gained >= self.worth_prolonging(login_began.is_some())).then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::Lifetimes;

    const ONCE_IN_A_WHILE: Lifetimes = Lifetimes {
        idle: Duration::from_secs(1_000),
        absolute: Duration::from_mins(50),
        anonymous: Duration::from_hours(1),
        save_every_request: false,
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_session_in_use_slides() {
        assert_eq!(ONCE_IN_A_WHILE.prolonged(at(1_000), at(49), None), None, "too soon to be worth a write");
        assert_eq!(ONCE_IN_A_WHILE.prolonged(at(1_000), at(50), None), Some(at(1_050)));
        assert_eq!(ONCE_IN_A_WHILE.prolonged(at(1_000), at(999), None), Some(at(1_999)));
    }

    #[test]
    fn a_login_ends_however_much_it_is_used() {
        let (began, mut expires_at, mut now) = (at(0), at(1_000), 0);
        while at(now) < expires_at {
            expires_at = ONCE_IN_A_WHILE.prolonged(expires_at, at(now), Some(began)).unwrap_or(expires_at);
            now += 60;
        }
        assert!((at(2_950)..=at(3_000)).contains(&expires_at), "less than a twentieth was not worth it: {expires_at}");
        let without_login = ONCE_IN_A_WHILE.prolonged(expires_at, at(2_999), None);
        assert_eq!(without_login, Some(at(3_999)), "without a login only the idle timeout ends it");
    }

    #[test]
    fn a_session_without_a_login_lives_as_long_as_both_settings_let_it() {
        let brief = Lifetimes { anonymous: Duration::from_secs(100), ..ONCE_IN_A_WHILE };
        assert_eq!(brief.end(at(0), None), at(100));
        assert_eq!(brief.end(at(0), Some(at(0))), at(1_000));
        assert_eq!(ONCE_IN_A_WHILE.end(at(0), None), at(1_000));
        assert_eq!(brief.prolonged(at(100), at(4), None), None);
        assert_eq!(brief.prolonged(at(100), at(5), None), Some(at(105)), "a twentieth of its own life");
        assert_eq!(brief.prolonged(at(1_000), at(10), None), None, "what it had before its login left it is kept");
    }

    #[test]
    fn every_request_prolongs_where_that_is_asked_for() {
        let always = Lifetimes { save_every_request: true, ..ONCE_IN_A_WHILE };
        assert_eq!(always.prolonged(at(1_001), at(1), None), Some(at(1_001)));
        assert_eq!(always.prolonged(at(3_000), at(2_990), Some(at(0))), Some(at(3_000)), "and never beyond the end");
    }

    #[test]
    fn a_login_that_is_not_used_again_ends_at_the_nearer_of_both() {
        assert_eq!(ONCE_IN_A_WHILE.unused_login_lifetime(), Duration::from_secs(1_000));
        let long_idle = Lifetimes { idle: Duration::from_mins(150), ..ONCE_IN_A_WHILE };
        assert_eq!(long_idle.unused_login_lifetime(), Duration::from_mins(50));
        assert_eq!(long_idle.end(at(5), Some(at(0))), at(3_000));
    }
}
