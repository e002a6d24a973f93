//! The only source of time in the project. Tests move it by hand.
//!
//! There are two clocks. The wall clock ([`Clock::seconds`]) is for instants that leave this process: stamps, expiries, rows. It can
//! be corrected, backwards too. The steady clock ([`Clock::steady`]) is for durations within this process: how long ago a login
//! failed, how old a list is. Corrections do not change it.

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;

/// The system's clocks, or two clocks that tests move by hand.
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

    /// A clock that shows `seconds` after the epoch until it is moved. Clones share its state.
    pub fn manual(seconds: i64) -> Self {
        Self(Source::ByHand(Arc::new(Hands { wall: AtomicI64::new(seconds), steady: AtomicU64::new(0) })))
    }

    /// The wall clock in whole seconds, as the contract requires.
    pub fn now(&self) -> Timestamp {
        instant(self.seconds())
    }

    /// Seconds since the epoch, by the wall clock.
    pub fn seconds(&self) -> i64 {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the one place that may ask")]
            Source::System => Timestamp::now().as_second(),
            Source::ByHand(hands) => hands.wall.load(Ordering::Relaxed),
        }
    }

    /// Time since a fixed moment in the past. It never goes back, and a correction of the wall clock does not change it. On Linux it
    /// continues while the machine is suspended.
    pub fn steady(&self) -> Duration {
        match &self.0 {
            Source::System => since_boot(),
            Source::ByHand(hands) => Duration::from_nanos(hands.steady.load(Ordering::Relaxed)),
        }
    }

    /// Seconds by which the wall clock, reading `now`, is ahead of the steady clock. The difference changes only when the wall clock is
    /// set. `since_boot` is a reading of [`since_boot`] that the caller already has.
    pub fn ahead_at(&self, now: i64, since_boot: Duration) -> i64 {
        let steady = match &self.0 {
            Source::System => since_boot,
            Source::ByHand(_) => self.steady(),
        };
        now.saturating_sub(whole_seconds(steady))
    }

    /// Seconds since the epoch, without any step into the future that the wall clock made since this process began. Expired records are
    /// deleted by this value: a clock that is set wrongly then deletes nothing that is valid.
    pub fn unset_seconds(&self) -> i64 {
        match &self.0 {
            Source::System => self.seconds().min(*AHEAD_AT_START + whole_seconds(since_boot())),
            Source::ByHand(_) => self.seconds(),
        }
    }

    /// [`unset_seconds`](Self::unset_seconds) as an instant.
    pub fn unset_now(&self) -> Timestamp {
        instant(self.unset_seconds())
    }

    /// Lets time pass on a clock that is moved by hand. Does nothing to the system's clock.
    pub fn advance(&self, by: Duration) {
        if let Source::ByHand(hands) = &self.0 {
            hands.wall.fetch_add(whole_seconds(by), Ordering::Relaxed);
            hands.steady.fetch_add(u64::try_from(by.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }

    /// Steps the wall clock by so many seconds, as an administrator or NTP does; no time passes. Does nothing to the system's clock.
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
/// `CLOCK_MONOTONIC`, which `Instant` reads, stops while the machine is suspended. After a week's sleep, a laptop would take a
/// week-old list for a fresh one. The library rustix calls the kernel without the C library, so `libfaketime` does not change this clock.
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

/// A duration in whole seconds, saturating.
pub fn whole_seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// `start` plus `duration`, saturating.
pub fn after(start: Timestamp, duration: Duration) -> Timestamp {
    instant(start.as_second().saturating_add(whole_seconds(duration)))
}

/// The instant of so many seconds since the epoch. Seconds that are out of range become the first or the last instant.
pub fn instant(seconds: i64) -> Timestamp {
    let nearest = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(seconds).unwrap_or(nearest)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Clock;

    #[test]
    fn a_correction_moves_the_wall_clock_and_no_time_passes() {
        let clock = Clock::manual(1_000);
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
