//! The one source of time. Tests move it by hand; nothing else in the project asks the system.
//!
//! Two clocks tell time, for two purposes. The wall clock ([`Clock::seconds`]) is for instants that leave this process: stamps,
//! expiries, rows. It can be corrected, backwards too. The steady clock ([`Clock::steady`]) is for durations within this
//! process: how long ago a login failed, how old a list is. Nothing but passing time moves it.

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;

/// The system's clocks, or two that stand still until they are moved.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    ByHand(Arc<Hands>),
}

#[derive(Debug)]
struct Hands {
    /// Seconds since the epoch.
    wall: AtomicI64,
    /// Nanoseconds since the clock was made.
    steady: AtomicU64,
}

impl Clock {
    pub fn system() -> Self {
        let clock = Self(Source::System);
        LazyLock::force(&AHEAD_AT_START);
        clock
    }

    /// A clock that stands at `seconds` after the epoch; clones share its hands.
    pub fn by_hand(seconds: i64) -> Self {
        Self(Source::ByHand(Arc::new(Hands { wall: AtomicI64::new(seconds), steady: AtomicU64::new(0) })))
    }

    /// Whole seconds, as everything in the contract is.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_second(self.seconds()).unwrap_or(Timestamp::MAX)
    }

    /// Seconds since the epoch, by the wall clock.
    pub fn seconds(&self) -> i64 {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the one place that may ask")]
            Source::System => Timestamp::now().as_second(),
            Source::ByHand(hands) => hands.wall.load(Ordering::Relaxed),
        }
    }

    /// Time since a moment in the past that stays the same for this process. It never goes back, a correction of the wall clock
    /// does not change it, and on Linux it runs on while the machine is suspended.
    pub fn steady(&self) -> Duration {
        match &self.0 {
            Source::System => since_boot(),
            Source::ByHand(hands) => Duration::from_nanos(hands.steady.load(Ordering::Relaxed)),
        }
    }

    /// Seconds by which the wall clock, when it says `now`, is ahead of the steady one. The difference stays the same until the wall
    /// clock is set. `since_boot` is the reading of [`since_boot`] that the caller has at hand.
    pub fn ahead_at(&self, now: i64, since_boot: Duration) -> i64 {
        let steady = match &self.0 {
            Source::System => since_boot,
            Source::ByHand(_) => self.steady(),
        };
        now.saturating_sub(whole_seconds(steady))
    }

    /// Seconds since the epoch, or fewer: what the wall clock would say if nobody had set it ahead since this process began. By this,
    /// what has expired may be removed for good.
    pub fn unset_seconds(&self) -> i64 {
        match &self.0 {
            Source::System => self.seconds().min(*AHEAD_AT_START + whole_seconds(since_boot())),
            Source::ByHand(_) => self.seconds(),
        }
    }

    /// The same as an instant.
    pub fn unset_now(&self) -> Timestamp {
        Timestamp::from_second(self.unset_seconds()).unwrap_or(Timestamp::MAX)
    }

    /// Lets time pass on a clock that is moved by hand; the system's clock is left alone.
    pub fn advance(&self, by: Duration) {
        if let Source::ByHand(hands) = &self.0 {
            hands.wall.fetch_add(whole_seconds(by), Ordering::Relaxed);
            hands.steady.fetch_add(u64::try_from(by.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }

    /// Corrects the wall clock by so many seconds, as an administrator or NTP does: no time passes. Only for clocks that are
    /// moved by hand.
    pub fn correct(&self, by: i64) {
        if let Source::ByHand(hands) = &self.0 {
            hands.wall.fetch_add(by, Ordering::Relaxed);
        }
    }
}

/// Seconds by which the wall clock was ahead of the steady one when this process first asked.
static AHEAD_AT_START: LazyLock<i64> = LazyLock::new(|| {
    let system = Clock(Source::System);
    system.ahead_at(system.seconds(), since_boot())
});

/// Time since the machine started.
///
/// `CLOCK_MONOTONIC`, which `Instant` reads, stands still in a suspend: a laptop that slept for a week would take a week-old list
/// for a fresh one. rustix asks the kernel without the C library, so `libfaketime` does not reach this clock.
#[cfg(target_os = "linux")]
pub fn since_boot() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(now.tv_sec.try_into().unwrap_or(0), now.tv_nsec.try_into().unwrap_or(0))
}

/// Time since the process first asked.
#[cfg(not(target_os = "linux"))]
pub fn since_boot() -> Duration {
    static START: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

/// A duration in whole seconds, saturating; the far future is all the same.
pub fn whole_seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// `start` plus `duration`, saturating at the end of time.
pub fn after(start: Timestamp, duration: Duration) -> Timestamp {
    Timestamp::from_second(start.as_second().saturating_add(whole_seconds(duration))).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Clock;

    #[test]
    fn a_correction_moves_the_wall_clock_and_no_time_passes() {
        let clock = Clock::by_hand(1_000);
        let before = clock.steady();
        clock.correct(-7_200);
        assert_eq!((clock.seconds(), clock.steady()), (-6_200, before));
        clock.advance(Duration::from_millis(2_500));
        assert_eq!((clock.seconds(), clock.steady()), (-6_198, before + Duration::from_millis(2_500)));
    }

    #[test]
    fn the_steady_clock_of_the_system_runs_and_never_goes_back() {
        let clock = Clock::system();
        let mut last = clock.steady();
        let end = last + Duration::from_millis(2);
        while last < end {
            let now = clock.steady();
            assert!(now >= last, "{now:?} after {last:?}");
            last = now;
        }
    }
}
